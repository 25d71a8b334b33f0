"""Rooms: read one, add, change, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from ptgsched.api import auth, shapes
from ptgsched.api import manage_schemas as schemas
from ptgsched.api.answers import read_answer, require_unchanged, tag_of, write_answer
from ptgsched.api.base import ETAG, LOCATION, Answer, read, write
from ptgsched.api.manage import TAG, changed, created, organizing
from ptgsched.api.manage_requests import RoomChange, RoomRequest
from ptgsched.api.parsing import require_slug
from ptgsched.events.models import Event, Room
from ptgsched.schedule.queries import room_by_slug
from ptgsched.setup import rooms
from ptgsched.setup.shapes import offered
from ptgsched.web.context import links, now

MADE = Answer("Added.", schemas.RoomDetailSchema, schemas.ROOM, ETAG | LOCATION)
ALLOWED = Answer("With `dry_run=true`: as it would be.", schemas.RoomDetailSchema, schemas.ROOM, {})
CHANGED = Answer("As it is now.", schemas.RoomDetailSchema, schemas.ROOM)
DELETED = Answer("Deleted; as it was.", schemas.RoomDetailSchema, schemas.ROOM, {})


@read(
    "/events/<event>/rooms/<room>",
    tag="Events",
    answer=schemas.RoomDetailSchema,
    example=schemas.ROOM,
)
def room(event: str, room: str) -> Response:
    """One room."""
    found = auth.readable_event(event)
    return read_answer(_shape(found, room_by_slug(found, require_slug(room))))


@write(
    "POST",
    "/events/<event>/rooms",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=RoomRequest,
    body_example=schemas.ROOM_REQUEST,
    answers={201: MADE, 200: ALLOWED},
)
def add_room(event: Event, body: Mapping[str, Any]) -> Response:
    """Add a room.  Its passcode is kept and never told by the API."""
    made = rooms.add_room(event, body, actor=organizing(event), at=now())
    where = links().api(event.slug, "rooms", made.slug)
    return created(_shape(event, made), where)


@write(
    "PATCH",
    "/events/<event>/rooms/<room>",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=RoomChange,
    body_example=schemas.ROOM_CHANGE,
    answers={200: CHANGED},
)
def change_room(event: Event, room: str, body: Mapping[str, Any]) -> Response:
    """Change a room; its slug stays.

    Bookings whose calendar entries show what was changed get a higher `sequence`.
    """
    actor = organizing(event)
    found = room_by_slug(event, require_slug(room))
    require_unchanged(lambda: tag_of(_shape(event, found)))
    rooms.change_room(event, found, body, actor=actor, at=now())
    return changed(_shape(event, found))


@write(
    "DELETE",
    "/events/<event>/rooms/<room>",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    answers={200: DELETED},
)
def delete_room(event: Event, room: str) -> Response:
    """Delete a room.

    A conflict while it holds bookings, which are named, and until a day after the end of those
    released; offer it in no slot meanwhile.
    """
    actor = organizing(event)
    found = room_by_slug(event, require_slug(room))
    was = _shape(event, found)
    require_unchanged(lambda: tag_of(was))
    rooms.remove_room(event, found, actor=actor, at=now())
    return write_answer(was)


def _shape(event: Event, room: Room) -> dict[str, Any]:
    return {
        **shapes.room_shape(event, room, links()),
        "position": room.position,
        "join_public": room.link_is_public,
        "has_passcode": room.passcode is not None,
        "offered_slots": offered(room),
    }
