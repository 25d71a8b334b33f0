"""Free slots for a team, the best for its people first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ptgsched.accounts.models import User
from ptgsched.db import db
from ptgsched.events.models import Event, Room, Slot
from ptgsched.schedule import queries
from ptgsched.schedule.barring import barred_slots
from ptgsched.teams.models import Membership, Team
from ptgsched.timezones import to_local

WORKDAY = (8, 18)  # local hours in which people would rather meet


def free_slots(event: Event, team: Team, *, at: datetime, most: int) -> list[tuple[Room, Slot]]:
    """Up to `most` slots, each with a room, that the rules let `team` book at `at`.

    Ordered by how many of its people are at work then, and by time.
    """
    sessions = queries.all_sessions(event)
    slots = event.slots
    barred = barred_slots(
        event,
        team,
        slots,
        sessions=sessions,
        declared=queries.declared_conflicts([team.id]),
        at=at,
    )
    zones = _zones(team)
    taken = {(session.room_id, slot_id) for session in sessions for slot_id in session.slot_ids}
    rooms = _rooms(event, team)
    found: list[tuple[Room, Slot]] = []
    for slot in sorted(slots, key=lambda slot: (-_at_work(slot, zones), slot.starts_at)):
        if slot.code in barred:
            continue
        free = (room for room in rooms if (room.id, slot.id) not in taken and room.offers(slot))
        room = next(free, None)
        if room is not None:
            found.append((room, slot))
        if len(found) == most:
            break
    return found


def _rooms(event: Event, team: Team) -> list[Room]:
    """The rooms in the order of the page, those that take the team's people first."""
    query = select(Room).where(Room.event_id == event.id).order_by(Room.position, Room.id)
    rooms = db.session.scalars(query.options(selectinload(Room.offered_slots)))
    expected = team.expected_attendance or 0
    return sorted(rooms, key=lambda room: room.capacity is not None and room.capacity < expected)


def _zones(team: Team) -> Sequence[str]:
    """The zones of the team's people, as far as they told."""
    query = (
        select(User.timezone)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.team_id == team.id)
    )
    return [zone for zone in db.session.scalars(query) if zone]


def _at_work(slot: Slot, zones: Sequence[str]) -> int:
    """For how many of `zones` the whole slot lies in working hours."""
    start, end = WORKDAY
    count = 0
    for zone in zones:
        first, last = to_local(slot.starts_at, zone), to_local(slot.ends_at, zone)
        ends_by = (last.hour, last.minute) <= (end, 0) and last.date() == first.date()
        count += first.hour >= start and ends_by
    return count
