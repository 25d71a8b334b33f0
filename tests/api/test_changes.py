"""GET /changes: pages of the journal, and waiting for the next one."""

import threading
import time

import pytest

from ptgsched.api.followers import followers
from tests.api.conftest import Program
from tests.support.story import Story


def cursors(answer) -> list[int]:
    """Those of the changes in an answer."""
    return [change["cursor"] for change in answer.get_json()["changes"]]


def test_what_a_lead_does_is_told_to_everybody(story: Story, visitor: Program, lead: Program):
    booked = lead.book("bexar", "MonA1").get_json()
    moved = lead.patch(booked["uid"], {"room": "ballroom"}).get_json()
    lead.delete(booked["uid"])
    answer = visitor.get("/changes")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = answer.get_json()
    assert (told["cursor"], told["more"]) == (3, False)
    created, changed, released = told["changes"]
    assert [change["action"] for change in told["changes"]] == [
        "booking.created",
        "booking.moved",
        "booking.released",
    ]
    assert (created["before"], created["booking"]) == (None, booked["uid"])
    booked.pop("warnings")
    moved.pop("warnings")
    assert (created["after"], changed["before"], changed["after"]) == (booked, booked, moved)
    assert released["after"]["status"] == "cancelled"
    assert created["actor"] == "token:bot"
    assert "token_id" not in answer.text


def test_a_follower_goes_on_where_it_was(story: Story, visitor: Program, lead: Program):
    for code in ("MonA1", "MonA2", "MonA3"):
        lead.book("bexar", code)
    first = visitor.get("/changes?since=0")
    assert cursors(first) == [1, 2, 3]
    assert cursors(visitor.get("/changes?since=2")) == [3]
    end = visitor.get("/changes?since=3")
    assert end.get_json() == {"cursor": 3, "changes": [], "more": False}
    again = visitor.get("/changes", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "query", ["since=4", "since=-1", "since=x", "since=", "since=1.0", "since=9999999999999999999"]
)
def test_a_bad_cursor_is_refused(lead: Program, visitor: Program, query: str):
    lead.book("bexar", "MonA1")
    refused = visitor.get(f"/changes?{query}")
    assert refused.status_code == 422
    assert list(refused.get_json()["fields"]) == ["since"]


@pytest.mark.parametrize("wait", ["-1", "61", "soon", "nan"])
def test_nobody_waits_longer_than_a_minute(visitor: Program, wait: str):
    refused = visitor.get(f"/changes?wait={wait}")
    assert refused.status_code == 422
    assert list(refused.get_json()["fields"]) == ["wait"]


def test_drafts_are_for_those_who_prepare_them(
    story: Story, visitor: Program, lead: Program, organizer: Program
):
    lead.book("bexar", "MonA1")
    with story.app.app_context():
        story.set(status="draft")
    for path in ("/changes", "/changes?wait=30"):
        assert visitor.get(path).status_code == 404
        assert lead.get(path).status_code == 404
        seen = organizer.get(path)
        assert (cursors(seen), seen.headers["Cache-Control"]) == ([1], "private, no-store")
    # What is not public cannot be waited for: the answer comes at once.
    started = time.perf_counter()
    assert cursors(organizer.get("/changes?since=1&wait=30")) == []
    assert time.perf_counter() - started < 10
    assert visitor("GET", "/events/none/changes?wait=30").status_code == 404


def test_the_answer_comes_at_once_when_there_is_one(visitor: Program, lead: Program):
    lead.book("bexar", "MonA1")
    assert cursors(visitor.get("/changes?since=0&wait=60")) == [1]


def test_waiting_ends_with_the_first_change(story: Story, visitor: Program, lead: Program):
    lead.book("bexar", "MonA1")
    later = threading.Timer(0.5, lambda: lead.book("bexar", "MonA2"))
    later.start()
    answer = visitor.get("/changes?since=1&wait=20")
    later.join()
    assert (cursors(answer), answer.headers["Cache-Control"]) == ([2], "no-store")
    assert answer.get_json()["cursor"] == 2


def test_waiting_for_nothing_ends_in_time(visitor: Program):
    started = time.perf_counter()
    answer = visitor.get("/changes?wait=0.6")
    assert answer.get_json() == {"cursor": 0, "changes": [], "more": False}
    assert 0.5 < time.perf_counter() - started < 10


def test_who_finds_no_place_to_wait_is_answered_at_once(sqlite_story: Story):
    client = sqlite_story.app.test_client()
    with sqlite_story.app.app_context():
        followers().close()  # as a service does that is about to stop
    started = time.perf_counter()
    answer = client.get("/api/v1/events/oct/changes?wait=30")
    assert answer.get_json() == {"cursor": 0, "changes": [], "more": False}
    assert time.perf_counter() - started < 10
    refused = client.get("/api/v1/events/oct/stream")
    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
    assert int(refused.headers["Retry-After"]) > 0
