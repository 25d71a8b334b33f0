"""Reading events for the list of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from ptgsched.db import db
from ptgsched.events.models import Event, EventStatus, Organizer, Slot
from ptgsched.timezones import local_date


@dataclass(frozen=True, slots=True)
class Listed:
    """An event as the list shows it: `today` is the date where it takes place."""

    event: Event
    first_slot_at: datetime | None  # None: nothing is laid out yet
    today: date
    managed: bool  # whether the reader runs it

    @property
    def is_on(self) -> bool:
        """Whether today is one of its days."""
        return self.event.starts_on <= self.today <= self.event.ends_on

    @property
    def is_past(self) -> bool:
        """Whether its last day is over."""
        return self.event.ends_on < self.today


def listed_events(*, user_id: int | None, is_admin: bool, at: datetime) -> list[Listed]:
    """All events by their days, earliest first; drafts for those who run them only."""
    query = select(Event).order_by(Event.starts_on, Event.ends_on, Event.slug)
    managed = organized_ids(user_id)
    if not is_admin:
        query = query.where(or_(Event.status != EventStatus.DRAFT, Event.id.in_(managed)))
    events = db.session.scalars(query).all()
    first = _first_slots(events)
    return [
        Listed(
            event,
            first.get(event.id),
            local_date(at, event.timezone),
            is_admin or event.id in managed,
        )
        for event in events
    ]


def organized_ids(user_id: int | None) -> set[int]:
    """The events that this person runs, by id."""
    if user_id is None:
        return set()
    query = select(Organizer.event_id).where(Organizer.user_id == user_id)
    return set(db.session.scalars(query))


def _first_slots(events: Sequence[Event]) -> dict[int, datetime]:
    ids: Iterable[int] = [event.id for event in events]
    rows = db.session.execute(
        select(Slot.event_id, func.min(Slot.starts_at))
        .where(Slot.event_id.in_(ids))
        .group_by(Slot.event_id)
    )
    return {row[0]: row[1] for row in rows}
