"""Who comes, for programs that may know; and in numbers, for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g
from flask_login import current_user
from marshmallow import fields, validate

from ptgsched.accounts.audit import record
from ptgsched.api import auth
from ptgsched.api.answers import listed_page, read_answer
from ptgsched.api.base import guarded_read, read
from ptgsched.api.requests import MOST_ROWS, PageQuery
from ptgsched.api.schemas import Answered
from ptgsched.db import begin_write, db
from ptgsched.events.models import Event
from ptgsched.registrations import exports
from ptgsched.registrations.models import Status
from ptgsched.registrations.statistics import folded, statistics
from ptgsched.teams.permissions import is_organizer
from ptgsched.web.context import now

TAG = "Registrations"
READ = "registrations:read"


class RegistrationQuery(PageQuery):
    """Which part of the registrations."""

    status = fields.String(
        validate=validate.OneOf([str(status) for status in Status]),
        metadata={"description": "Those that stand so."},
    )


class RegistrationSchema(Answered):
    """One person at one event; name and address are empty once it was made anonymous."""

    id = fields.Integer(required=True, metadata={"description": "Stays the same for its life."})
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    affiliation = fields.String(required=True)
    country = fields.String(
        required=True, allow_none=True, metadata={"description": "ISO 3166, two letters."}
    )
    timezone = fields.String(required=True, allow_none=True, metadata={"description": "IANA name."})
    projects = fields.List(
        fields.String(), required=True, metadata={"description": "Slugs of those of interest."}
    )
    teams = fields.List(
        fields.String(), required=True, metadata={"description": "Slugs of those of interest."}
    )
    role = fields.String(required=True)
    status = fields.String(
        required=True, validate=validate.OneOf([str(status) for status in Status])
    )
    registered_at = fields.DateTime(required=True)


class RegistrationListSchema(Answered):
    """A page of registrations, in the order of their places."""

    items = fields.List(fields.Nested(RegistrationSchema), required=True)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "The next page; null on the last."}
    )


def _counted(about: str) -> fields.Integer:
    return fields.Integer(required=True, metadata={"description": about})


def _groups(about: str) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": about},
    )


class StatsSchema(Answered):
    """Numbers; `by_…` count those with a place.

    Groups of fewer than 5 are in `other`, unless the caller may read registrations.
    """

    registered = _counted("Those with a place and those who wait.")
    confirmed = _counted("Those with a place.")
    waitlisted = _counted("Those who wait for one.")
    cancelled = _counted("Those who do not come after all.")
    by_country = _groups("By ISO 3166 code.")
    by_project = _groups("By slug; who named several counts for each.")
    by_team = _groups("By slug; who named several counts for each.")
    by_day = _groups("By the day they registered on, in the event's zone.")
    countries = _counted("How many countries.")
    affiliations = _counted("How many affiliations.")


REGISTRATION: dict[str, Any] = {
    "id": 812,
    "name": "Chiyo Tanaka",
    "email": "chiyo@example.org",
    "affiliation": "Example Corp.",
    "country": "JP",
    "timezone": "Asia/Tokyo",
    "projects": ["openstack"],
    "teams": ["cinder", "nova"],
    "role": "Operator",
    "status": "confirmed",
    "registered_at": "2026-09-02T10:00:00Z",
}
STATS: dict[str, Any] = {
    "registered": 742,
    "confirmed": 700,
    "waitlisted": 42,
    "cancelled": 31,
    "by_country": {"US": 210, "CN": 96, "JP": 71, "other": 14},
    "by_project": {"openstack": 512, "starlingx": 64},
    "by_team": {"nova": 120, "cinder": 88, "other": 7},
    "by_day": {"2026-09-01": 88, "2026-09-02": 61},
    "countries": 45,
    "affiliations": 172,
}


@guarded_read(
    "/events/<event>/registrations",
    tag=TAG,
    scope=READ,
    answer=RegistrationListSchema,
    example={"items": [REGISTRATION], "next": None},
    query=RegistrationQuery,
)
def registrations(event: Event, query: Mapping[str, Any]) -> Response:
    """All registrations, in pages of up to 500; each reading is kept in the audit.

    They are personal data: fetch no more than you need, and keep it no longer.
    """
    status = Status(query["status"]) if "status" in query else None
    offset, limit = query["offset"], query.get("limit", MOST_ROWS)
    begin_write()
    rows = exports.registrations(event, status=status, offset=offset, limit=limit)
    total = exports.total(event, status)
    facts = {"rows": len(rows), "from": offset}
    record(event, auth.caller().actor, "registrations.read", facts, now())
    db.session.commit()
    items = [{"id": row.id, **row.facts()} for row in rows]
    return listed_page(items, offset=offset, total=total)


@read(
    "/events/<event>/registrations/stats",
    tag=TAG,
    answer=StatsSchema,
    example=STATS,
    scope=READ,
)
def registration_stats(event: str) -> Response:
    """How many come, from where and for what; no personal data.

    With a token that may read registrations, and for organizers who are signed in, the numbers
    are exact; for everybody else groups of fewer than 5 are in `other`.
    """
    found = auth.readable_event(event)
    exact = auth.is_entitled(found, READ) or is_organizer(current_user, found)
    numbers = statistics(found)
    if exact:
        g.api_private = True
    answer: Response = read_answer((numbers if exact else folded(numbers)).shape())
    answer.vary.update(("Authorization", "Cookie"))
    return answer
