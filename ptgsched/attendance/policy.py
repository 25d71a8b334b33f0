"""When heads can be counted."""

from __future__ import annotations

from datetime import datetime, timedelta

from ptgsched.errors import Conflict, Invalid
from ptgsched.events.models import Event, EventStatus
from ptgsched.schedule.models import Booking
from ptgsched.timewords import moment

MOST_PEOPLE = 100_000
SAID_UNTIL = timedelta(hours=24)
"""How long after its end people can still say that they were in a session."""


class NotStarted(Invalid):
    """Nobody can have been there yet."""

    code = "not_started"

    def __init__(self, booking: Booking) -> None:
        super().__init__(
            "This session has not begun: heads can be counted from its start, "
            f"{moment(booking.starts_at, 'UTC')}, on.",
            starts_at=booking.starts_at,
            uid=booking.uid,
        )


def require_countable(event: Event, booking: Booking, at: datetime) -> None:
    """Raises NotStarted before its start; Conflict when released, or the event is closed."""
    if event.status != EventStatus.PUBLISHED:
        raise Conflict(
            "This event takes no changes any more; its attendance is kept as it was.",
            code="event_closed",
        )
    if not booking.is_confirmed:
        raise Conflict(
            "This session was released and did not take place; there is nobody to count.",
            code="released",
            uid=booking.uid,
        )
    if at < booking.starts_at:
        raise NotStarted(booking)


def require_people(people: int) -> int:
    """A possible count.  Raises Invalid (field ``count``)."""
    if not 0 <= people <= MOST_PEOPLE:
        said = f"Give a number of people from 0 to {MOST_PEOPLE}."
        raise Invalid(said, fields={"count": [said]})
    return people


def may_say_here(event: Event, booking: Booking, at: datetime) -> bool:
    """Whether registered people can say now that they are in the session."""
    if event.status != EventStatus.PUBLISHED or not booking.is_confirmed:
        return False
    return booking.starts_at <= at < booking.ends_at + SAID_UNTIL


def require_here(event: Event, booking: Booking, at: datetime) -> None:
    """Raises as `require_countable`, and Conflict when it has been over for too long."""
    require_countable(event, booking, at)
    if not may_say_here(event, booking, at):
        raise Conflict(
            "This session has been over for more than a day; tell its moderator, who can "
            "correct the count.",
            code="over",
            uid=booking.uid,
        )
