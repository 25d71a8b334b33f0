"""Reading an event as ptgbot sees one: five statements, whatever its size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from ptgsched.db import db
from ptgsched.events.models import Event, Room, Slot, Window, room_offer
from ptgsched.schedule.models import Booking, BookingSlot
from ptgsched.teams.models import Team


class Board(NamedTuple):
    """Rooms and teams as they are listed, slots day by day, and who holds which cell."""

    rooms: Sequence[Room]
    slots: Sequence[Slot]
    teams: Sequence[Team]
    offers: Mapping[int, set[int]]  # room id -> slot ids, of rooms that are not always offered
    held: Mapping[tuple[int, int], str]  # (room id, slot id) -> the lead team's slug

    def has_cell(self, room: Room, slot: Slot) -> bool:
        """Whether the room may be booked in the slot, or is."""
        offered = room.offered_always or slot.id in self.offers.get(room.id, ())
        return offered or (room.id, slot.id) in self.held


def read(event: Event) -> Board:
    """The event's board; rooms in the organizers' order, teams by slug."""
    of_event = Room.event_id == event.id
    return Board(
        rooms=list(
            db.session.scalars(select(Room).where(of_event).order_by(Room.position, Room.id))
        ),
        slots=list(
            db.session.scalars(
                select(Slot)
                .join(Window, Window.id == Slot.window_id)
                .where(Slot.event_id == event.id)
                .order_by(Window.day, Slot.starts_at, Slot.code)
            )
        ),
        teams=list(
            db.session.scalars(
                select(Team)
                .where(Team.event_id == event.id)
                .order_by(Team.slug)
                .options(lazyload(Team.project))
            )
        ),
        offers=_offers(event),
        held=_held(event),
    )


def _offers(event: Event) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = db.session.execute(
        select(room_offer.c.room_id, room_offer.c.slot_id)
        .join(Room, Room.id == room_offer.c.room_id)
        .where(Room.event_id == event.id)
    )
    for room_id, slot_id in rows:
        found[room_id].add(slot_id)
    return found


def _held(event: Event) -> dict[tuple[int, int], str]:
    rows = db.session.execute(
        select(BookingSlot.room_id, BookingSlot.slot_id, Team.slug)
        .join(Booking, Booking.id == BookingSlot.booking_id)
        .join(Team, Team.id == Booking.team_id)
        .where(Booking.event_id == event.id)
    )
    return {(room_id, slot_id): team for room_id, slot_id, team in rows}
