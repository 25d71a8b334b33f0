"""What setting up means for bookings: calendars learn of it, or it is refused and says why."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from ptgsched.db import db
from ptgsched.errors import Conflict
from ptgsched.events.models import Event
from ptgsched.schedule.joining import etherpad_link, join_link
from ptgsched.schedule.journal import Journal
from ptgsched.schedule.models import CANCELLED_FOR, Booking
from ptgsched.schedule.operations import touch
from ptgsched.schedule.shapes import booking_facts
from ptgsched.timewords import moment
from ptgsched.web.links import Links

# Whether a link is another one than before does not depend on where this service runs.
_ANYWHERE = Links("https://here.invalid", "https://pads.invalid", "https://calls.invalid")


class InUse(Conflict):
    """Bookings are in the way.  Facts: `count`, and of each in `bookings` what to look for."""

    code = "in_use"

    def __init__(self, what: str, bookings: Sequence[Booking]) -> None:
        are = "1 booking is" if len(bookings) == 1 else f"{len(bookings)} bookings are"
        super().__init__(
            f"{are} in the way of {what}; move or release "
            f"{'it' if len(bookings) == 1 else 'them'} first.",
            **_named(bookings),
        )


class StillAnnounced(Conflict):
    """Calendars still have to learn that its bookings were released.  Facts as InUse, `until`."""

    code = "still_announced"

    def __init__(self, what: str, bookings: Sequence[Booking], until: datetime) -> None:
        super().__init__(
            f"Calendars still tell of released bookings ({len(bookings)}) that stand in the way "
            f"of {what}; try again after {moment(until, 'UTC')}.",
            **_named(bookings),
            until=until,
        )


def _named(bookings: Sequence[Booking]) -> dict[str, Any]:
    return {
        "count": len(bookings),
        "bookings": [
            {
                "uid": booking.uid,
                "team": booking.team.slug,
                "room": booking.room.slug,
                "slots": list(booking.slot_codes),
            }
            for booking in bookings
        ],
    }


@contextlib.contextmanager
def announced(journal: Journal, bookings: Sequence[Booking]) -> Iterator[None]:
    """Whatever changes inside and shows in one of `bookings` raises its sequence.

    Each gets a line of its own in the journal, so that followers know its state.
    """
    event = journal.event
    before = [(_looks(event, booking), booking_facts(booking)) for booking in bookings]
    yield
    for booking, (looks, facts) in zip(bookings, before, strict=True):
        if _looks(event, booking) != looks:
            touch(booking, journal.at)
            after = booking_facts(booking)
            journal.append("booking.edited", before=facts, after=after, booking=booking)


def _looks(event: Event, booking: Booking) -> tuple[object, ...]:
    """All that a calendar shows of a booking and that is not its own."""
    return (
        event.timezone,
        tuple(team.name for team in booking.teams),
        booking.room.name,
        join_link(_ANYWHERE, event, booking.team, booking.room),
        etherpad_link(_ANYWHERE, event, booking.team),
    )


def require_past(what: str, bookings: Sequence[Booking], *, at: datetime) -> None:
    """Raises InUse for bookings that stand, StillAnnounced for released ones feeds still show."""
    standing = [booking for booking in bookings if booking.is_confirmed]
    if standing:
        raise InUse(what, standing)
    told = still_told(bookings, at)
    if told:
        until = max(booking.ends_at for booking in told) + CANCELLED_FOR
        raise StillAnnounced(what, told, until)


def still_told(bookings: Iterable[Booking], at: datetime) -> tuple[Booking, ...]:
    """The released ones among them that calendars tell of at `at`."""
    return tuple(b for b in bookings if not b.is_confirmed and at < b.ends_at + CANCELLED_FOR)


def forget(bookings: Sequence[Booking]) -> None:
    """Delete released bookings that no feed tells of any more; the journal still knows them."""
    for booking in bookings:
        db.session.delete(booking)
    db.session.flush()
