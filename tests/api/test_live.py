"""The live board over HTTP: a relay that passes chat on, leads' programs, and those who watch."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from ptgsched.accounts.tokens import create_token, find_token
from ptgsched.db import db
from ptgsched.live.models import Notice
from ptgsched.live.notices import forget_old
from tests.api.conftest import Program, Tokens
from tests.support.queries import counted_queries
from tests.support.story import Story

MONDAY = datetime(2026, 10, 26, 13, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_monday(in_october: time_machine.Traveller) -> time_machine.Traveller:
    """It is the first day of the PTG, and MonA1 runs."""
    in_october.move_to(MONDAY, tick=False)
    return in_october


@pytest.fixture
def relay(program: Callable[..., Program], token: Tokens) -> Program:
    """The relay's program: its token may write the board of the whole event."""
    return program(token("live:write"))


@pytest.fixture
def lead(program: Callable[..., Program], token: Tokens) -> Program:
    """The program of nova's lead."""
    return program(token("live:write", teams=["nova"]))


def say(relay: Program, line: str, nick: str = "ttx", **how) -> dict:
    """Pass a line on."""
    body = {"nick": nick, "line": line, **how}
    answer = relay("POST", "/events/oct/live/lines", body)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def board(visitor: Program) -> dict:
    """What everybody sees."""
    return visitor.get("/live").get_json()


def test_an_empty_board_has_every_field(visitor: Program):
    assert board(visitor) == {
        "revision": 0,
        "messages": [],
        "now": {},
        "next": {},
        "locations": {},
        "checkins": {},
    }


def test_a_lead_and_the_channel_post_on_one_board(relay: Program, lead: Program, visitor: Program):
    assert say(relay, "#nova book Bexar-MonA1") == {
        "reply": "Room Bexar is now booked on MonA1 for nova | Mon 26 Oct 13:00-14:00 UTC",
        "notices": [],
    }
    assert say(relay, "~motd add warning Photos at 16", operator=True)["reply"] is None
    assert say(relay, "#nova next cells") == {"reply": None, "notices": []}
    say(relay, "#in nova", nick="lena")

    put = lead("PUT", "/events/oct/live/nova/now", {"text": "Volumes "})
    assert put.status_code == 200
    added = lead("POST", "/events/oct/live/nova/next", {"text": "Flavors"})

    assert board(visitor) == added.get_json()
    assert board(visitor) == {
        "revision": 5,
        "messages": [{"level": "warning", "text": "Photos at 16"}],
        "now": {"nova": {"text": "Volumes", "at": "2026-10-26T13:04:10Z", "by": "token:bot"}},
        "next": {"nova": [{"text": "Flavors", "at": "2026-10-26T13:04:10Z", "by": "token:bot"}]},
        "locations": {"nova": "Bexar"},
        "checkins": {"nova": 1},
    }
    assert lead("DELETE", "/events/oct/live/nova/next").get_json()["next"] == {}
    assert visitor("GET", "/events/oct").get_json()["live_revision"] == 6


def test_a_line_that_is_refused_is_an_answer_and_changes_nothing(
    story: Story, relay: Program, visitor: Program
):
    before = visitor.get("/live")
    for line, reply in (
        ("#nova", "Missing track command (#TRACK [now|next|clean...] ...)"),
        ("#swift now x", "Unknown track 'swift'"),
        ("~newday", "Need op for admin commands"),
        ("#subscribe ***", "Invalid regex: nothing to repeat at position 0"),
        ("hello", None),
        ("", None),
        ("\x00\x03" * 200, None),
    ):
        assert say(relay, line) == {"reply": reply, "notices": []}
    assert say(relay, "list", private=True)["reply"].startswith("Unknown user command")
    assert visitor.get("/live").headers["ETag"] == before.headers["ETag"]
    with story.app.app_context():
        assert story.marks() == (0, 0, 0)


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({}, {"nick", "line"}),
        ({"nick": "a b", "line": "x"}, {"nick"}),
        ({"nick": "", "line": "x"}, {"nick"}),
        ({"nick": "x" * 65, "line": "x"}, {"nick"}),
        ({"nick": "a\u00a0b", "line": "x"}, {"nick"}),
        ({"nick": "a\x00b", "line": "x"}, {"nick"}),
        ({"nick": "ttx", "line": "x" * 513}, {"line"}),
        ({"nick": "ttx", "line": 5}, {"line"}),
        ({"nick": "ttx", "line": None}, {"line"}),
        ({"nick": "ttx", "line": "x", "operator": "yes"}, {"operator"}),
        ({"nick": "ttx", "line": "x", "voiced": 1, "private": None}, {"voiced", "private"}),
        ({"nick": "ttx", "line": "x", "op": True}, {"op"}),
        *(({"nick": f"a{char}", "line": "x"}, {"nick"}) for char in "\"'<>&#,:@!"),
    ],
)
def test_a_body_of_the_wrong_shape_is_422(relay: Program, wrong: dict, fields: set[str]):
    refused = relay("POST", "/events/oct/live/lines", wrong)
    assert refused.status_code == 422
    assert refused.get_json()["fields"].keys() == fields


def test_the_longest_line_and_nick_are_taken(relay: Program, visitor: Program):
    nick = "[\\]^_`{|}~-" + "é" * 53
    text = "x" * (512 - len("#nova now "))
    assert "room scheduled today" in say(relay, f"#nova now {text}", nick=nick)["reply"]
    assert board(visitor)["now"]["nova"]["text"] == text
    say(relay, "#nova book Bexar-MonA1", nick=nick)
    assert "is now free" in say(relay, "#nova unbook Bexar-MonA1", nick=nick.upper())["reply"]


@pytest.mark.parametrize("text", ["", "   ", "\x07", "x" * 513])
def test_a_topic_is_a_line(lead: Program, text: str):
    for method, path in (("PUT", "now"), ("POST", "next")):
        refused = lead(method, f"/events/oct/live/nova/{path}", {"text": text})
        assert refused.status_code == 422
        assert "text" in refused.get_json()["fields"]


def test_next_has_twenty_topics_and_no_more(lead: Program, visitor: Program):
    for number in range(20):
        assert lead("POST", "/events/oct/live/nova/next", {"text": f"{number}"}).status_code == 200
    refused = lead("POST", "/events/oct/live/nova/next", {"text": "20"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "next_full")
    assert [topic["text"] for topic in board(visitor)["next"]["nova"]] == [
        f"{number}" for number in range(20)
    ]


def test_who_may_write(
    lead: Program, visitor: Program, program: Callable[..., Program], token: Tokens
):
    other = lead("PUT", "/events/oct/live/cinder/now", {"text": "x"})
    assert (other.status_code, other.get_json()["code"]) == (403, "other_team")
    line = {"nick": "ttx", "line": "#cinder now x", "operator": True}
    for path, body in (("lines", line), ("notices", {})):
        refused = lead("POST", f"/events/oct/live/{path}", body)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "other_team")
    booker = program(token("booking:write"))
    assert booker("POST", "/events/oct/live/lines", line).status_code == 403
    vic, olga = (program(token("live:write", user=name)) for name in ("vic", "olga"))
    assert vic("POST", "/events/oct/live/lines", line).status_code == 403
    assert vic("PUT", "/events/oct/live/nova/now", {"text": "x"}).status_code == 403
    assert board(visitor)["revision"] == 0
    assert olga("POST", "/events/oct/live/lines", line).status_code == 200
    assert program(token("manage"))("POST", "/events/oct/live/lines", line).status_code == 200
    assert lead("PUT", "/events/oct/live/swift/now", {"text": "x"}).status_code == 404


def test_the_board_is_polled_by_its_etag(
    story: Story, relay: Program, visitor: Program, on_monday: time_machine.Traveller
):
    say(relay, "#nova now cells")
    first = visitor.get("/live")
    known = {"headers": {"If-None-Match": first.headers["ETag"]}}
    assert visitor.get("/live", **known).status_code == 304

    say(relay, "#nova now flavors")
    second = visitor.get("/live", **known)
    assert second.status_code == 200
    assert second.headers["ETag"] != first.headers["ETag"]

    on_monday.move_to(MONDAY + timedelta(days=1), tick=False)
    tuesday = visitor.get("/live", headers={"If-None-Match": second.headers["ETag"]})
    assert tuesday.status_code == 200
    assert tuesday.get_json()["now"] == {}
    assert tuesday.get_json()["revision"] == second.get_json()["revision"]

    path = "/api/v1/events/oct/live"
    headers = {"If-None-Match": tuesday.headers["ETag"]}
    with counted_queries() as queries:
        assert story.app.test_client().get(path, headers=headers).status_code == 304
    assert len(queries) == 2


def test_if_match_guards_the_board(relay: Program, lead: Program, visitor: Program):
    seen = visitor.get("/live").headers["ETag"]
    say(relay, "#cinder now drivers")
    stale = lead("PUT", "/events/oct/live/nova/now", {"text": "Cells"}, headers={"If-Match": seen})
    assert stale.status_code == 412
    add = lead("POST", "/events/oct/live/nova/next", {"text": "x"}, headers={"If-Match": seen})
    assert add.status_code == 412
    assert list(board(visitor)["now"]) == ["cinder"]
    seen = visitor.get("/live").headers["ETag"]
    put = lead("PUT", "/events/oct/live/nova/now", {"text": "Cells"}, headers={"If-Match": seen})
    assert put.status_code == 200
    assert put.headers["ETag"] == visitor.get("/live").headers["ETag"]


def test_a_line_sent_twice_is_posted_once(relay: Program, visitor: Program):
    body = {"nick": "ttx", "line": "#nova next cells"}
    options = {"headers": {"Idempotency-Key": "line-1"}}
    first = relay("POST", "/events/oct/live/lines", body, **options)
    assert relay("POST", "/events/oct/live/lines", body, **options).data == first.data
    assert len(board(visitor)["next"]["nova"]) == 1
    refused = {"nick": "ttx", "line": "#nova next"}
    options = {"headers": {"Idempotency-Key": "line-2"}}
    for _ in range(2):
        answer = relay("POST", "/events/oct/live/lines", refused, **options)
        assert answer.get_json()["reply"] == "Missing sentence (#TRACK next ...)"


def test_of_twelve_who_post_at_once_all_are_heard_once(app: Flask):
    story = Story.begin(app)
    with app.app_context():
        _, secret = create_token("relay", ("live:write",), at=MONDAY)
        db.session.commit()

    def post(number: int) -> None:
        body = {"nick": f"nick{number}", "line": f"#nova next topic {number}"}
        answer = app.test_client().post(
            "/api/v1/events/oct/live/lines",
            json=body,
            headers={"Authorization": f"Bearer {secret}"},
        )
        assert answer.status_code == 200, answer.text

    with ThreadPoolExecutor(12) as people:
        list(people.map(post, range(12)))

    answer = app.test_client().get("/api/v1/events/oct/live").get_json()
    texts = [topic["text"] for topic in answer["next"]["nova"]]
    assert sorted(texts) == sorted(f"topic {number}" for number in range(12))
    assert answer["revision"] == 12
    with app.app_context():
        journal = story.journal()
        assert [change.cursor for change in journal] == list(range(1, 13))
        assert [change.after["next"][-1]["text"] for change in journal] == texts


def test_topics_of_the_api_reach_subscribers_through_the_relay(
    relay: Program, lead: Program, on_monday: time_machine.Traveller
):
    def waiting(after: int) -> list[dict]:
        answer = relay("POST", "/events/oct/live/notices", {"after": after})
        return answer.get_json()["notices"]

    say(relay, "#subscribe #nova", nick="Lena")
    assert say(relay, "#nova now cells")["notices"] == [
        {"to": "Lena", "text": "now in #nova: cells"}
    ]
    assert waiting(0) == []

    lead("PUT", "/events/oct/live/nova/now", {"text": "Volumes"})
    lead("POST", "/events/oct/live/nova/next", {"text": "Flavors"})
    one, two = waiting(0)
    assert (one["to"], one["text"]) == ("Lena", "now in #nova: Volumes")
    assert two["text"] == "next in #nova: Flavors"
    assert waiting(0) == [one, two], "until they are known to have arrived"
    assert waiting(one["id"]) == [two]
    assert waiting(two["id"]) == []

    lead("POST", "/events/oct/live/nova/next", {"text": "Old news"})
    on_monday.shift(timedelta(hours=2))
    lead("POST", "/events/oct/live/nova/next", {"text": "News"})
    # A number that was said to have arrived is no other notice's, though that is forgotten.
    assert [told["text"] for told in waiting(two["id"])] == ["next in #nova: News"]


def test_each_of_two_relays_says_all_notices_in_its_own_network(
    story: Story,
    relay: Program,
    program: Callable[..., Program],
    token: Tokens,
    on_monday: time_machine.Traveller,
):
    secret = token("live:write")
    other = program(secret)

    def waiting(asker: Program, after: int = 0) -> list[str]:
        answer = asker("POST", "/events/oct/live/notices", {"after": after})
        numbers[asker] = max([after, *(told["id"] for told in answer.get_json()["notices"])])
        return [told["text"] for told in answer.get_json()["notices"]]

    numbers: dict[Program, int] = {}
    say(relay, "#subscribe nova", nick="Lena")
    assert waiting(relay) == waiting(other) == []
    # The one that passed the topic on has it from the answer.
    assert say(relay, "#nova now cells")["notices"] != []
    assert (waiting(relay), waiting(other)) == ([], ["now in #nova: cells"])
    organizer = program(token("manage"))
    organizer("PUT", "/events/oct/live/nova/now", {"text": "Volumes"})
    assert waiting(relay) == ["now in #nova: Volumes"]
    assert waiting(other, numbers[other]) == ["now in #nova: Volumes"]
    # Neither takes from the other what it has said, not even by a number that is none yet.
    assert waiting(relay, numbers[relay] + 1000) == []
    assert waiting(other) == ["now in #nova: Volumes"]
    say(other, "#nova next Flavors")
    assert waiting(relay) == ["next in #nova: Flavors"]
    assert waiting(relay, numbers[relay]) == []

    # A third one begins there; one whose token replaces a relay's goes on where that one was.
    third = program(token("live:write"))
    assert waiting(third) == []
    with story.app.app_context():
        find_token(secret, MONDAY).revoked_at = MONDAY
        db.session.commit()
    fourth, fifth = (program(token("live:write")) for _ in range(2))
    assert waiting(fourth) == ["now in #nova: Volumes"]
    assert waiting(fifth) == []
    on_monday.shift(timedelta(hours=1, seconds=1))
    assert waiting(fourth) == []
    with story.app.app_context():
        assert db.session.query(Notice).count() == 3
        forget_old(MONDAY + timedelta(hours=1, seconds=1))
        assert db.session.query(Notice).count() == 0
        db.session.rollback()


def test_a_draft_keeps_its_board_to_itself(
    story: Story, relay: Program, visitor: Program, organizer: Program
):
    with story.app.app_context():
        story.set(status="draft")
    assert visitor.get("/live").status_code == 404
    assert organizer.get("/live").headers["Cache-Control"] == "private, no-store"


def test_the_board_of_an_archive_stays_as_it_was(
    story: Story, relay: Program, organizer: Program, visitor: Program
):
    say(relay, "#nova now cells")
    relay("POST", "/events/oct/checkins", {"nick": "lena", "team": "nova", "share": True})
    with story.app.app_context():
        story.set(status="archived")
    before = board(visitor)
    for method, path, body in (
        ("PUT", "live/nova/now", {"text": "x"}),
        ("POST", "live/nova/next", {"text": "x"}),
        ("DELETE", "live/nova/next", None),
        ("POST", "checkins", {"nick": "omar", "team": "nova"}),
    ):
        refused = organizer(method, f"/events/oct/{path}", body)
        assert (refused.status_code, refused.get_json()["code"]) == (409, "event_closed"), path
    said = ("now x", "next x", "clean", "clear", "location x")
    for line in (*(f"#nova {words}" for words in said), "#in nova"):
        assert say(relay, line, nick="omar")["reply"].startswith("This event is kept"), line
    for line in ("~clean nova", "~clear nova", "~newday"):
        reply = say(relay, line, nick="omar", operator=True)["reply"]
        assert reply.startswith("This event is kept"), line
    assert board(visitor) == before
    # Who wants to be named no more is heard at any time.
    share = {"nick": "lena", "share": False}
    assert relay("POST", "/events/oct/checkins", share).status_code == 200


def test_the_board_costs_the_same_for_one_team_and_for_many(story: Story, relay: Program):
    def cost() -> int:
        with counted_queries() as queries:
            assert story.app.test_client().get("/api/v1/events/oct/live").status_code == 200
        return len(queries)

    say(relay, "#nova now cells")
    at_one = cost()
    for team in ("cinder", "neutron", "tc"):
        for line in ("now this", "next that", "location here"):
            say(relay, f"#{team} {line}")
        say(relay, f"#in {team}", nick=f"of-{team}")
        say(relay, "#share on", nick=f"of-{team}")
    assert cost() == at_one


def test_chat_books_by_the_rules_of_everybody(story: Story, relay: Program, visitor: Program):
    with story.app.app_context():
        story.phase(kinds=["horizontal"])
    refused = say(relay, "#nova book Bexar-MonA2", operator=True)["reply"]
    assert refused == (
        "Slot 'Bexar-MonA2' cannot be booked for nova | Sign-up for vertical teams is closed; "
        "ask an organizer."
    )
    say(relay, "#tc book Bexar-MonA2", nick="Olga")
    (booking,) = visitor.get("/schedule").get_json()["bookings"]
    assert (booking["team"], booking["slots"]) == ("tc", ["MonA2"])
    with story.app.app_context():
        change = story.journal()[-1]
        assert (change.actor, change.source) == ("chat:Olga", "chat")
        assert change.token_id is not None
        assert story.booking(booking["uid"]).owner == "chat:Olga"
        db.session.rollback()
