"""Events, and what there is to book at one: slots, rooms, teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from ptgsched.api import auth, examples, shapes
from ptgsched.api.answers import listed, page_of, read_answer
from ptgsched.api.base import read
from ptgsched.api.parsing import require_slug
from ptgsched.api.requests import PageQuery
from ptgsched.api.schemas import (
    EventListSchema,
    EventSchema,
    RoomListSchema,
    SlotListSchema,
    TeamListSchema,
    TeamSchema,
)
from ptgsched.db import db
from ptgsched.events.models import Event, EventStatus, Room, Slot, Window
from ptgsched.schedule.models import Booking, BookingStatus
from ptgsched.teams import permissions
from ptgsched.teams.models import Team
from ptgsched.web.context import links

TAG = "Events"


@read(
    "/events",
    tag=TAG,
    answer=EventListSchema,
    example=examples.page_of(examples.EVENT),
    query=PageQuery,
)
def events(query: Mapping[str, Any]) -> Response:
    """All public events by their days, earliest first."""
    public = select(Event.id).where(Event.status != EventStatus.DRAFT)
    ids = db.session.scalars(public.order_by(Event.starts_on, Event.ends_on, Event.slug)).all()
    page, following = page_of(ids, query)
    return read_answer({"items": _shapes(page), "next": following})


@read("/events/<event>", tag=TAG, answer=EventSchema, example=examples.EVENT)
def event(event: str) -> Response:
    """One event: its windows, sign-up phases, counts and revisions."""
    found = auth.readable_event(event)
    return read_answer(shape_of(found))


@read(
    "/events/<event>/slots",
    tag=TAG,
    answer=SlotListSchema,
    example=examples.page_of(examples.SLOT),
    query=PageQuery,
)
def slots(event: str, query: Mapping[str, Any]) -> Response:
    """The slots in order of time."""
    return listed(auth.readable_event(event).slots, shapes.slot_shape, query)


@read(
    "/events/<event>/rooms",
    tag=TAG,
    answer=RoomListSchema,
    example=examples.page_of(examples.ROOM),
    query=PageQuery,
)
def rooms(event: str, query: Mapping[str, Any]) -> Response:
    """The rooms in the order of the schedule page."""
    found, to = auth.readable_event(event), links()
    return listed(found.rooms, lambda room: shapes.room_shape(found, room, to), query)


@read(
    "/events/<event>/teams",
    tag=TAG,
    answer=TeamListSchema,
    example=examples.page_of(examples.TEAM),
    query=PageQuery,
)
def teams(event: str, query: Mapping[str, Any]) -> Response:
    """The teams by slug."""
    found, to = auth.readable_event(event), links()
    rows = permissions.teams_of(found)
    return listed(rows, lambda team: shapes.team_shape(found, team, to), query)


@read("/events/<event>/teams/<team>", tag=TAG, answer=TeamSchema, example=examples.TEAM)
def team(event: str, team: str) -> Response:
    """One team."""
    found = auth.readable_event(event)
    return read_answer(
        shapes.team_shape(found, permissions.team_of(found, require_slug(team)), links())
    )


def shape_of(event: Event) -> shapes.Shape:
    """One event with its windows, phases and counts."""
    return _shapes([event.id])[0]


def _shapes(ids: Sequence[int]) -> list[shapes.Shape]:
    """The events with these ids, in this order, with the same few statements for any number."""
    rows = db.session.scalars(
        select(Event)
        .where(Event.id.in_(ids))
        .options(selectinload(Event.windows).selectinload(Window.slots), selectinload(Event.phases))
    )
    found = {row.id: row for row in rows}
    counts = _counts(ids)
    to = links()
    return [shapes.event_shape(found[id_], to, counts[id_]) for id_ in ids]


def _counts(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    counted: dict[str, ColumnElement[bool]] = {
        "teams": Team.event_id.in_(ids),
        "rooms": Room.event_id.in_(ids),
        "slots": Slot.event_id.in_(ids),
        "bookings": Booking.event_id.in_(ids) & (Booking.status == BookingStatus.CONFIRMED),
    }
    columns = {
        "teams": Team.event_id,
        "rooms": Room.event_id,
        "slots": Slot.event_id,
        "bookings": Booking.event_id,
    }
    counts = {id_: dict.fromkeys(columns, 0) for id_ in ids}
    for name, column in columns.items():
        rows = db.session.execute(
            select(column, func.count()).where(counted[name]).group_by(column)
        )
        for id_, number in rows:
            counts[id_][name] = number
    return counts
