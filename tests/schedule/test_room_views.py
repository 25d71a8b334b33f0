"""The pages of rooms, and the way into a call that is not public."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine

from ptgsched.db import db
from ptgsched.events.models import EventStatus
from ptgsched.schedule import operations
from tests.support.queries import counted_queries
from tests.support.story import LEAD, PASSCODE, SIGN_UP, ZOOM, Story

ROOMS = "/events/oct/rooms/"
AUSTIN = "/events/oct/rooms/austin"
FIRST_SLOT = datetime(2026, 10, 26, 5, tzinfo=UTC)
LAST_END = datetime(2026, 10, 31, 1, tzinfo=UTC)
OPENS = FIRST_SLOT - timedelta(hours=24)
MOMENT = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock():
    """Our people look weeks before the event, unless a test moves them."""
    with time_machine.travel(SIGN_UP, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(sqlite_story: Story) -> Story:
    return sqlite_story


def text_of(response) -> str:
    """What a reader sees, white space folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def book(story, *args, **facts):
    with story.app.app_context():
        return story.book(*args, **facts).uid


def change_room(story, slug, **facts):
    with story.app.app_context():
        room = story.room(slug)
        for name, value in facts.items():
            setattr(room, name, value)
        db.session.commit()


# The list


def test_rooms_say_what_is_on_now_and_next(story, clock):
    book(story, "nova", "bexar", "MonA1", "MonA2")
    book(story, "cinder", "bexar", "MonC1")
    clock.move_to(datetime(2026, 10, 26, 14, tzinfo=UTC))

    page = story.client().get(f"{ROOMS}?tz=Asia/Tokyo")

    text = text_of(page)
    assert page.status_code == 200
    assert "Bexar Meetpad 30 Nova until 00:00 Cinder Tue 27 Oct 06:00 3 h Join Bexar" in text
    assert "Austin Zoom 100 – – 0 h Join Austin" in text
    assert "Ballroom On site 12 – – 0 h on site" in text
    assert 'href="https://meetpad.opendev.org/oct-bexar"' in page.text
    assert 'href="http://localhost/events/oct/rooms/austin/join"' in page.text
    assert 'href="/events/oct/rooms.csv"' in page.text


def test_a_call_without_a_link_yet_is_no_dead_link(cast):
    change_room(cast, "austin", join_url=None)

    assert "Austin Zoom 100 – – 0 h no link yet" in text_of(cast.client().get(ROOMS))
    assert "Austin has no link yet" in text_of(cast.client().get(f"{AUSTIN}/join"))


def test_an_event_without_rooms_or_days_says_so(cast):
    with cast.app.app_context():
        event = cast.event
        event.rooms.clear()
        db.session.commit()
    assert "No rooms yet" in text_of(cast.client().get(ROOMS))


# One room


def test_a_room_reads_by_day_with_what_is_free(story):
    uid = book(story, "nova", "bexar", "MonA1", "MonA2", title="Cells", with_teams=["cinder"])
    book(story, "tc", "bexar", "MonA4")

    page = story.client().get("/events/oct/rooms/bexar?tz=UTC")

    text = text_of(page)
    assert "Meetpad 30 seats" in text
    assert (
        "Mon 26 Oct UTC Team Session "
        "05:00–09:00 free MonB1–MonB4 "
        "13:00–15:00 Nova Cinder Cells "
        "15:00–16:00 free MonA3 "
        "16:00–17:00 Technical Committee Session "
        "21:00–01:00 free MonC1–MonC4 "
        "Tue 27 Oct"
    ) in text
    assert f'href="/events/oct/bookings/{uid}"' in page.text
    assert 'href="http://localhost/events/oct/rooms/bexar.ics"' in page.text
    assert text.count("05:00–09:00") == 5


def test_a_day_is_the_readers_and_names_the_event_day_where_it_differs(cast):
    book(cast, "nova", "bexar", "MonC1", "MonC2", title="Cells")

    text = text_of(cast.client().get("/events/oct/rooms/bexar?tz=Asia/Kolkata"))

    monday, tuesday = text.index("Mon 26 Oct"), text.index("Tue 27 Oct")
    session = text.index("02:30–04:30 event Monday 21:00–23:00 UTC Nova Cells")
    assert monday < tuesday < session
    assert "Sat 31 Oct" in text


def test_released_sessions_leave_their_room_free(cast):
    uid = book(cast, "nova", "bexar", "MonB1", title="Dropped")
    with cast.app.app_context():
        operations.release(cast.event, cast.booking(uid), actor=LEAD, at=SIGN_UP)
        db.session.commit()

    text = text_of(cast.client().get("/events/oct/rooms/bexar?tz=UTC"))

    assert "Dropped" not in text
    assert "05:00–09:00 free MonB1–MonB4" in text


def test_hours_in_which_a_room_is_not_offered_are_told_apart(cast):
    with cast.app.app_context():
        room = cast.room("ballroom")
        room.offered_always = False
        room.offered_slots = list(cast.slots("MonA2", "MonA3"))
        db.session.commit()

    text = text_of(cast.client("lena").get("/events/oct/rooms/ballroom?tz=UTC"))

    assert "13:00–14:00 not offered MonA1 14:00–16:00 free Book from 14:00" in text
    assert "16:00–17:00 not offered MonA4" in text


@pytest.mark.parametrize(
    ("name", "offered"),
    [("lena", True), ("omar", True), ("olga", True), ("vic", False), (None, False)],
)
def test_free_hours_are_offered_to_leads(cast, name, offered):
    page = cast.client(name).get(AUSTIN)

    assert ('href="/events/oct/book?room=austin&amp;slots=MonA1"' in page.text) is offered


def test_what_is_on_is_marked_and_what_is_over_is_not_offered(cast, clock):
    book(cast, "nova", "bexar", "MonA1", "MonA2")
    clock.move_to(datetime(2026, 10, 26, 14, tzinfo=UTC))

    page = cast.client("lena").get("/events/oct/rooms/bexar?tz=UTC")

    assert "13:00–15:00 now Nova" in text_of(page)
    assert "slots=MonB1" not in page.text
    assert "slots=MonA3" in page.text


def test_days_that_are_over_do_not_stand_before_today(cast, clock):
    clock.move_to(datetime(2026, 10, 28, 6, tzinfo=UTC))
    page = cast.client().get("/events/oct/rooms/bexar").text
    today, folded = page.index("Wed 28 Oct"), page.index("<summary>Earlier days</summary>")
    assert today < folded < page.index("Mon 26 Oct") < page.index("Tue 27 Oct")

    clock.move_to(datetime(2026, 11, 5, tzinfo=UTC))
    assert "Earlier days" not in cast.client().get("/events/oct/rooms/bexar").text


def test_features_and_description_are_shown_as_text(cast):
    change_room(
        cast, "ballroom", features=["projector", "<b>"], description="2nd floor\n<i>left</i>"
    )

    page = cast.client().get("/events/oct/rooms/ballroom")

    assert "projector" in page.text
    assert "<b>" not in page.text
    assert "2nd floor<br>\n&lt;i&gt;left" in page.text


def test_drafts_and_unknown_rooms_are_not_found(cast):
    assert cast.client().get("/events/oct/rooms/nowhere").status_code == 404
    with cast.app.app_context():
        cast.set(status=EventStatus.DRAFT)
    for path in (ROOMS, AUSTIN, f"{AUSTIN}/join"):
        assert cast.client("vic").get(path).status_code == 404
    assert cast.client("olga").get(ROOMS).status_code == 200


def test_a_room_costs_the_same_with_one_and_with_thirty_bookings(cast):
    client = cast.client("lena")

    def cost(path):
        with counted_queries() as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    book(cast, "nova", "bexar", "MonA1", with_teams=["tc"])
    paths = (ROOMS, "/events/oct/rooms/bexar")
    one = [cost(path) for path in paths]
    for day in ("Tue", "Wed", "Thu", "Fri"):
        for window in "AB":
            for number in range(1, 5):
                book(cast, "nova", "bexar", f"{day}{window}{number}", with_teams=["cinder"])
    many = [cost(path) for path in paths]

    assert many == one
    assert max(many) <= 16


# The way in


def test_a_public_call_sends_everybody_on_at_any_time(story):
    answer = story.client().get("/events/oct/rooms/bexar/join")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://meetpad.opendev.org/oct-bexar"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_room_on_site_says_where_it_is(cast):
    change_room(cast, "ballroom", description="2nd floor, left")

    answer = cast.client().get("/events/oct/rooms/ballroom/join")

    assert answer.status_code == 200
    assert "Ballroom is a room on site" in text_of(answer)
    assert "2nd floor, left" in text_of(answer)


@pytest.mark.parametrize("name", ["lena", "omar", "olga", "ada"])
@pytest.mark.parametrize(
    "at", [OPENS, FIRST_SLOT, LAST_END - MOMENT], ids=["a day before", "begin", "end"]
)
def test_those_who_take_part_are_sent_on_in_time(cast, clock, name, at):
    clock.move_to(at)

    answer = cast.client(name).get(f"{AUSTIN}/join")

    assert (answer.status_code, answer.headers["Location"]) == (302, ZOOM)
    assert answer.headers["Cache-Control"] == "no-store"


def refused(answer):
    """A designed page that gives nothing away; its text."""
    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Location" not in answer.headers
    assert PASSCODE not in answer.text
    assert "zoom.example" not in answer.text
    return text_of(answer)


@pytest.mark.parametrize("name", ["lena", "olga"])
def test_before_its_time_the_page_says_when_it_opens_in_the_readers_zone(story, clock, name):
    clock.move_to(OPENS - MOMENT)

    text = refused(story.client(name).get(f"{AUSTIN}/join?tz=Asia/Tokyo"))

    assert "Not open yet" in text
    assert "Austin opens Sun 25 Oct 2026 14:00 Asia/Tokyo (UTC+9)" in text


def test_after_the_event_the_call_is_closed(cast, clock):
    clock.move_to(LAST_END)

    for name in ("lena", "olga", None):
        assert "October PTG is over" in refused(cast.client(name).get(f"{AUSTIN}/join"))


@pytest.mark.parametrize("at", [SIGN_UP, FIRST_SLOT])
def test_a_visitor_is_asked_to_sign_in_and_comes_back_here(story, clock, at):
    clock.move_to(at)

    answer = story.client().get(f"{AUSTIN}/join")

    text = refused(answer)
    assert "not public" in text
    assert "open from Sun 25 Oct 2026 05:00 UTC until Sat 31 Oct 2026 01:00 UTC" in text
    assert 'href="/login?next=/events/oct/rooms/austin/join"' in answer.text


def test_an_account_that_takes_no_part_is_told_to_register(cast, clock):
    clock.move_to(FIRST_SLOT)

    answer = cast.client("vic").get(f"{AUSTIN}/join")

    text = refused(answer)
    assert "It goes to people who are registered" in text
    assert 'href="/events/oct/register"' in answer.text
    assert "Sign in" not in text


def test_nobody_is_told_to_register_while_that_is_closed(cast, clock):
    clock.move_to(FIRST_SLOT)
    with cast.app.app_context():
        cast.set(registration_closes_at=FIRST_SLOT - timedelta(days=1))

    text = refused(cast.client("vic").get(f"{AUSTIN}/join"))

    assert "Registration is not open now" in text
    assert "Register, which is free" not in text


def test_a_lead_of_another_event_takes_no_part_here(cast, clock):
    Story.begin(cast.app, slug="spring")
    with cast.app.app_context():
        nova = cast.team("nova")
        nova.memberships.clear()
        db.session.commit()
    clock.move_to(FIRST_SLOT)

    refused(cast.client("lena").get(f"{AUSTIN}/join"))
    assert cast.client("lena").get("/events/spring/rooms/austin/join").status_code == 302


def test_an_event_without_hours_opens_nothing(cast):
    with cast.app.app_context():
        event = cast.event
        event.windows.clear()
        db.session.commit()

    assert "not laid out yet" in refused(cast.client("lena").get(f"{AUSTIN}/join"))
    assert "No hours yet" in text_of(cast.client().get(AUSTIN))


@pytest.mark.parametrize(
    ("join_url", "public"),
    [("https://call.example/nova", True), (f"https://zoom.example/j/1?pwd={PASSCODE}", False)],
)
def test_a_teams_own_call_is_kept_the_same_way(cast, clock, join_url, public):
    with cast.app.app_context():
        cast.team("nova").join_url = join_url
        db.session.commit()
    clock.move_to(FIRST_SLOT)
    path = "/events/oct/teams/nova/join"

    lead, visitor = cast.client("lena").get(path), cast.client().get(path)

    assert (lead.status_code, lead.headers["Location"]) == (302, join_url)
    if public:
        assert visitor.headers["Location"] == join_url
    else:
        refused(visitor)


def test_a_team_without_a_call_points_to_its_sessions(cast):
    answer = cast.client().get("/events/oct/teams/nova/join")

    assert answer.status_code == 200
    assert "Nova has no call of its own" in text_of(answer)
    assert 'href="/events/oct/teams/nova"' in answer.text
