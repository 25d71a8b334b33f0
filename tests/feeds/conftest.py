"""Readers of feeds in October 2026, a week before the event; the clock stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient
from icalendar import Calendar, Event
from werkzeug.test import TestResponse

from ptgsched.db import db
from ptgsched.schedule import operations
from tests.support.story import LEAD, Story

A_WEEK_BEFORE = datetime(2026, 10, 19, 9, 30, tzinfo=UTC)
CALENDAR = "/events/oct/calendar.ics"
NOVA = "/events/oct/teams/nova.ics"
DOCUMENTS = (
    CALENDAR,
    NOVA,
    "/events/oct/rooms/austin.ics",
    "/events/oct/projects/openstack.ics",
    "/events/oct/schedule.json",
    "/events/oct/schedule.xml",
    "/events/oct/rooms.csv",
    "/events/oct/rooms.json",
    "/events/oct/ptg.json",
)
"""Every kind of document of an event."""


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock, a week before the event; `clock.move_to(…)` moves it."""
    with time_machine.travel(A_WEEK_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def reader(story: Story, clock: time_machine.Traveller) -> FlaskClient:
    """A calendar program: no cookies, nothing accepted in particular."""
    return story.app.test_client(use_cookies=False)


def calendar_of(response: TestResponse) -> Calendar:
    """The calendar in an answer."""
    assert response.status_code == 200, response.text
    return Calendar.from_ical(response.data)


def events_of(response: TestResponse) -> dict[str, Event]:
    """Its events by UID; each UID once."""
    events = calendar_of(response).events
    by_uid = {str(event["UID"]): event for event in events}
    assert len(by_uid) == len(events)
    return by_uid


def book(story: Story, *arguments: str, **options: object) -> str:
    """Book and commit, in a context of its own; the uid."""
    with story.app.app_context():
        return story.book(*arguments, at=A_WEEK_BEFORE, **options).uid  # type: ignore[arg-type]


def change(story: Story, uid: str, *, at: datetime = A_WEEK_BEFORE, **changes: object) -> None:
    """Change a booking and commit; `slots` are codes, `room` a slug, `with_teams` slugs."""
    with story.app.app_context():
        if "slots" in changes:
            changes["slots"] = story.slots(*changes["slots"])  # type: ignore[misc]
        if "room" in changes:
            changes["room"] = story.room(str(changes["room"]))
        if "with_teams" in changes:
            changes["with_teams"] = [story.team(s) for s in changes["with_teams"]]  # type: ignore[attr-defined]
        booking = story.booking(uid)
        operations.change(story.event, booking, actor=LEAD, at=at, **changes)  # type: ignore[arg-type]
        db.session.commit()


def release(story: Story, uid: str, *, at: datetime = A_WEEK_BEFORE) -> None:
    """Release a booking and commit."""
    with story.app.app_context():
        operations.release(story.event, story.booking(uid), actor=LEAD, at=at)
        db.session.commit()
