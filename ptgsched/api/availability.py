"""What a team could book: judged once for each slot, by the rules of booking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ptgsched.api import auth, examples, shapes
from ptgsched.api.answers import read_answer
from ptgsched.api.base import read
from ptgsched.api.parsing import Names
from ptgsched.api.requests import TeamQuery
from ptgsched.api.schemas import AvailabilitySchema
from ptgsched.db import db
from ptgsched.events.models import Event, Room
from ptgsched.schedule import queries
from ptgsched.schedule.barring import barred_slots
from ptgsched.schedule.policy import Session
from ptgsched.schedule.wording import told
from ptgsched.teams import permissions
from ptgsched.teams.models import Team
from ptgsched.web.context import now


@read(
    "/events/<event>/availability",
    tag="Schedule",
    answer=AvailabilitySchema,
    example=examples.AVAILABILITY,
    query=TeamQuery,
)
def availability(event: str, query: Mapping[str, Any]) -> Response:
    """Free slots and rooms for a team, and why it cannot take the others.

    The reasons are those of a booking of that one slot now, by the rules alone.
    """
    found = auth.readable_event(event)
    names = Names(found)
    team = names.find("team", permissions.team_of, query["team"])
    names.require()
    return read_answer(_openings(found, cast("Team", team)))


def _openings(event: Event, team: Team) -> dict[str, Any]:
    sessions = queries.all_sessions(event)
    declared = queries.declared_conflicts([team.id])
    concerned = {team.id, *declared.get(team.id, ())}
    barred = barred_slots(
        event,
        team,
        event.slots,
        # The rules of a slot look at no others.
        sessions=[session for session in sessions if concerned & session.teams.keys()],
        declared=declared,
        at=now(),
    )
    free = _free_rooms(event, sessions)
    return {
        "event": event.slug,
        "team": team.slug,
        "revision": event.schedule_revision,
        "items": [
            {
                **shapes.slot_shape(slot),
                "rooms": free[slot.id],
                "barred": [told(violation) for violation in barred.get(slot.code, ())],
            }
            for slot in event.slots
        ],
        "next": None,
    }


def _free_rooms(event: Event, sessions: tuple[Session, ...]) -> dict[int, list[str]]:
    """Slot id -> the slugs of the rooms that are offered then and not taken."""
    taken = {(session.room_id, slot_id) for session in sessions for slot_id in session.slot_ids}
    rooms = db.session.scalars(
        select(Room)
        .where(Room.event_id == event.id)
        .order_by(Room.position, Room.id)
        .options(selectinload(Room.offered_slots))
    ).all()
    offered = {
        room.id: None if room.offered_always else {slot.id for slot in room.offered_slots}
        for room in rooms
    }
    return {
        slot.id: [
            room.slug
            for room in rooms
            if (room.id, slot.id) not in taken
            and ((slots := offered[room.id]) is None or slot.id in slots)
        ]
        for slot in event.slots
    }
