"""Other days for an event: what falls and what moves is refused until the asker names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields, validate

from ptgsched.api import auth, examples
from ptgsched.api.answers import write_answer
from ptgsched.api.base import Answer, write
from ptgsched.api.live_schemas import Flag
from ptgsched.api.manage import TAG, organizing
from ptgsched.api.manage_requests import Body, day
from ptgsched.api.schemas import Answered
from ptgsched.events.models import Event
from ptgsched.schedule.texts import REASON_LENGTH
from ptgsched.setup.consequences import InUse
from ptgsched.setup.days import Consequences, Windows, change_days, consequences
from ptgsched.setup.shapes import window_slug
from ptgsched.web.context import now

MOST_BOOKINGS = 10_000


class DaysRequest(Body):
    """The days, and who agreed to what."""

    starts_on = day("First day, in the event's zone.")
    ends_on = day("Last day.")
    windows = fields.String(
        load_default=str(Windows.STAY),
        validate=validate.OneOf([str(way) for way in Windows]),
        metadata={
            "description": "`stay` on their dates, or `move` along with the first day, with all "
            "that is booked. Those outside the days go."
        },
    )
    fill = Flag(
        load_default=False,
        metadata={"description": "Whether new days get windows like the nearest one's."},
    )
    bookings = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(0, MOST_BOOKINGS),
        metadata={"description": "The bookings that may move or be released, by uid."},
    )
    reason = fields.String(
        load_default="",
        validate=validate.Length(0, REASON_LENGTH),
        metadata={"description": "Kept with each of these bookings, and needed if there are any."},
    )


class DaysSchema(Answered):
    """What other days meant."""

    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    gone = fields.List(
        fields.String(), required=True, metadata={"description": "Windows, by day and code."}
    )
    added = fields.List(
        fields.Date(), required=True, metadata={"description": "Days that were filled."}
    )
    moved = fields.List(fields.UUID(), required=True, metadata={"description": "Bookings."})
    released = fields.List(fields.UUID(), required=True, metadata={"description": "Bookings."})


REQUEST: dict[str, Any] = {"starts_on": "2026-10-19", "ends_on": "2026-10-23", "windows": "move"}
EXAMPLE: dict[str, Any] = {
    "starts_on": "2026-10-19",
    "ends_on": "2026-10-23",
    "gone": [],
    "added": [],
    "moved": [examples.BOOKING["uid"]],
    "released": [],
}


@write(
    "POST",
    "/events/<event>/days",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=DaysRequest,
    body_example=REQUEST,
    answers={200: Answer("Changed, or as it would be.", DaysSchema, EXAMPLE, {})},
)
def set_days(event: Event, body: Mapping[str, Any]) -> Response:
    """Let the event take place on other days.

    A conflict names the bookings that would move or be released: send them as `bookings`, with a
    `reason`, if that is meant.  What has begun stays, and so does its window.
    """
    actor, at = organizing(event), now()
    days = {"starts_on": body["starts_on"], "ends_on": body["ends_on"]}
    how, fill = body["windows"], body["fill"]
    seen = {str(uid) for uid in body["bookings"]}
    meant = consequences(event, **days, how=how, fill=fill, at=at)
    unseen = [one for one in (*meant.falling.own, *meant.moving.own) if one.uid not in seen]
    if unseen:
        raise InUse("these days", unseen)
    answer = write_answer(_shape(event, meant))
    change_days(
        event, **days, how=how, fill=fill, seen=seen, reason=body["reason"], actor=actor, at=at
    )
    return answer


def _shape(event: Event, meant: Consequences) -> dict[str, Any]:
    return {
        "starts_on": meant.starts_on,
        "ends_on": meant.ends_on,
        "gone": [window_slug(event, window) for window in meant.going],
        "added": list(meant.coming),
        "moved": [booking.uid for booking in meant.moving.own],
        "released": [booking.uid for booking in meant.falling.own],
    }
