"""Head counts of sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import RAISE, Schema, fields, validate

from ptgsched.api import auth
from ptgsched.api.answers import write_answer
from ptgsched.api.base import Answer, write
from ptgsched.api.schemas import Answered
from ptgsched.attendance import operations
from ptgsched.attendance.policy import MOST_PEOPLE
from ptgsched.events.models import Event
from ptgsched.schedule.queries import booking_by_uid
from ptgsched.schedule.shapes import rfc3339
from ptgsched.web.context import now

TAG = "Live"


class CountRequest(Schema):
    """How many there are."""

    class Meta:
        unknown = RAISE

    count = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, MOST_PEOPLE),
        metadata={"description": "People in the session; 0 when nobody came."},
    )


class AttendanceSchema(Answered):
    """The latest count of a session."""

    booking = fields.UUID(required=True, metadata={"description": "Its uid."})
    event = fields.String(required=True, metadata={"description": "Slug."})
    team = fields.String(required=True, metadata={"description": "Slug of the team that holds it."})
    count = fields.Integer(required=True)
    at = fields.DateTime(required=True, metadata={"description": "When it was counted."})
    by = fields.String(required=True, metadata={"description": "A role or a program."})


REQUEST: dict[str, Any] = {"count": 23}
EXAMPLE: dict[str, Any] = {
    "booking": "5f0c3d52-6b0e-4f3f-9a51-0a4f9a0c7a11",
    "event": "oct",
    "team": "nova",
    "count": 23,
    "at": "2026-10-26T13:31:07Z",
    "by": "token:nova-bot",
}


@write(
    "POST",
    "/events/<event>/bookings/<uuid:uid>/attendance",
    tag=TAG,
    scope=("live:write", "booking:write"),
    body=CountRequest,
    body_example=REQUEST,
    answers={200: Answer("Counted.", AttendanceSchema, EXAMPLE, headers={})},
)
def count(event: Event, uid: UUID, body: Mapping[str, Any]) -> Response:
    """Say how many people are in a session, from its start on; the latest count stands.

    The schedule does not change with it: neither its revision nor any feed.
    """
    booking = booking_by_uid(event, str(uid))
    caller = auth.caller()
    caller.require_team(event, booking.team)
    counted = operations.count_heads(event, booking, body["count"], actor=caller.actor, at=now())
    return write_answer(
        {
            "booking": booking.uid,
            "event": event.slug,
            "team": booking.team.slug,
            "count": counted.people,
            "at": rfc3339(counted.at),
            "by": counted.by,
        }
    )
