"""What the pages of rooms show: how much is booked, what is on now and next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ptgsched.events.models import Event, Room
from ptgsched.schedule.joining import room_link
from ptgsched.schedule.models import Booking
from ptgsched.web.links import Links


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room in the list, with its session under way and the next one."""

    room: Room
    hours: float
    link: str | None
    now: Booking | None
    next: Booking | None


def room_lines(
    event: Event, rooms: Iterable[Room], bookings: Sequence[Booking], links: Links, at: datetime
) -> list[RoomLine]:
    """Each room with what is booked in it; `bookings` are in time order."""
    lines = []
    for room in rooms:
        own = [booking for booking in bookings if booking.room_id == room.id]
        lines.append(
            RoomLine(
                room=room,
                hours=sum(booking.hours for booking in own),
                link=room_link(links, event, room),
                now=next((b for b in own if b.interval.contains(at)), None),
                next=next((b for b in own if b.starts_at > at), None),
            )
        )
    return lines
