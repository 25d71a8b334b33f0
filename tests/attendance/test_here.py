"""Registered people say that they are in a session; strangers are asked to register."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from ptgsched.db import db
from ptgsched.registrations import tokens
from ptgsched.registrations.details import details
from ptgsched.registrations.operations import register
from tests.schedule.pages import text_of
from tests.support.queries import counted_queries
from tests.support.story import SIGN_UP, Story

MONDAY_13 = datetime(2026, 10, 26, 13, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY_13, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(story: Story, clock) -> Story:
    story.app.config["WTF_CSRF_ENABLED"] = False
    return story


def test_one_says_it_once_and_takes_it_back(cast: Story, clock):
    with cast.app.app_context():
        said = details({"name": "Kenji"})
        made, _ = register(cast.event, "kenji@example.org", said, at=SIGN_UP, letters=None)
        token = tokens.ensured(made, "link", str(cast.app.config["SECRET_KEY"]))
        uid = cast.book("nova", "bexar", "MonA1").uid
        db.session.commit()
    page = f"/events/oct/bookings/{uid}"
    kenji = cast.client()
    kenji.get(f"/registrations/{token}")
    assert "I’m here" in kenji.get(page).text
    for _ in range(2):
        assert kenji.post(f"{page}/here").location == page
    said = text_of(kenji.get(page))
    assert "1 registered person said they are here" in said
    assert "take me off" in said
    assert 'value="1"' in cast.client("lena").get(page).text
    kenji.post(f"{page}/here", data={"wanted": "0"})
    assert "said they are here" not in kenji.get(page).text

    stranger = cast.client()
    assert "I’m here" not in stranger.get(page).text
    assert stranger.post(f"{page}/here").location == "/events/oct/register"

    clock.move_to(MONDAY_13 - timedelta(minutes=1))
    early = cast.client()
    early.get(f"/registrations/{token}")
    assert "I’m here" not in early.get(page).text
    assert "has not begun" in text_of(early.post(f"{page}/here"))
    clock.move_to(MONDAY_13 + timedelta(hours=26))
    late = cast.client()
    late.get(f"/registrations/{token}")
    assert "over for more than a day" in text_of(late.post(f"{page}/here"))


def test_counting_heads_costs_the_same_for_one_session_and_for_many(sqlite_story: Story, clock):
    with sqlite_story.app.app_context():
        said = details({"name": "Olga"})
        register(sqlite_story.event, "olga@example.org", said, at=SIGN_UP, letters=None)
        sqlite_story.book("nova", "bexar", "MonA1")
    olga = sqlite_story.client("olga")
    olga.get("/events/oct/now")

    def asked() -> int:
        with counted_queries() as sent:
            assert "I’m here" in olga.get("/events/oct/now").text
        return len(sent)

    one = asked()
    with sqlite_story.app.app_context():
        sqlite_story.book("cinder", "austin", "MonA1")
        sqlite_story.book("neutron", "ballroom", "MonA1")
    olga.get("/events/oct/now")
    assert asked() == one
