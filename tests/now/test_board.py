"""What the board says: of sessions that run, of topics that were posted, of what comes next."""

from datetime import UTC, datetime, timedelta

import pytest

from ptgsched.db import db
from ptgsched.events.models import EventStatus
from tests.now.conftest import say
from tests.schedule.pages import text_of
from tests.support.queries import counted_queries
from tests.support.story import Story

NOW = "/events/oct/now"
BOARD = f"{NOW}/board?tz=UTC"


def part(response, name: str) -> str:
    """The text of one section of the board; empty when it is not there."""
    _, found, rest = response.text.partition(f'class="{name}"')
    return text_of(type("Part", (), {"text": rest.partition("</section>")[0]})) if found else ""


def test_one_card_for_each_session_with_topic_room_and_way_in(monday):
    say(monday, "#nova now Image metadata", "#nova next Cells", "#tc now Elections")
    say(monday, "#in #nova", nick="lena")

    page = monday.client().get(f"{NOW}?tz=Asia/Tokyo")

    running = part(page, "now-running")
    assert running.index("Nova") < running.index("Cinder")
    for told in (
        "Image metadata since 22:15",
        "Technical Committee: Elections",
        "Next at Nova Cells",
        "Bexar 22:00–00:00 13:00–15:00 UTC",
        "1 checked in",
        "In session",  # Cinder has posted nothing and has no title
    ):
        assert told in running
    assert 'href="https://meetpad.opendev.org/oct-nova"' in page.text
    assert 'href="http://localhost/events/oct/rooms/austin/join"' in page.text


def test_a_team_that_moved_says_where_it_is(monday):
    say(monday, "#nova location The garden")

    assert "The garden (booked: Bexar)" in text_of(monday.client().get(NOW))


def test_a_team_with_another_room_in_the_afternoon_did_not_move(monday, clock):
    """Its place of the day is its first room, unless somebody said otherwise."""
    with monday.app.app_context():
        monday.book("nova", "austin", "MonA4")
    say(monday, "#nova now Placement", "#tc now Elections")
    clock.move_to(datetime(2026, 10, 26, 16, 5, tzinfo=UTC))
    visitor = monday.client()

    assert "Placement since 13:15 Austin 16:00" in part(visitor.get(NOW), "now-running")

    say(monday, "#nova location Ballroom")
    assert "Ballroom (booked: Austin)" in part(visitor.get(NOW), "now-running")


def test_topics_of_teams_that_do_not_meet_stay_with_their_hour(monday, clock):
    prepared = datetime(2026, 10, 23, 9, 30, tzinfo=UTC)
    say(monday, "#cinder now Our agenda", at=prepared)
    say(monday, "#neutron now Come to our session", "#nova now Placement")
    clock.shift(timedelta(hours=2, minutes=10))

    page = monday.client().get(NOW)

    earlier = part(page, "now-posted")
    assert "Come to our session since 13:15 · Ballroom" in earlier
    assert "Placement since 13:15" in earlier
    assert "Our agenda since Fri 23 Oct 09:30" in earlier
    clock.shift(timedelta(days=1))
    assert "now-posted" not in monday.client().get(NOW).text


def test_what_comes_next_is_told_in_the_readers_time(monday):
    coming = part(monday.client().get(f"{NOW}?tz=America/New_York"), "now-coming")

    assert "Mon 26 Oct 10:00 14:00 UTC Neutron Ports Ballroom until 11:00" in coming
    assert "Cells" not in coming  # tomorrow's is not told beside today's


@pytest.mark.parametrize(
    ("instant", "told"),
    [
        ("2026-10-20 09:00", "Nothing is on at this moment Next: Nova in Bexar, Cinder in Austin,"),
        ("2026-10-26 18:00", "Nova in Ballroom, Tue 27 Oct 2026 22:00 Asia/Tokyo (UTC+9)"),
        ("2026-10-29 09:00", "Nothing more is booked"),
    ],
)
def test_when_nothing_is_on_it_says_when_the_next_session_begins(monday, clock, instant, told):
    clock.move_to(datetime.fromisoformat(instant).replace(tzinfo=UTC))

    assert told in text_of(monday.client().get(f"{NOW}?tz=Asia/Tokyo"))


def test_an_event_without_bookings_says_so(sqlite_story, clock):
    clock.move_to(datetime(2026, 10, 1, tzinfo=UTC))
    assert "Nothing is booked yet" in text_of(sqlite_story.client().get(NOW))


def test_messages_stand_by_level_with_links_and_badges_and_nothing_else(monday):
    say(
        monday,
        "~motd add info Map: https://map.example/#nova, ask (#cinder)",
        "~motd add danger Fire drill <script>alert(1)</script> #nobody",
    )
    say(monday, "#nova now javascript:alert(1) http://a.example/'onclick=x #cinder: bring coffee")

    page = monday.client().get(NOW)

    assert '<a href="https://map.example/#nova" rel="nofollow ugc noopener">' in page.text
    cinder = '<a class="team-badge team-cinder" href="/events/oct/teams/cinder">#cinder</a>'
    assert f"ask ({cinder})" in page.text
    assert f"{cinder}: bring coffee" in page.text
    assert "Important Fire drill <script>alert(1)</script> #nobody" in text_of(page)
    assert "<script>alert" not in page.text
    assert 'href="javascript' not in page.text
    assert "onclick" not in page.text.replace("&#39;onclick", "")


def test_only_those_who_share_are_named(monday):
    say(monday, "#in #nova", "#share on", nick="Lena")
    say(monday, "#in #nova", nick="omar")

    page = text_of(monday.client().get(NOW))

    assert "2 checked in" in page
    assert "Lena" in page
    assert "omar" not in page


# The fragment ------------------------------------------------------------------------------------


def test_the_page_shows_the_fragment(monday):
    visitor = monday.client()

    fragment = visitor.get(f"{NOW}/board?tz=Asia/Tokyo")

    assert fragment.text in visitor.get(f"{NOW}?tz=Asia/Tokyo").text
    assert "Set-Cookie" not in fragment.headers


def test_the_fragment_changes_with_posts_bookings_and_the_hour_and_with_nothing_else(both, clock):
    visitor = both.client()
    seen = [visitor.get(BOARD).headers["ETag"]]

    def ask() -> int:
        answer = visitor.get(BOARD, headers={"If-None-Match": seen[-1]})
        if answer.status_code == 200:
            seen.append(answer.headers["ETag"])
        return answer.status_code

    assert ask() == 304
    clock.shift(timedelta(minutes=30))
    assert ask() == 304
    say(both, "#nova now Placement")
    assert ask() == 200
    with both.app.app_context():
        both.book("tc", "ballroom", "MonA3", at=datetime(2026, 10, 26, 13, 46, tzinfo=UTC))
    assert ask() == 200
    clock.move_to(datetime(2026, 10, 26, 14, 0, tzinfo=UTC))  # Cinder leaves, Neutron begins
    assert ask() == 200
    clock.move_to(datetime(2026, 10, 26, 16, 30, tzinfo=UTC))
    assert ask() == 200
    clock.move_to(datetime(2026, 10, 27, 1, 0, tzinfo=UTC))  # the event's Monday is over
    assert ask() == 200
    assert len(set(seen)) == len(seen)
    assert visitor.get(f"{BOARD}&room=%00").status_code == 404


def test_of_a_room_it_holds_that_room_only(monday):
    say(monday, "#cinder now Backups", "#nova now Placement")

    board = text_of(monday.client().get(f"{BOARD}&room=austin"))

    assert "Cinder Backups" in board
    assert "Placement" not in board
    assert "Join: localhost/events/oct/rooms/austin/join" in board


def test_what_there_is_not_has_no_board(monday):
    visitor = monday.client()
    assert visitor.get(f"{BOARD}&room=nowhere").status_code == 404
    assert visitor.get(f"{NOW}/board?tz=Mars/Olympus").status_code == 422
    assert visitor.get("/events/nowhere/now/board").status_code == 404
    with monday.app.app_context():
        monday.set(status=EventStatus.DRAFT)
    assert visitor.get(BOARD).status_code == visitor.get(NOW).status_code == 404
    assert "data-source" not in monday.client("olga").get(NOW).text


def test_it_costs_the_same_at_2_and_at_30_sessions(monday):
    def cost(zone: str) -> int:
        with monday.app.app_context(), counted_queries() as statements:
            monday.client().get(f"{NOW}/board?tz={zone}")
        return len(statements)

    say(monday, "#nova now Placement", "#nova next Cells")
    few = cost("UTC")
    with monday.app.app_context():
        for day in ("Tue", "Wed", "Thu"):
            for number, team in enumerate(("cinder", "neutron", "tc"), 1):
                monday.book(team, "bexar", f"{day}A{number}")
                monday.book(team, "austin", f"{day}B{number}")
        db.session.remove()
    say(monday, "#cinder now Backups", "#neutron next Ports")

    assert cost("Asia/Tokyo") == few


# Elsewhere ---------------------------------------------------------------------------------------


def test_a_widget_may_be_framed_and_nothing_else(monday):
    visitor = monday.client()

    widget = visitor.get("/events/oct/widget")

    assert "frame-ancestors *" in widget.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in widget.headers
    assert "Set-Cookie" not in widget.headers
    assert "<form" not in widget.text
    for path in (NOW, "/events/oct/signage", "/events/oct/rooms/bexar/signage", BOARD):
        assert "frame-ancestors 'none'" in visitor.get(path).headers["Content-Security-Policy"]
    # It knows nobody, whoever is signed in, and shows no draft to the sites that frame it.
    assert monday.client("olga").get("/events/oct/widget").text == widget.text
    with monday.app.app_context():
        monday.set(status=EventStatus.DRAFT)
    assert monday.client("olga").get("/events/oct/widget").status_code == 404


def test_signs_show_their_room_or_all(monday):
    visitor = monday.client()

    bexar = text_of(visitor.get("/events/oct/rooms/bexar/signage"))
    everything = text_of(visitor.get("/events/oct/signage?tz=Asia/Tokyo"))

    assert bexar.startswith("Bexar · October PTG · ptgsched Bexar 13:15 Mon 26 Oct · UTC")
    assert "Placement" in bexar
    assert "Austin" not in bexar
    assert "Placement" in everything
    assert "Austin" in everything
    assert "22:15 Mon 26 Oct · Asia/Tokyo" in everything


def test_old_addresses_lead_to_the_board(make_app, sqlite_url, clock):
    visitor = Story.begin(make_app(sqlite_url, default_event="oct")).client()
    assert visitor.get("/ptg.html").location == "/events/oct/now"
    assert visitor.get("/etherpads.html").location == "/events/oct/etherpads"
