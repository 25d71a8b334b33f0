"""Begin an event: from a template, or as a copy of one that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Response
from marshmallow import fields, validate

from ptgsched.api import auth, events, examples
from ptgsched.api.base import ETAG, LOCATION, Answer, write
from ptgsched.api.live_schemas import Flag
from ptgsched.api.manage import TAG, created
from ptgsched.api.manage_requests import Body, day
from ptgsched.api.schemas import EventSchema
from ptgsched.errors import Invalid
from ptgsched.events.kinds import KINDS, TEMPLATES
from ptgsched.events.models import Event
from ptgsched.setup.events import Parts, begin_event, copy_event
from ptgsched.setup.fields import SLUG_LENGTH, refuse
from ptgsched.timezones import UnknownZone
from ptgsched.web.context import links, now

MADE = Answer("Begun, as a draft.", EventSchema, examples.EVENT, ETAG | LOCATION)
ALLOWED = Answer("With `dry_run=true`: as it would be.", EventSchema, examples.EVENT, {})
PARTS = ("windows", "phases", "rooms", "teams", "leads", "join_links")


def _part(about: str, *, default: bool) -> Flag:
    return Flag(load_default=default, metadata={"description": about})


class BeginRequest(Body):
    """What every event begins with."""

    slug = fields.String(
        required=True,
        validate=validate.Length(1, SLUG_LENGTH),
        metadata={"description": "For addresses, and stays."},
    )
    title = fields.String(
        required=True, validate=validate.Length(1, 200), metadata={"description": "One line."}
    )
    starts_on = day("First day, in the event's zone.")


class EventRequest(BeginRequest):
    """A new event from a template."""

    ends_on = day("Last day.")
    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    template = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(list(TEMPLATES)),
        metadata={"description": "Its windows and slots; null: as its kind has them, if it does."},
    )
    timezone = fields.String(
        load_default="UTC", validate=validate.Length(1, 64), metadata={"description": "IANA name."}
    )


class CopyRequest(BeginRequest):
    """A new event like one that is there; settings, description and links always come along."""

    timezone = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 64),
        metadata={"description": "IANA name; null: the same."},
    )
    windows = _part("With windows and slots.", default=True)
    phases = _part("With sign-up phases, as long before the first day.", default=True)
    rooms = _part("With rooms.", default=True)
    teams = _part("With projects, teams and their wishes.", default=True)
    leads = _part("With the teams' leads and deputies.", default=False)
    join_links = _part("With join links and passcodes.", default=False)


EVENT_REQUEST: dict[str, Any] = {
    "slug": "oct",
    "title": "Virtual PTG, October 2026",
    "kind": "virtual-ptg",
    "starts_on": "2026-10-26",
    "ends_on": "2026-10-30",
}
COPY_REQUEST: dict[str, Any] = {
    "slug": "apr",
    "title": "Virtual PTG, April 2027",
    "starts_on": "2027-04-19",
}


@write(
    "POST",
    "/events",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=EventRequest,
    body_example=EVENT_REQUEST,
    answers={201: MADE, 200: ALLOWED},
)
def add_event(body: Mapping[str, Any]) -> Response:
    """Begin an event as a draft, laid out from a template.

    Takes a token for every event, which administrators and operators make.
    """
    auth.caller().require_creator(None)
    with _named_as_here():
        made = begin_event(**body, actor=auth.caller().actor, at=now())
    return _begun(made)


@write(
    "POST",
    "/events/<event>/copy",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=CopyRequest,
    body_example=COPY_REQUEST,
    answers={201: MADE, 200: ALLOWED},
)
def add_copy(event: Event, body: Mapping[str, Any]) -> Response:
    """Begin an event as a copy of this one, as a draft of the same organizers.

    Windows and phases keep the hours that clocks show in the event's zone.  Bookings, surveys
    and registrations stay.  Takes a token for every event, as beginning one does.
    """
    auth.caller().require_creator(event)
    given = dict(body)
    parts = Parts(**{name: given.pop(name) for name in PARTS})
    with _named_as_here():
        made = copy_event(event, **given, parts=parts, actor=auth.caller().actor, at=now())
    return _begun(made)


def _begun(event: Event) -> Response:
    return created(events.shape_of(event), links().api(event.slug))


@contextmanager
def _named_as_here() -> Iterator[None]:
    """What is wrong with days and zone is said of the fields that they have here."""
    try:
        yield
    except UnknownZone as error:
        refuse({"timezone": [error.message]})
    except Invalid as error:
        names = {"start": "starts_on", "end": "ends_on"}
        if names.keys().isdisjoint(error.fields):
            raise
        refuse({names.get(name, name): said for name, said in error.fields.items()})
