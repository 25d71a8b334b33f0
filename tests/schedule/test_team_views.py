"""The pages of teams: who sees what, what is missing, hours against caps; the list of pads."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine

from ptgsched.db import db
from ptgsched.events.models import EventStatus, QuotaDay
from ptgsched.schedule import operations
from tests.support.queries import counted_queries
from tests.support.story import LEAD, ORGANIZER, PASSCODE, SIGN_UP, Story

TEAMS = "/events/oct/teams/"
NOVA = "/events/oct/teams/nova"
PADS = "/events/oct/etherpads"
OWN_CALL = "https://call.example/nova"


@pytest.fixture(autouse=True)
def sign_up_time():
    """Our people look weeks before the event."""
    with time_machine.travel(SIGN_UP, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(sqlite_story: Story) -> Story:
    return sqlite_story


def text_of(response) -> str:
    """What a reader sees, white space folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def change_team(story, slug="nova", **facts):
    with story.app.app_context():
        team = story.team(slug)
        for name, value in facts.items():
            setattr(team, name, value)
        db.session.commit()


def book(story, *args, **facts):
    with story.app.app_context():
        return story.book(*args, **facts).uid


# The list


def test_teams_stand_under_their_projects_with_their_hours(story):
    book(story, "nova", "bexar", "MonA1", "MonA2", with_teams=["cinder"])
    book(story, "nova", "bexar", "TueA1")
    change_team(story, chat_channel="#openstack-nova", join_url=OWN_CALL)

    page = story.client().get(TEAMS)

    text = text_of(page)
    assert page.status_code == 200
    order = ["Across projects", "Technical Committee", "OpenStack", "Cinder", "Neutron", "Nova"]
    assert [text.index(name) for name in order] == sorted(text.index(name) for name in order)
    assert "Nova Vertical 3 h in 2 sessions Etherpad of Nova #openstack-nova Join Nova" in text
    assert "Cinder Vertical 2 h in 1 session Etherpad" in text
    assert "Neutron Vertical nothing yet" in text
    assert "Technical Committee Horizontal" in text
    assert f'href="{OWN_CALL}"' in page.text
    assert 'href="https://etherpad.opendev.org/p/oct-nova"' in page.text
    assert 'class="team-badge team-nova" href="/events/oct/teams/nova"' in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("NOVA", ["nova"]),
        ("open n", ["neutron", "nova", "cinder"]),
        ("technical", ["tc"]),
        ("tc", ["tc"]),
    ],
)
def test_a_search_looks_at_names_and_projects_without_scripts_too(cast, query, found):
    page = cast.client().get(TEAMS, query_string={"q": query})

    assert set(re.findall(r'team-badge team-(\w+)"', page.text)) == set(found)
    assert f"{len(found)} of 4" in text_of(page)
    assert f'value="{query}"' in page.text


def test_a_search_that_finds_nothing_says_so_and_leads_back(cast):
    page = cast.client().get(TEAMS, query_string={"q": '"><script>'})

    assert "No team is called that" in text_of(page)
    assert "All 4 teams" in text_of(page)
    assert "<script>" not in page.text.replace('<script src="/static', "").split("<main")[1]


def test_an_event_without_teams_says_when_they_come(cast):
    with cast.app.app_context():
        for slug in ("nova", "cinder", "neutron", "tc"):
            db.session.delete(cast.team(slug))
        db.session.commit()

    for path in (TEAMS, PADS):
        assert "as soon as the organizers have added" in text_of(cast.client().get(path))


def test_drafts_are_hidden_from_all_but_those_who_run_them(cast):
    with cast.app.app_context():
        cast.set(status=EventStatus.DRAFT)

    for path in (TEAMS, NOVA, PADS, f"{NOVA}/join"):
        assert cast.client().get(path).status_code == 404
        assert cast.client("lena").get(path).status_code == 404
        assert cast.client("olga").get(path).status_code == 200


# One team


def test_a_team_reads_its_sessions_in_its_readers_time_with_utc_beside(story):
    uid = book(story, "nova", "bexar", "MonC1", "MonC2", title="Cells")
    book(story, "tc", "austin", "TueA1", with_teams=["nova"])

    page = story.client().get(f"{NOVA}?tz=Asia/Kolkata")

    text = text_of(page)
    assert "Times in Asia/Kolkata (UTC+5:30)" in text
    assert "Tue 27 Oct" in text
    assert "02:30–04:30 event Monday 21:00–23:00 UTC Cells" in text
    assert "18:30–19:30 13:00–14:00 UTC Technical Committee with Technical Committee" in text
    assert f'href="/events/oct/bookings/{uid}"' in page.text
    assert 'href="/events/oct/rooms/bexar"' in page.text
    assert 'href="https://meetpad.opendev.org/oct-nova"' in page.text
    assert 'href="http://localhost/events/oct/teams/nova.ics"' in page.text
    assert 'href="webcal://localhost/events/oct/teams/nova.ics"' in page.text


def test_a_reader_in_utc_sees_each_time_once(cast):
    book(cast, "nova", "bexar", "MonA1")

    text = text_of(cast.client().get(f"{NOVA}?tz=UTC"))

    assert "13:00–14:00 Nova" in text
    assert "UTC 13:00" not in text


def test_released_sessions_are_gone_and_past_ones_apart(cast, sign_up_time):
    released = book(cast, "nova", "bexar", "MonA1", title="Dropped")
    book(cast, "nova", "bexar", "MonB1", title="Early bird")
    book(cast, "nova", "bexar", "WedA1", title="To come")
    with cast.app.app_context():
        operations.release(cast.event, cast.booking(released), actor=LEAD, at=SIGN_UP)
        db.session.commit()
    sign_up_time.move_to(datetime(2026, 10, 27, 12, tzinfo=UTC))

    text = text_of(cast.client().get(NOVA))

    assert "Dropped" not in text
    assert text.index("To come") < text.index("Earlier sessions") < text.index("Early bird")
    assert "2 h booked" in text


def test_what_is_missing_to_be_signed_up(cast):
    client = cast.client()
    text = text_of(client.get(NOVA))
    assert "Missing: The team survey is missing" in text
    assert "Missing: No hours are booked yet" in text
    assert "Nothing booked yet" in text

    change_team(cast, survey_completed_at=SIGN_UP, hours_wanted=3)
    book(cast, "nova", "bexar", "MonA1")

    text = text_of(client.get(NOVA))
    assert "Signed up" in text
    assert "Done: Team survey filled in" in text
    assert "Done: 1 h booked, 3 h wanted" in text


def meters(page):
    """Label -> (value, max, words) of each bar."""
    labels = dict(re.findall(r'<dt id="(bar-\d+)">([^<]+)</dt>', page.text))
    found = re.findall(
        r'<meter min="0" max="([\d.]+)" value="([\d.]+)" aria-labelledby="(bar-\d+)">([^<]+)<',
        page.text,
    )
    return {labels[bar]: (float(value), float(cap), words) for cap, value, bar, words in found}


def test_hours_stand_against_the_caps_that_hold_now(story):
    book(story, "nova", "bexar", "MonA1", "MonA2", "MonA3", "MonA4")
    book(story, "tc", "austin", "TueA1", with_teams=["nova"])
    with story.app.app_context():
        story.phase(per_day=4, total=16)
        story.phase("Caps lifted", opens=timedelta(days=3))

    page = story.client().get(NOVA)

    assert meters(page) == {
        "In all": (5, 16, "5 of 16 h"),
        "Mon 26 Oct": (4, 4, "4 of 4 h"),
        "Tue 27 Oct": (1, 4, "1 of 4 h"),
        "Wed 28 Oct": (0, 4, "0 of 4 h"),
        "Thu 29 Oct": (0, 4, "0 of 4 h"),
        "Fri 30 Oct": (0, 4, "0 of 4 h"),
    }
    text = text_of(page)
    assert "4 of 4 h, full" in text
    assert "Then without caps (Caps lifted), from Sun 4 Oct 2026 12:00 UTC (in 3 days)" in text


def test_hours_over_a_cap_are_said_to_be(cast):
    book(cast, "nova", "bexar", "MonA1", "MonA2", actor=ORGANIZER)
    with cast.app.app_context():
        cast.phase(per_day=1, total=1)

    page = cast.client().get(NOVA)

    assert "2 of 1 h, over the cap" in text_of(page)
    assert meters(page)["In all"] == (1, 1, "2 of 1 h")


def test_without_caps_there_are_figures_and_no_bars(cast):
    book(cast, "nova", "bexar", "MonC3", "MonC4")

    page = cast.client().get(NOVA)

    assert meters(page) == {}
    assert "In all 2 h Mon 26 Oct 2 h Tue 27 Oct 0 h" in text_of(page)
    assert "event day that its window starts on" in text_of(page)


def test_days_may_be_counted_in_utc(cast):
    book(cast, "nova", "bexar", "MonC3", "MonC4")
    with cast.app.app_context():
        cast.set(quota_day=QuotaDay.UTC)

    text = text_of(cast.client().get(NOVA))

    assert "Mon 26 Oct 1 h Tue 27 Oct 1 h" in text
    assert "Days are counted in UTC." in text
    assert "Sat 31 Oct 0 h" in text  # Friday's window C ends there


@pytest.mark.parametrize(
    ("name", "offered"),
    [("lena", True), ("olga", True), ("ada", True), ("omar", False), ("vic", False), (None, False)],
)
def test_booking_is_offered_to_those_who_may(cast, name, offered):
    page = cast.client(name).get(NOVA)

    assert ('href="/events/oct/?team=nova"' in page.text) is offered
    assert ("Book hours" in page.text) is offered


def test_booking_is_not_offered_when_nothing_can_be_booked(cast, sign_up_time):
    sign_up_time.move_to(datetime(2026, 10, 31, 1, tzinfo=UTC))
    assert "Book hours" not in cast.client("lena").get(NOVA).text

    sign_up_time.move_to(SIGN_UP)
    with cast.app.app_context():
        cast.phase()
    for path in (NOVA, "/events/oct/"):
        assert "Sign-up is open" in cast.client("lena").get(path).text
    with cast.app.app_context():
        cast.set(status=EventStatus.ARCHIVED)
    assert "Book hours" not in cast.client("lena").get(NOVA).text
    for path in (NOVA, "/events/oct/"):
        assert "Sign-up is open" not in cast.client("lena").get(path).text


def test_an_unknown_team_is_not_found(cast):
    page = cast.client().get("/events/oct/teams/glance")

    assert page.status_code == 404
    assert "no such team" in text_of(page)


def test_texts_of_leads_are_shown_as_text(cast):
    change_team(cast, description="See https://wiki.example/nova <b>now</b>", chat_channel="<i>")
    book(cast, "nova", "bexar", "MonA1", title="<script>alert(1)</script>")

    for path in (NOVA, TEAMS):
        page = cast.client().get(path).text
        assert "<b>" not in page
        assert "<i>" not in page
        assert "<script>alert" not in page
    assert 'href="https://wiki.example/nova"' in cast.client().get(NOVA).text


# Pads, and what no page may show


def test_every_pad_is_in_one_table(cast):
    change_team(cast, etherpad_url="https://pads.example/p/own")

    page = cast.client().get(PADS)

    assert set(re.findall(r'<td class="address"><a href="([^"]+)">', page.text)) == {
        "https://pads.example/p/own",
        "https://etherpad.opendev.org/p/oct-cinder",
        "https://etherpad.opendev.org/p/oct-neutron",
        "https://etherpad.opendev.org/p/oct-tc",
    }
    assert "Nova OpenStack pads.example/p/own" in text_of(page)


@pytest.mark.parametrize("name", [None, "vic", "lena", "olga", "ada"])
def test_no_page_shows_a_passcode(cast, sign_up_time, name):
    change_team(cast, join_url=f"https://zoom.example/j/1?pwd={PASSCODE}")
    book(cast, "nova", "austin", "MonA1")
    sign_up_time.move_to(datetime(2026, 10, 26, 13, 30, tzinfo=UTC))
    client = cast.client(name)

    for path in (TEAMS, NOVA, PADS, "/events/oct/rooms/", "/events/oct/rooms/austin"):
        page = client.get(path)
        assert page.status_code == 200
        assert PASSCODE not in page.text, path
        assert "pwd=" not in page.text, path
    assert 'href="http://localhost/events/oct/teams/nova/join"' in client.get(NOVA).text


def test_pages_cost_the_same_with_one_and_with_thirty_bookings(cast):
    client = cast.client("lena")

    def cost(path):
        with counted_queries() as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    book(cast, "nova", "bexar", "MonA1", with_teams=["tc"])
    one = [cost(path) for path in (TEAMS, NOVA, PADS)]
    for day in ("Tue", "Wed", "Thu", "Fri"):
        for window in "AB":
            for number in range(1, 5):
                book(cast, "nova", "austin", f"{day}{window}{number}", with_teams=["cinder"])
    many = [cost(path) for path in (TEAMS, NOVA, PADS)]

    assert many == one
    assert max(many) <= 16
