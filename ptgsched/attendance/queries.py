"""Reading counts: of one session, of many at once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from ptgsched.attendance.models import HeadCount
from ptgsched.db import db
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
