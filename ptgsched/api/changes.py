"""Every change of an event in order: page by page, waited for, or as a stream."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Response, request
from marshmallow import INCLUDE, Schema, fields, validate

from ptgsched.api import auth, examples
from ptgsched.api.answers import CROSS_ORIGIN, JSON, read_answer
from ptgsched.api.base import EVENT_STREAM, read, stream
from ptgsched.api.followers import followers
from ptgsched.api.requests import Query
from ptgsched.api.schemas import Answered
from ptgsched.api.shown import message
from ptgsched.errors import NotFound
from ptgsched.events.models import Event
from ptgsched.schedule import changes as journal
from ptgsched.setup.fields import refuse
from ptgsched.web.context import links
from ptgsched.web.errors import problem, to_json
from ptgsched.web.handover import WISH, Wish

TAG = "Changes"
LONGEST_WAIT = 60  # seconds
AGAIN_SECONDS = 10  # until somebody who found no place may try again
RESUMES = "Last-Event-ID"
_CURSOR = r"^\d{1,15}$"
_NOT_A_CURSOR = "A cursor is a whole number: that of a change, or 0 for the beginning."

_is_cursor = validate.Regexp(_CURSOR, error=_NOT_A_CURSOR)


class ChangeSchema(Schema):
    """One change; it names the booking (with its team), team, room, project or window."""

    class Meta:
        unknown = INCLUDE

    cursor = fields.Integer(required=True, metadata={"description": "1, 2, 3 … in each event."})
    at = fields.DateTime(required=True, metadata={"description": "RFC 3339, UTC."})
    actor = fields.String(required=True, metadata={"description": "Who, by role or nick in chat."})
    action = fields.String(required=True, metadata={"description": "`booking.moved`, …"})
    booking = fields.UUID(metadata={"description": "Its uid."})
    team = fields.String(metadata={"description": "Slug."})
    room = fields.String(metadata={"description": "Slug."})
    project = fields.String(metadata={"description": "Slug."})
    window = fields.String(metadata={"description": "Day and code."})
    before = fields.Dict(required=True, allow_none=True, metadata={"description": "Null: new."})
    after = fields.Dict(required=True, allow_none=True, metadata={"description": "Null: gone."})


class ChangesSchema(Answered):
    """A page of changes."""

    cursor = fields.Integer(required=True, metadata={"description": "Ask for what follows it."})
    changes = fields.List(
        fields.Nested(ChangeSchema), required=True, metadata={"description": "In order."}
    )
    more = fields.Boolean(
        required=True, metadata={"description": "Whether there are others already."}
    )


class StreamQuery(Query):
    """Where to begin."""

    since = fields.String(
        validate=_is_cursor,
        metadata={"description": "The changes after this cursor; 0: all."},
    )


class ChangesQuery(StreamQuery):
    """Where to begin, and how long to wait when there is nothing."""

    since = fields.String(
        load_default="0",
        validate=_is_cursor,
        metadata={"description": "The changes after this cursor; 0: all."},
    )
    wait = fields.Float(
        load_default=0.0,
        validate=validate.Range(0, LONGEST_WAIT),
        metadata={"description": "Seconds to wait for the first one when there is none."},
    )


CHANGE: dict[str, Any] = {
    "cursor": 214,
    "at": "2026-09-28T09:12:44Z",
    "actor": "lead:nova",
    "action": "booking.created",
    "booking": examples.BOOKING["uid"],
    "team": "nova",
    "before": None,
    "after": examples.BOOKING,
}
_RESUMES = {
    "in": "header",
    "name": RESUMES,
    "description": "The id of the last event you got; what follows it comes first.",
    "schema": {"type": "string", "pattern": _CURSOR},
}


@read(
    "/events/<event>/changes",
    tag=TAG,
    answer=ChangesSchema,
    example={"cursor": 214, "changes": [CHANGE], "more": False},
    query=ChangesQuery,
)
def changes(event: str, query: Mapping[str, Any]) -> Response:
    """Up to 500 changes after a cursor, of the schedule and of what is on now.

    With `wait` the answer comes as soon as there is one.
    """
    found, since = auth.readable_event(event), int(query["since"])
    journal.require_known(found, since)
    may_wait = query["wait"] > 0 and found.is_published and request.method == "GET"
    if may_wait and (since == found.cursor or not followers().has_turn()):
        return _waiting(found, since, query["wait"])
    return read_answer(journal.page(found, since, links()).shape)


@stream(
    "/events/<event>/stream",
    tag=TAG,
    query=StreamQuery,
    headers=[_RESUMES],
    example=message(CHANGE["cursor"], CHANGE["action"], CHANGE).decode(),
)
def change_stream(event: str, query: Mapping[str, Any]) -> Response:
    """Each change as it comes, as Server-Sent Events: its cursor, its action, and itself.

    Without a cursor it begins now, with an event `hello` that names the cursor.
    """
    found = auth.readable_event(event)
    if not found.is_published:
        raise NotFound("There is no such event.", event=event)
    since = _resumed(query)
    cursor = found.cursor if since is None else since
    journal.require_known(found, cursor)
    # After a restart not all come back in the same second.
    greeting = b"retry: %d\n\n" % (1000 + secrets.randbelow(4000))
    if since is None:
        greeting += message(cursor, "hello", {"cursor": cursor})
    response = Response(content_type=EVENT_STREAM)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    if request.method == "HEAD":
        return response
    everybody = followers()
    if everybody.is_full:
        return _full()
    carry = partial(everybody.stream, event_id=found.id, cursor=cursor, greeting=greeting)
    request.environ[WISH] = Wish(carry, otherwise=_full())
    return response


def _resumed(query: Mapping[str, Any]) -> int | None:
    """The cursor to go on from; the header wins: a browser keeps the address it began with."""
    sent = request.headers.get(RESUMES)
    if not sent:
        return int(query["since"]) if "since" in query else None
    if not (sent.isascii() and sent.isdigit() and len(sent) <= 15):
        refuse({RESUMES: [_NOT_A_CURSOR]})
    return int(sent)


def _waiting(event: Event, since: int, wait: float) -> Response:
    """An answer that comes later; an empty page where nobody can wait."""
    page = journal.Page(since, [], more=since < event.cursor)
    response = Response(to_json(page.shape), content_type=JSON)
    everybody = followers()
    if not everybody.is_full:  # otherwise at once, and the client asks again
        carry = partial(everybody.poll, event_id=event.id, cursor=since, wait=wait)
        request.environ[WISH] = Wish(carry)
    return response


def _full() -> Response:
    response = problem(503, "unavailable", "Too many listen already; try again in a moment.")
    response.headers.update({**CROSS_ORIGIN, "Retry-After": str(AGAIN_SECONDS)})
    return response
