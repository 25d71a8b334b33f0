"""The examples of the document; a test holds each against its schema."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

_HOST = "https://ptg.example.org"
_EVENT = f"{_HOST}/events/oct"
_API = f"{_HOST}/api/v1/events/oct"
_UID = "5f0c3d52-6b0e-4f3f-9a51-0a4f9a0c7a11"

SLOT: dict[str, Any] = {
    "code": "MonA1",
    "day": "2026-10-26",
    "window": "A",
    "start": "2026-10-26T13:00:00Z",
    "end": "2026-10-26T14:00:00Z",
}
ROOM: dict[str, Any] = {
    "slug": "bexar",
    "name": "Bexar",
    "kind": "zoom",
    "capacity": 100,
    "description": "",
    "features": [],
    "join_url": None,
    "join_page": f"{_EVENT}/rooms/bexar/join",
    "url": f"{_EVENT}/rooms/bexar",
}
TEAM: dict[str, Any] = {
    "slug": "nova",
    "name": "Nova",
    "project": "openstack",
    "kind": "vertical",
    "description": "",
    "color": "#3b6ea5",
    "etherpad_url": "https://etherpad.opendev.org/p/oct-nova",
    "join_url": None,
    "chat_channel": "#openstack-nova",
    "expected_attendance": 25,
    "hours_wanted": 8.0,
    "survey_complete": True,
    "url": f"{_EVENT}/teams/nova",
}
BOOKING: dict[str, Any] = {
    "uid": _UID,
    "event": "oct",
    "team": "nova",
    "with_teams": ["cinder"],
    "room": "bexar",
    "slots": ["MonA1", "MonA2"],
    "start": "2026-10-26T13:00:00Z",
    "end": "2026-10-26T15:00:00Z",
    "title": "Attaching volumes",
    "description": "",
    "status": "confirmed",
    "sequence": 0,
    "created": "2026-09-28T09:12:44Z",
    "updated": "2026-09-28T09:12:44Z",
    "join_url": f"{_EVENT}/rooms/bexar/join",
    "etherpad_url": "https://etherpad.opendev.org/p/oct-nova",
    "url": f"{_EVENT}/bookings/{_UID}",
}
BOOKING_REQUEST: dict[str, Any] = {
    "team": "nova",
    "room": "bexar",
    "slots": ["MonA1", "MonA2"],
    "title": "Attaching volumes",
    "with_teams": ["cinder"],
}
BOOKING_CHANGE: dict[str, Any] = {
    "start": "2026-10-26T15:00:00+01:00",
    "end": "2026-10-26T17:00:00+01:00",
}
OVER_CAPACITY: dict[str, Any] = {
    "rule": "over_capacity",
    "message": "125 people are expected and Bexar takes 100; a larger room would be safer.",
    "room": "Bexar",
    "capacity": 100,
    "expected": 125,
}
BOOKING_ANSWER: dict[str, Any] = {**BOOKING, "warnings": [OVER_CAPACITY]}
MOVED: dict[str, Any] = {
    **BOOKING,
    "slots": ["MonA2", "MonA3"],
    "start": "2026-10-26T14:00:00Z",
    "end": "2026-10-26T16:00:00Z",
    "sequence": 1,
    "updated": "2026-09-29T16:01:02Z",
    "warnings": [],
}
RELEASED: dict[str, Any] = {**MOVED, "status": "cancelled", "sequence": 2}
DRY_RUN: dict[str, Any] = {"allowed": True, "warnings": [OVER_CAPACITY], "booking": BOOKING}
EVENT: dict[str, Any] = {
    "slug": "oct",
    "title": "Virtual PTG, October 2026",
    "description": "",
    "kind": "virtual-ptg",
    "timezone": "UTC",
    "starts_on": "2026-10-26",
    "ends_on": "2026-10-30",
    "status": "published",
    "quota_day": "event",
    "overlap_policy": "block",
    "allow_parallel": False,
    "schedule_revision": 214,
    "live_revision": 0,
    "windows": [
        {
            "code": "A",
            "name": "Americas/Europe",
            "day": "2026-10-26",
            "start": "2026-10-26T13:00:00Z",
            "end": "2026-10-26T17:00:00Z",
            "slots": ["MonA1", "MonA2", "MonA3", "MonA4"],
        }
    ],
    "phases": [
        {
            "name": "Sign-up",
            "opens_at": "2026-09-28T09:00:00Z",
            "closes_at": None,
            "team_kinds": ["horizontal", "vertical"],
            "max_hours_per_day": 4.0,
            "max_hours_total": 16.0,
        }
    ],
    "registration_capacity": 700,
    "registration_opens_at": "2026-09-01T12:00:00Z",
    "registration_closes_at": None,
    "counts": {"teams": 46, "rooms": 12, "slots": 60, "bookings": 138},
    "url": f"{_EVENT}/",
    "links": {"self": _API, "schedule": f"{_API}/schedule", "calendar": f"{_EVENT}/calendar.ics"},
}
SCHEDULE: dict[str, Any] = {
    "event": "oct",
    "timezone": "UTC",
    "revision": 214,
    "slots": [SLOT],
    "rooms": [ROOM],
    "teams": [TEAM],
    "bookings": [BOOKING],
}
AVAILABILITY: dict[str, Any] = {
    "event": "oct",
    "team": "nova",
    "revision": 214,
    "items": [
        {
            **SLOT,
            "rooms": ["austin", "mendoza"],
            "barred": [
                {
                    "rule": "daily_cap",
                    "message": "nova has 0 h left on Monday 26 Oct (4 h of 4 h used) and asks "
                    "for 1 h.",
                    "team": "nova",
                    "day": "2026-10-26",
                    "used": 4.0,
                    "cap": 4.0,
                    "asked": 1.0,
                }
            ],
        }
    ],
    "next": None,
}


def page_of(item: dict[str, Any]) -> dict[str, Any]:
    """A list with one item."""
    return {"items": [item], "next": None}


_PROBLEMS: dict[int, dict[str, Any]] = {
    400: {"code": "malformed", "detail": "The body is not JSON: unexpected end of data."},
    401: {"code": "unauthorized", "detail": "This token is unknown, expired or revoked."},
    403: {"code": "other_team", "detail": "This token is bound to other teams than cinder."},
    404: {"code": "not_found", "detail": "There is no such team at this event."},
    409: {
        "code": "room_taken",
        "detail": "Bexar is taken by Cinder on Mon 26 Oct 13:00-14:00 UTC.",
        "violations": [
            {
                "rule": "room_taken",
                "message": "Bexar is taken by Cinder on Mon 26 Oct 13:00-14:00 UTC.",
                "holder": {"team": "cinder", "uid": "0c8a5d0e-4e0f-4a3e-8f6b-6b1a2c3d4e5f"},
            }
        ],
    },
    412: {
        "code": "stale",
        "detail": "This was changed since you read it; read it again and decide anew.",
    },
    413: {"code": "too_large", "detail": "The request is too large; at most 1 MB is taken."},
    415: {"code": "unsupported_media_type", "detail": "Send this as application/json."},
    422: {
        "code": "invalid",
        "detail": "team: There is no such team at this event.",
        "fields": {"team": ["There is no such team at this event."]},
    },
    429: {"code": "rate_limited", "detail": "Too many requests; wait a moment and try again."},
}


def problem(status: int) -> dict[str, Any]:
    """What an answer with this status may say (RFC 9457)."""
    known = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return {**known, **_PROBLEMS[status]}
