"""The databases under test: the demo's 46 teams, an event of 1,000 bookings, one to book in."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from ptgsched.accounts.actor import OPERATOR
from ptgsched.accounts.tokens import create_token
from ptgsched.app import create_app
from ptgsched.clock import utcnow
from ptgsched.db import db, transaction
from ptgsched.demo import DEMO_EVENT, load_demo
from ptgsched.events.layout import create_event
from ptgsched.events.models import Event, EventStatus, Room, RoomKind
from ptgsched.schedule.journal import door
from ptgsched.schedule.models import Booking
from ptgsched.schedule.operations import change, create, propose
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of
from tests.support.database import migrate, settings_for

THOUSAND = "thousand"
DESK = "desk"
TEAMS = 46


@dataclass(frozen=True, slots=True)
class Data:
    """A database ready for the benchmarks."""

    kind: str
    url: str
    app: Flask
    token: str

    def touch(self, event_slug: str, number: int) -> None:
        """Change the title of the event's first booking, as a lead would."""
        with self.app.app_context():
            event = _event(event_slug)
            first = select(Booking).where(Booking.event_id == event.id).order_by(Booking.id)
            booking = db.session.scalars(first.limit(1)).one()
            change(event, booking, title=f"Change {number}", actor=OPERATOR, at=utcnow())
            db.session.commit()


@contextlib.contextmanager
def prepared(kind: str, url: str, folder: Path) -> Iterator[Data]:
    """Fill the empty database at `url`; its connections are closed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    migrate(url, folder)
    app = create_app(settings_for(url, folder))
    with app.app_context():
        load_demo(utcnow())
        with transaction():
            _wide_event(THOUSAND, "A thousand bookings", rooms=20)
            _wide_event(DESK, "Where the benchmark books", rooms=40)
            _, token = create_token("benchmark", ["manage"], at=utcnow())
        with transaction():
            _book(1000)
        db.session.remove()
    yield Data(kind, url, app, token)
    with app.app_context():
        db.engine.dispose()


def _wide_event(slug: str, title: str, *, rooms: int) -> None:
    """Next week's event of 60 slots, whose 46 teams may meet in several rooms at once."""
    today = utcnow().astimezone(UTC).date()
    monday = today + timedelta(days=14 - today.weekday())
    event = create_event(
        slug,
        title=title,
        kind="virtual-ptg",
        starts_on=monday,
        ends_on=monday + timedelta(days=4),
        status=EventStatus.PUBLISHED,
        at=utcnow(),
    )
    event.allow_parallel = True
    for number in range(rooms):
        name = f"Room{number + 1:02}"
        event.rooms.append(
            Room(slug=name.lower(), name=name, kind=RoomKind.MEETPAD, position=number)
        )
    for number in range(TEAMS):
        name = f"Team {number + 1:02}"
        team = Team(event_id=event.id, slug=f"team-{number + 1:02}", name=name)
        db.session.add(team)


def _book(count: int) -> None:
    event = _event(THOUSAND)
    at: datetime = utcnow()
    with door(event, actor=OPERATOR, at=at) as journal:
        teams = itertools.cycle(teams_of(event))
        cells = itertools.product(event.slots, event.rooms)
        for number, (slot, room) in enumerate(itertools.islice(cells, count)):
            proposal = propose(next(teams), room, [slot])
            create(journal, proposal, title=f"Topic {number}: what we do next, and who")


def _event(slug: str) -> Event:
    return db.session.scalars(select(Event).where(Event.slug == slug)).one()


__all__ = ["DEMO_EVENT", "DESK", "THOUSAND", "Data", "prepared"]
