"""Book, change and release."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from ptgsched.api import auth, examples
from ptgsched.api.answers import read_answer, require_unchanged, tag_of, write_answer
from ptgsched.api.base import ETAG, LOCATION, Answer, is_dry_run, read, write
from ptgsched.api.parsing import Names
from ptgsched.api.requests import BookingChange, BookingRequest
from ptgsched.api.schemas import BookingAnswerSchema, BookingSchema, DryRunSchema
from ptgsched.events.models import Event, Slot
from ptgsched.schedule import operations, queries
from ptgsched.schedule.models import Booking
from ptgsched.schedule.policy import Verdict
from ptgsched.schedule.shapes import booking_shape
from ptgsched.schedule.wording import told
from ptgsched.teams import permissions
from ptgsched.web.context import links, now

TAG = "Bookings"
WRITE = "booking:write"
EITHER = {"oneOf": [BookingAnswerSchema, DryRunSchema]}
BOOKED = Answer("Booked.", BookingAnswerSchema, examples.BOOKING_ANSWER, ETAG | LOCATION)
ALLOWED = Answer("With `dry_run=true`: allowed.", DryRunSchema, examples.DRY_RUN, {})
CHANGED = Answer("Changed; with `dry_run=true` a DryRun.", EITHER, examples.MOVED)
RELEASED = Answer("Released; with `dry_run=true` a DryRun.", EITHER, examples.RELEASED)


@write(
    "POST",
    "/events/<event>/bookings",
    tag=TAG,
    scope=WRITE,
    dry_run=True,
    body=BookingRequest,
    body_example=examples.BOOKING_REQUEST,
    answers={201: BOOKED, 200: ALLOWED},
)
def book(event: Event, body: Mapping[str, Any]) -> Response:
    """Book one or more adjacent slots of one window for a team.

    A refusal names every rule that forbids it, and who holds the room when it is taken.
    """
    asked = _resolved(event, body)
    caller = auth.caller()
    caller.require_team(event, asked["team"])
    _require_override(event, body)
    booking, verdict = operations.book(event, **asked, actor=caller.actor, at=now())
    where = links().api(event.slug, "bookings", booking.uid)
    return _changed(event, booking, verdict, 201, location=where)


@read(
    "/events/<event>/bookings/<uuid:uid>",
    tag=TAG,
    answer=BookingSchema,
    example=examples.BOOKING,
)
def booking(event: str, uid: UUID) -> Response:
    """One booking; one that was released stays, as cancelled."""
    found = auth.readable_event(event)
    return read_answer(booking_shape(queries.booking_by_uid(found, str(uid)), links(), found))


@write(
    "PATCH",
    "/events/<event>/bookings/<uuid:uid>",
    tag=TAG,
    scope=WRITE,
    dry_run=True,
    body=BookingChange,
    body_example=examples.BOOKING_CHANGE,
    answers={200: CHANGED},
)
def change(event: Event, uid: UUID, body: Mapping[str, Any]) -> Response:
    """Move, extend, shorten, retitle, or change who joins; it keeps its uid.

    A change that changes nothing is fine and leaves the booking's `sequence` alone.
    """
    caller = auth.caller()
    session = queries.booking_by_uid(event, str(uid))
    caller.require_team(event, session.team)
    _require_override(event, body)
    session, verdict = operations.change(
        event,
        session,
        **_resolved(event, body),
        actor=caller.actor,
        at=now(),
        guard=_unless_stale(event),
    )
    return _changed(event, session, verdict)


@write(
    "DELETE",
    "/events/<event>/bookings/<uuid:uid>",
    tag=TAG,
    scope=WRITE,
    dry_run=True,
    answers={200: RELEASED},
)
def release(event: Event, uid: UUID) -> Response:
    """Give the slots back; the booking stays as cancelled, so that calendars learn of it.

    Releasing it again is a conflict.
    """
    caller = auth.caller()
    session = queries.booking_by_uid(event, str(uid))
    caller.require_team(event, session.team)
    session = operations.release(
        event, session, actor=caller.actor, at=now(), guard=_unless_stale(event)
    )
    return _changed(event, session, Verdict())


def _changed(
    event: Event, session: Booking, verdict: Verdict, status: int = 200, *, location: str = ""
) -> Response:
    """The booking as it is now, or, where that was only asked, as it would be."""
    shape = booking_shape(session, links(), event)
    warnings = [told(violation) for violation in verdict.warnings]
    if is_dry_run():
        return write_answer({"allowed": True, "warnings": warnings, "booking": shape})
    answer = {**shape, "warnings": warnings}
    return write_answer(answer, status, etag=tag_of(shape), location=location)


def _require_override(event: Event, body: Mapping[str, Any]) -> None:
    if "override" in body:
        auth.caller().require_override(event)


def _unless_stale(event: Event) -> operations.Guard:
    """A guard that raises Stale when If-Match names another state than the one under the lock."""

    def guard(session: Booking) -> None:
        require_unchanged(lambda: tag_of(booking_shape(session, links(), event)), uid=session.uid)

    return guard


def _resolved(event: Event, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with what it names; raises Invalid with every name that there is not."""
    names = Names(event)
    asked = {name: body[name] for name in ("title", "description", "override") if name in body}
    for name, look in _NAMED.items():
        if name in body:
            asked[name] = names.find(name, look, body[name])
    if "start" in body:
        stretch = (body["start"], body["end"])
        asked["slots"] = names.find("start", _slots_between, stretch)
    names.require()
    return asked


def _slots_between(event: Event, stretch: tuple[datetime, datetime]) -> Sequence[Slot]:
    return queries.slots_between(event, *stretch)


_NAMED: dict[str, Callable[[Event, Any], Any]] = {
    "team": permissions.team_of,
    "room": queries.room_by_slug,
    "slots": queries.slots_by_code,
    "with_teams": queries.teams_by_slug,
}
