"""What the document says of set-up answers, and examples of them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from ptgsched.api import examples
from ptgsched.api.schemas import Answered, RoomSchema, SlotSchema


def _text(about: str, **options: Any) -> fields.String:
    return fields.String(required=True, metadata={"description": about}, **options)


class RoomDetailSchema(RoomSchema):
    """A room as organizers see it; a passcode is never told, only that there is one."""

    position = fields.Integer(required=True, metadata={"description": "Low comes first."})
    join_public = fields.Boolean(
        required=True, metadata={"description": "Whether everybody may see its link."}
    )
    has_passcode = fields.Boolean(required=True)
    offered_slots = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "Codes of the slots it can be booked in; null: all."},
    )


class ProjectSchema(Answered):
    """A community that sends teams."""

    slug = _text("For addresses.")
    name = _text("What people read.")
    teams = fields.List(
        fields.String(), required=True, metadata={"description": "Slugs of its teams."}
    )


class WindowDetailSchema(Answered):
    """A window with its slots."""

    slug = _text("Day and code: MonA.")
    code = _text("What it is called on each day.")
    name = _text("What people read.")
    day = fields.Date(required=True, metadata={"description": "The event's day."})
    start = fields.DateTime(required=True, metadata={"description": "RFC 3339, UTC."})
    end = fields.DateTime(required=True, metadata={"description": "RFC 3339, UTC."})
    slots = fields.List(fields.Nested(SlotSchema), required=True)


class ProjectListSchema(Answered):
    """A page of projects."""

    items = fields.List(fields.Nested(ProjectSchema), required=True)
    next = _text("The next page; null on the last.", allow_none=True)


class WindowListSchema(Answered):
    """A page of windows."""

    items = fields.List(fields.Nested(WindowDetailSchema), required=True)
    next = _text("The next page; null on the last.", allow_none=True)


ROOM: dict[str, Any] = {
    **examples.ROOM,
    "position": 0,
    "join_public": False,
    "has_passcode": True,
    "offered_slots": None,
}
ROOM_REQUEST: dict[str, Any] = {
    "name": "Bexar",
    "kind": "zoom",
    "join_url": "https://zoom.example.org/j/811",
    "passcode": "at least four",
    "capacity": 100,
}
ROOM_CHANGE: dict[str, Any] = {"name": "Bexar", "offered_slots": None}
TEAM_REQUEST: dict[str, Any] = {
    "name": "Nova",
    "kind": "vertical",
    "project": "openstack",
    "color": "#3b6ea5",
    "chat_channel": "#openstack-nova",
    "expected_attendance": 25,
}
TEAM_CHANGE: dict[str, Any] = {"join_url": "https://meetpad.example.org/nova"}
PROJECT: dict[str, Any] = {"slug": "openstack", "name": "OpenStack", "teams": ["cinder", "nova"]}
PROJECT_REQUEST: dict[str, Any] = {"name": "OpenStack"}
WINDOW: dict[str, Any] = {
    "slug": "MonA",
    "code": "A",
    "name": "Americas/Europe",
    "day": "2026-10-26",
    "start": "2026-10-26T13:00:00Z",
    "end": "2026-10-26T14:00:00Z",
    "slots": [examples.SLOT],
}
WINDOW_REQUEST: dict[str, Any] = {
    "code": "A",
    "name": "Americas/Europe",
    "start": "2026-10-26T13:00:00Z",
    "end": "2026-10-26T14:00:00Z",
    "minutes": 60,
}
WINDOW_CHANGE: dict[str, Any] = {"end": "2026-10-26T16:00:00Z"}
EVENT_CHANGE: dict[str, Any] = {
    "status": "published",
    "phases": [
        {
            "name": "Sign-up",
            "opens_at": "2026-09-28T09:00:00Z",
            "team_kinds": ["horizontal", "vertical"],
            "max_hours_per_day": 4.0,
            "max_hours_total": 16.0,
        }
    ],
}
