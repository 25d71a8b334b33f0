"""Long polls that come again: let in without the application, told the same as by it."""

import threading

import pytest
import requests

from ptgsched.events.models import EventStatus
from tests.conftest import Serve
from tests.support.story import Story


@pytest.fixture
def polled(serve: Serve, make_app, database_url: str):
    """`polled(since=…, wait=…)`: the answer of a service whose event one can change."""
    story = Story.begin(make_app(database_url))
    base_url = serve(database_url)

    def poll(since: int = 0, wait: float = 0.2, **headers: str) -> requests.Response:
        address = f"{base_url}/api/v1/events/oct/changes"
        return requests.get(
            address, params={"since": since, "wait": wait}, headers=headers, timeout=30
        )

    return story, poll


def test_who_waits_again_is_told_the_same(polled):
    """Headers, empty pages, changes; what is wrong or hidden is judged as ever."""
    story, poll = polled
    first, second = poll(), poll()
    assert first.json() == second.json() == {"cursor": 0, "changes": [], "more": False}
    told = [
        {name: value for name, value in answer.headers.items() if name != "Date"}
        for answer in (first, second)
    ]
    assert told[0] == told[1]
    assert told[1]["Access-Control-Allow-Origin"] == "*"
    assert told[1]["Cache-Control"] == "no-store"

    answers: list[requests.Response] = []
    waiting = threading.Thread(target=lambda: answers.append(poll(wait=20)))
    waiting.start()
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1")
        story.book("cinder", "austin", "MonA1")
    waiting.join(20)
    seen = answers[0].json()
    assert [change["cursor"] for change in seen["changes"]] == list(range(1, seen["cursor"] + 1))
    assert seen["cursor"] in {1, 2}
    whole = poll(wait=1).json()
    assert whole == poll(wait=0).json()
    assert [change["after"]["team"] for change in whole["changes"]] == ["nova", "cinder"]
    assert poll(since=1).json()["changes"] == whole["changes"][1:]

    assert poll(since=3).status_code == 422
    assert poll(since=2, wait=61).status_code == 422
    assert poll(since=2, Authorization="Bearer wrong").status_code == 200
    with story.app.app_context():
        story.set(status=EventStatus.DRAFT)
    assert poll(since=2).status_code == 404
