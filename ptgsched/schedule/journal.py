"""The one door: every change of an event goes through `door()`.

It takes the event's lock, so that rules are judged on a state nobody else can change; the
first line it writes into the journal raises the revision that the door counts with:
`schedule_revision`, or `live_revision` for what is on now.  Operations flush; the caller commits
once, or rolls back, which undoes the revision too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import ObjectDeletedError

from ptgsched.accounts.actor import Actor
from ptgsched.db import begin_write, db
from ptgsched.errors import Conflict
from ptgsched.events.models import Event
from ptgsched.schedule.models import Booking, Change

HELD = "ptgsched.lock"


class Counter(StrEnum):
    """Which of an event's two revisions a change raises."""

    SCHEDULE = "schedule"  # all that feeds show
    LIVE = "live"  # topics, messages, presence: they change too often to wake every calendar


class Journal:
    """The open door: appends changes to the event's journal in order."""

    def __init__(
        self, event: Event, actor: Actor, at: datetime, counter: Counter = Counter.SCHEDULE
    ) -> None:
        self.event = event
        self.actor = actor
        self.at = at
        self._counter = counter
        self._revision: int | None = None  # what this door raised its counter to

    @property
    def has_lines(self) -> bool:
        """Whether anything was written through this door."""
        return self._revision is not None

    def append(
        self,
        action: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        booking: Booking | None = None,
        subject: str | None = None,
        reason: str | None = None,
        by: Actor | None = None,
    ) -> Change:
        """Write one line; its cursor is the event's next, the revision rises once a door.

        `by` names another one than the door's actor: the day that turned, for example.
        """
        actor = by or self.actor
        if self._revision is None:
            self._revision = self._raise()
        self.event.cursor += 1
        change = Change(
            event_id=self.event.id,
            cursor=self.event.cursor,
            revision=self._revision,
            at=self.at,
            actor=actor.label,
            source=actor.source,
            user_id=actor.user_id,
            token_id=actor.token_id,
            action=action,
            booking_uid=booking.uid if booking else None,
            subject=subject or (booking.team.slug if booking else None),
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
            reason=reason,
        )
        db.session.add(change)
        return change

    def _raise(self) -> int:
        if self._counter is Counter.LIVE:
            self.event.live_revision += 1
            return self.event.live_revision
        self.event.schedule_revision += 1
        self.event.changed_at = self.at
        return self.event.schedule_revision


def lock(event: Event) -> None:
    """Take the event's lock until commit or rollback; what was read before is forgotten.

    Whoever holds it already keeps what was read under it.
    """
    if db.session.info.get(HELD) == (db.session().get_transaction(), event):
        return
    _begin()
    (event_id,) = inspect(event).identity or (None,)  # without reading it: it may be expired
    _read_locked(Event.id == event_id)


def locked_event(slug: str) -> Event | None:
    """The event with this slug, found and locked in one read; None when there is none."""
    _begin()
    return _read_locked(Event.slug == slug)


def _begin() -> None:
    begin_write()
    db.session.flush()
    db.session.expire_all()


def _read_locked(which: ColumnElement[bool]) -> Event | None:
    # On SQLite the transaction holds the write lock already and FOR UPDATE says nothing.
    # The phases come along: rules ask for them next.
    query = select(Event).where(which).options(joinedload(Event.phases))
    # FOR NO KEY UPDATE: whoever only adds or changes rows that belong to the event, which looks
    # whether it is there, waits for nobody who may wait for those rows.
    query = query.with_for_update(of=Event, key_share=True)
    query = query.execution_options(populate_existing=True)
    event = db.session.scalars(query).unique().one_or_none()
    db.session.info[HELD] = (db.session().get_transaction(), event)
    return event


@contextlib.contextmanager
def door(
    event: Event, *, actor: Actor, at: datetime, counter: Counter = Counter.SCHEDULE
) -> Iterator[Journal]:
    """Open the event for changes; its lock is held until commit or rollback.

    All that was read before is forgotten: nothing is decided on what was true before the lock.
    """
    lock(event)
    try:
        yield Journal(event, actor, at, counter)
        db.session.flush()
    # The first of the flush, or of a query that flushed before it; the second of a room, team or
    # slot that was read before the lock and is gone.
    except (IntegrityError, ObjectDeletedError) as error:
        raise Conflict("Somebody else changed the schedule at this moment; try again.") from error
