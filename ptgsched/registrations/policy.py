"""When somebody may register, and whether there is a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ptgsched.errors import Conflict
from ptgsched.events.models import Event, EventStatus
from ptgsched.timezones import start_of_day


class Opening(StrEnum):
    """Where an event's registration stands."""

    SOON = "soon"
    OPEN = "open"
    CLOSED = "closed"
    OVER = "over"  # the event itself is
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Desk:
    """Registration at an instant: where it stands, and when that changes."""

    opening: Opening
    opens_at: datetime | None
    closes_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether somebody may register now."""
        return self.opening == Opening.OPEN


class RegistrationClosed(Conflict):
    """Nobody may register at this instant.  Facts: `opening`, `opens_at`, `closes_at`."""

    code = "registration_closed"

    def __init__(self, desk: Desk) -> None:
        said = {
            Opening.SOON: "Registration has not opened yet.",
            Opening.OVER: "This event is over.",
            Opening.DRAFT: "This event is not published yet.",
        }
        super().__init__(
            said.get(desk.opening, "Registration is closed."),
            opening=desk.opening,
            opens_at=desk.opens_at,
            closes_at=desk.closes_at,
        )


def desk_of(event: Event, at: datetime) -> Desk:
    """Where the event's registration stands at `at`."""
    end = event_end(event)
    opens, closes = event.registration_opens_at, event.registration_closes_at
    last = end if closes is None else min(closes, end)
    if event.status == EventStatus.DRAFT:
        opening = Opening.DRAFT
    elif event.status == EventStatus.ARCHIVED or at >= end:
        opening = Opening.OVER
    elif at >= last:
        opening = Opening.CLOSED
    elif opens is not None and at < opens:
        opening = Opening.SOON
    else:
        opening = Opening.OPEN
    return Desk(opening, opens, last)


def event_end(event: Event) -> datetime:
    """The end of the last slot, else of the last day."""
    ends = [slot.ends_at for slot in event.slots]
    return max(ends) if ends else start_of_day(event.ends_on + timedelta(days=1), event.timezone)


def free_places(event: Event, confirmed: int) -> int | None:
    """How many more can be confirmed; None: any number."""
    if event.registration_capacity is None:
        return None
    return max(0, event.registration_capacity - confirmed)
