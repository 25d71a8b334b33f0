"""The whole schedule of an event in one request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response

from ptgsched.api import auth, examples, shapes
from ptgsched.api.answers import CROSS_ORIGIN, JSON, read_answer
from ptgsched.api.base import read
from ptgsched.api.parsing import Names, require_slug
from ptgsched.api.requests import ScheduleQuery
from ptgsched.api.schemas import ScheduleSchema
from ptgsched.db import begin_snapshot
from ptgsched.errors import NotFound
from ptgsched.events.models import Event
from ptgsched.feeds import queries as feeds
from ptgsched.feeds import serving
from ptgsched.feeds.documents import Rendering
from ptgsched.feeds.sessions import Session
from ptgsched.schedule import queries
from ptgsched.teams import permissions
from ptgsched.web.context import links
from ptgsched.web.errors import to_json
from ptgsched.web.links import Links

Query = Mapping[str, Any]

_NAMED: dict[str, tuple[str, Callable[[Event, str], Any]]] = {
    "team": ("team_id", permissions.team_of),
    "room": ("room_id", queries.room_by_slug),
    "project": ("project_id", feeds.project_by_slug),
}
_PARAMETER = {"since": "from", "until": "to"}


@read(
    "/events/<event>/schedule",
    tag="Schedule",
    answer=ScheduleSchema,
    example=examples.SCHEDULE,
    query=ScheduleQuery,
)
def schedule(event: str, query: Query) -> Response:
    """All bookings, with the slots, rooms and teams they name.

    Sent with an ETag that changes when the schedule does: ask again with If-None-Match.
    """

    def render(found: Event, to: Links, _at: datetime) -> Rendering:
        return Rendering(
            body=to_json(document(found, to, query)),
            content_type=JSON,
            filename=f"{found.slug}-bookings.json",
            modified=feeds.last_changed(found),
            headers=CROSS_ORIGIN,
        )

    try:
        bounded = not {"since", "until"} & query.keys()  # instants have no end of spellings
        return serving.serve(require_slug(event), render, query=_spelt(query), keep=bounded)
    except NotFound:
        found = auth.readable_event(event)  # a draft, for those who may see it
        begin_snapshot()
        return read_answer(document(found, links(), query))


def document(event: Event, links: Links, query: Query) -> shapes.Shape:
    """The schedule; raises Invalid when `query` names a team, room or project that is none."""
    sessions = feeds.sessions(
        event, links, cancelled=query.get("cancelled", False), **_ids(event, query)
    )
    return {
        "event": event.slug,
        "timezone": event.timezone,
        "revision": event.schedule_revision,
        "slots": [shapes.slot_shape(slot) for slot in event.slots],
        "rooms": [shapes.room_shape(event, room, links) for room in event.rooms],
        "teams": [shapes.team_shape(event, team, links) for team in permissions.teams_of(event)],
        "bookings": [
            shapes.session_shape(event, session) for session in sessions if _within(session, query)
        ],
    }


def _ids(event: Event, query: Query) -> dict[str, Any]:
    names = Names(event)
    found: dict[str, Any] = {
        parameter: names.find(name, look, query[name])
        for name, (parameter, look) in _NAMED.items()
        if name in query
    }
    names.require()
    return {parameter: row.id for parameter, row in found.items()}


def _within(session: Session, query: Query) -> bool:
    since, until = query.get("since"), query.get("until")
    return (since is None or session.end > since) and (until is None or session.start < until)


def _spelt(query: Query) -> str:
    """The query string in the one way that the document is kept under."""
    given = {
        _PARAMETER.get(name, name): _plain(value)
        for name, value in query.items()
        if value is not False
    }
    return urlencode(given, safe=":")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return "1" if value is True else str(value)
