"""Reading counts: of one session, of many at once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from ptgsched.attendance.models import Guest, HeadCount
from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.registrations.models import Registration
from ptgsched.schedule.models import Booking


def head_count(booking: Booking) -> HeadCount | None:
    """The latest count of one session."""
    return db.session.get(HeadCount, booking.id)


def head_counts(bookings: Iterable[Booking]) -> dict[int, HeadCount]:
    """The latest counts of those that have one, by the booking's id: one query."""
    ids = [booking.id for booking in bookings]
    if not ids:
        return {}
    rows = db.session.scalars(select(HeadCount).where(HeadCount.booking_id.in_(ids)))
    return {row.booking_id: row for row in rows}


def guests(event: Event) -> dict[int, int]:
    """How many said that they are, or were, in each session, by the booking's id."""
    rows = db.session.execute(
        select(Guest.booking_id, func.count())
        .join(Booking, Booking.id == Guest.booking_id)
        .where(Booking.event_id == event.id)
        .group_by(Guest.booking_id)
    )
    return {row[0]: row[1] for row in rows}


def said_here(registration: Registration) -> set[int]:
    """The sessions, by the booking's id, of which this person said so."""
    mine = select(Guest.booking_id).where(Guest.registration_id == registration.id)
    return set(db.session.scalars(mine))


def sessions_of(registration: Registration) -> list[str]:
    """The uids of those that this person said to be in, in order of time."""
    query = select(Booking.uid).join(Guest, Guest.booking_id == Booking.id)
    query = query.where(Guest.registration_id == registration.id)
    return list(db.session.scalars(query.order_by(Booking.starts_at, Booking.uid)))


def guest(booking: Booking, registration: Registration) -> Guest | None:
    """What this person said of the session."""
    return db.session.scalar(
        select(Guest).where(
            Guest.booking_id == booking.id, Guest.registration_id == registration.id
        )
    )
