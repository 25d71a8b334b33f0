"""The whole schedule of an event in one request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Response
from sqlalchemy import select

from ptgsched.api import auth, examples, shapes
from ptgsched.api.answers import read_answer
from ptgsched.api.base import read
from ptgsched.api.parsing import refuse
from ptgsched.api.requests import ScheduleQuery
from ptgsched.api.schemas import ScheduleSchema
from ptgsched.db import db
from ptgsched.errors import NotFound
from ptgsched.events.models import Event
from ptgsched.schedule import queries
from ptgsched.schedule.shapes import booking_facts, with_links
from ptgsched.teams import permissions
from ptgsched.teams.models import Project
from ptgsched.web.context import links
from ptgsched.web.links import Links

Found = TypeVar("Found")


@read(
    "/events/<event>/schedule",
    tag="Schedule",
    answer=ScheduleSchema,
    example=examples.SCHEDULE,
    query=ScheduleQuery,
)
def schedule(event: str, query: Mapping[str, Any]) -> Response:
    """All bookings, with the slots, rooms and teams they name.

    Sent with an ETag that changes when the schedule does: ask again with If-None-Match.
    """
    found = auth.readable_event(event)
    return read_answer(document(found, links(), _filters(found, query)))


def document(event: Event, links: Links, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The schedule; `filters` are those of `queries.bookings`."""
    teams = {team.slug: team for team in permissions.teams_of(event)}
    rooms = {room.slug: room for room in event.rooms}
    return {
        "event": event.slug,
        "timezone": event.timezone,
        "revision": event.schedule_revision,
        "slots": [shapes.slot_shape(slot) for slot in event.slots],
        "rooms": [shapes.room_shape(event, room, links) for room in rooms.values()],
        "teams": [shapes.team_shape(event, team, links) for team in teams.values()],
        "bookings": [
            with_links(booking_facts(booking), links, event, teams, rooms)
            for booking in queries.bookings(event, **filters)
        ],
    }


def _filters(event: Event, query: Mapping[str, Any]) -> dict[str, Any]:
    """Slugs become what they name; raises Invalid with every one that names nothing."""
    wrong: dict[str, list[str]] = {}
    filters = {name: query[name] for name in ("since", "until", "cancelled") if name in query}
    if "team" in query:
        filters["team"] = named(wrong, "team", permissions.team_of, event, query["team"])
    if "room" in query:
        filters["room"] = named(wrong, "room", queries.room_by_slug, event, query["room"])
    if "project" in query:
        filters["project_id"] = named(wrong, "project", _project_id, event, query["project"])
    if wrong:
        refuse(wrong)
    return filters


def named(
    wrong: dict[str, list[str]],
    field: str,
    find: Callable[[Event, str], Found],
    event: Event,
    slug: str,
) -> Found | None:
    """What `slug` names; None, and a sentence in `wrong`, when it names nothing."""
    try:
        return find(event, slug)
    except NotFound as error:
        wrong[field] = [error.message]
        return None


def _project_id(event: Event, slug: str) -> int:
    found = db.session.scalar(
        select(Project.id).where(Project.event_id == event.id, Project.slug == slug)
    )
    if found is None:
        raise NotFound(f"There is no project {slug!r} at this event.", project=slug)
    return found
