"""GET /stream: each change as it comes, for many listeners, over restarts."""

import http.client
import json
import threading
import time
from urllib.parse import urlsplit

import pytest
from flask import Flask

from ptgsched.web import carrier, handover
from tests.api.conftest import Program
from tests.support.server import running_server
from tests.support.story import Story
from tests.support.streams import Listener, close_all, hear_until, parse

MANY = 300


@pytest.fixture
def listeners():
    """`listeners(number)`: hung up at the end."""
    made = []

    def make(number: int = 1, **options) -> list[Listener]:
        new = [Listener(**options) for _ in range(number)]
        made.extend(new)
        return new

    yield make
    close_all(made)


def book(story: Story, number: int) -> None:
    """The next `number` hours in Bexar for nova, by another process than the service."""
    with story.app.app_context():
        story.set(allow_parallel=True)
        slots, taken = list(story.event.slots), story.event.cursor
        for slot in slots[taken : taken + number]:
            story.book("nova", "bexar", slot.code)


def seconds_for(base_url: str, path: str) -> float:
    """How long one page takes; it has to be there."""
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=30)
    started = time.perf_counter()
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 200
    return time.perf_counter() - started


# As the service runs ---------------------------------------------------------------------------


def test_many_listen_over_a_restart_while_pages_are_served(
    make_app, sqlite_url, tmp_path, listeners
):
    """Three hundred at one process with eight threads; each gets every change once, in order."""
    story = Story.begin(make_app(sqlite_url))
    audience = listeners(MANY)

    with running_server(sqlite_url, tmp_path / "first") as base_url:
        for listener in audience:
            listener.connect(base_url)
        hear_until(audience, lambda listener: listener.messages)
        assert {(m.event, m.id, m.data["cursor"]) for x in audience for m in x.messages} == {
            ("hello", "0", 0)
        }
        book(story, 4)
        assert min(seconds_for(base_url, "/events/oct/") for _ in range(3)) < 1
        hear_until(audience, lambda listener: len(listener.cursors) == 4)
    hear_until(audience, lambda listener: listener.is_over)
    book(story, 3)
    with running_server(sqlite_url, tmp_path / "second") as base_url:
        for listener in audience:
            listener.connect(base_url)
        book(story, 2)
        hear_until(audience, lambda listener: len(listener.cursors) == 9)
        assert min(seconds_for(base_url, "/events/oct/") for _ in range(3)) < 1

    assert [listener.cursors for listener in audience] == [list(range(1, 10))] * MANY
    assert len({m.data["booking"] for m in audience[0].messages if m.event != "hello"}) == 9


def test_two_processes_tell_of_what_either_writes(make_app, postgres_url, serve, listeners):
    story = Story.begin(make_app(postgres_url))
    base_url = serve(postgres_url, workers=2)
    audience = listeners(16)
    for listener in audience:
        listener.connect(base_url)
    hear_until(audience, lambda listener: listener.messages)
    writers = [threading.Thread(target=book_one, args=(story, n)) for n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    hear_until(audience, lambda listener: len(listener.cursors) >= 8)
    assert [listener.cursors for listener in audience] == [list(range(1, 9))] * 16


def book_one(story: Story, number: int) -> None:
    """An hour on the first day or the next."""
    with story.app.app_context():
        slot = list(story.event.slots)[number]
        story.book("nova", "bexar", slot.code)


def test_the_answer_is_an_event_stream_that_nobody_keeps(live_server, sqlite_story, listeners):
    (listener,) = listeners()
    book(sqlite_story, 1)
    listener.connect(live_server, Origin="https://elsewhere.example")
    hear_until([listener], lambda x: x.messages)
    head = listener.head.lower()
    for line in (
        "http/1.1 200 ok",
        "content-type: text/event-stream",
        "cache-control: no-store",
        "x-accel-buffering: no",
        "access-control-allow-origin: *",
        "connection: close",
        "x-content-type-options: nosniff",
    ):
        assert line in head
    assert "content-length" not in head
    assert "set-cookie" not in head
    book(sqlite_story, 1)
    hear_until([listener], lambda x: x.cursors)
    hello, change = listener.messages
    assert (hello.id, hello.event, hello.data) == ("1", "hello", {"cursor": 1})
    assert (change.id, change.event, change.data["cursor"]) == ("2", "booking.created", 2)
    page = http.client.HTTPConnection(urlsplit(live_server).netloc, timeout=30)
    page.request("HEAD", "/api/v1/events/oct/stream")
    assert (page.getresponse().status, page.sock is None) == (200, False)
    page.close()


def test_a_service_that_stops_lets_all_go_in_peace(make_app, sqlite_url, tmp_path, listeners):
    Story.begin(make_app(sqlite_url))
    streams = listeners(3)
    polls = listeners(3, path="/api/v1/events/oct/changes?wait=60")
    with running_server(sqlite_url, tmp_path / "served") as base_url:
        for listener in streams + polls:
            listener.connect(base_url)
        hear_until(streams, lambda x: x.messages)
        time.sleep(0.5)  # so that the polls are waiting
    hear_until(streams, lambda x: x.is_over)
    for poll in polls:
        answer = http.client.HTTPResponse(poll.sock)
        answer.begin()
        assert answer.read() == b'{"cursor":0,"changes":[],"more":false}'
        answer.close()


def test_many_polls_are_answered_in_turn(live_server, sqlite_story, listeners):
    """Each asks again at once, so that hundreds together would keep everybody else waiting.

    But nobody is sent away empty whose time is over.
    """
    polls = listeners(45, path="/api/v1/events/oct/changes?wait=60")
    polls += listeners(45, path="/api/v1/events/oct/changes?wait=5")
    for poll in polls:
        poll.connect(live_server)
    time.sleep(0.5)  # so that they wait
    book(sqlite_story, 1)
    times = []
    for poll in polls:
        answer = http.client.HTTPResponse(poll.sock)
        answer.begin()
        page = json.loads(answer.read())
        answer.close()
        times.append(time.monotonic())
        assert [change["cursor"] for change in page["changes"]] == [1]
    assert 0.3 < times[-1] - times[0] < 15


# In a thread of whatever server there is -------------------------------------------------------


def stream(app: Flask, query: str = "", **headers: str):
    """The answer, and its messages as they come."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = app.test_client().get(f"/api/v1/events/oct/stream{query}", headers=names)

    def messages():
        buffer = ""
        for data in answer.response:
            buffer += data.decode()
            while "\n\n" in buffer:
                block, _, buffer = buffer.partition("\n\n")
                yield parse(block)

    return answer, messages()


def test_listening_goes_on_after_the_last_event(story: Story):
    book(story, 4)
    for query, headers in (
        ("?since=2", {}),
        ("", {"Last_Event_ID": "2"}),
        ("?since=0", {"Last_Event_ID": "2"}),
    ):
        answer, messages = stream(story.app, query, **headers)
        with answer:
            assert next(messages) is None  # when to come back, so that the head is sent at once
            assert [next(messages).id, next(messages).id] == ["3", "4"]


def test_what_comes_back_is_what_changes_tell(story: Story, visitor: Program):
    book(story, 3)
    answer, messages = stream(story.app, "?since=0")
    with answer:
        next(messages)
        told = [next(messages) for _ in range(3)]
    assert [message.data for message in told] == visitor.get("/changes").get_json()["changes"]
    assert {message.event for message in told} == {"booking.created"}


@pytest.mark.parametrize("cursor", ["2", "-1", "x", "1.0", "99999999999999999999", "²"])
def test_bad_cursors_are_refused(sqlite_story: Story, cursor: str):
    book(sqlite_story, 1)
    client = sqlite_story.app.test_client()
    path = "/api/v1/events/oct/stream"
    for answer in (
        client.get(path, query_string={"since": cursor}),
        client.get(path, headers={"Last-Event-ID": cursor}),
    ):
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_drafts_have_no_stream_and_who_listens_is_let_go(
    story: Story, visitor: Program, organizer: Program
):
    answer, messages = stream(story.app)
    with answer, story.app.app_context():
        assert [next(messages), next(messages).event] == [None, "hello"]
        story.set(status="draft")
        assert list(messages) == []
    for program in (visitor, organizer):
        assert program.get("/stream").status_code == 404
    assert visitor("GET", "/events/none/stream").status_code == 404


def test_only_a_few_threads_are_lent(sqlite_story: Story):
    app = sqlite_story.app
    lent = [stream(app)[0] for _ in range(handover.LENT)]
    refused = app.test_client().get("/api/v1/events/oct/stream")
    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
    assert refused.headers["Retry-After"]
    poll = app.test_client().get("/api/v1/events/oct/changes?wait=30")
    assert poll.get_json() == {"cursor": 0, "changes": [], "more": False}
    lent.pop().close()
    again, messages = stream(app)
    with again:
        assert [next(messages), next(messages).event] == [None, "hello"]
    for answer in lent:
        answer.close()


def test_a_lent_thread_is_given_back_in_time(sqlite_story: Story, monkeypatch):
    monkeypatch.setattr(handover, "LENT_SECONDS", 0.5)
    answer, messages = stream(sqlite_story.app)
    with answer:
        assert [message.event for message in messages if message] == ["hello"]


def test_quiet_streams_beat(sqlite_story: Story, monkeypatch):
    monkeypatch.setattr(carrier, "BEAT_SECONDS", 1.0)
    answer, messages = stream(sqlite_story.app)
    with answer:
        assert [next(messages), next(messages).event, next(messages)] == [None, "hello", None]
