"""Reading events for the list of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from ptgsched.db import db
from ptgsched.events.models import Event, EventStatus, Slot
from ptgsched.timezones import local_date


@dataclass(frozen=True, slots=True)
class Listed:
    """An event as the list shows it: `today` is the date where it takes place."""

    event: Event
    first_slot_at: datetime | None  # None: nothing is laid out yet
    today: date

    @property
    def is_on(self) -> bool:
        """Whether today is one of its days."""
        return self.event.starts_on <= self.today <= self.event.ends_on

    @property
    def is_past(self) -> bool:
        """Whether its last day is over."""
        return self.event.ends_on < self.today


def listed_events(*, drafts: bool, at: datetime) -> list[Listed]:
    """All events by their days, earliest first; drafts only when asked for."""
    query = select(Event).order_by(Event.starts_on, Event.ends_on, Event.slug)
    if not drafts:
        query = query.where(Event.status != EventStatus.DRAFT)
    events = db.session.scalars(query).all()
    first = _first_slots(events)
    return [Listed(event, first.get(event.id), local_date(at, event.timezone)) for event in events]


def _first_slots(events: Sequence[Event]) -> dict[int, datetime]:
    ids: Iterable[int] = [event.id for event in events]
    rows = db.session.execute(
        select(Slot.event_id, func.min(Slot.starts_at))
        .where(Slot.event_id.in_(ids))
        .group_by(Slot.event_id)
    )
    return {row[0]: row[1] for row in rows}
