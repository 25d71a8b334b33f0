"""Set up an event: its settings and phases, and what all set-up requests have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from ptgsched.accounts.actor import Actor
from ptgsched.api import auth, events, examples, manage_schemas, shapes
from ptgsched.api.answers import require_unchanged, tag_of, write_answer
from ptgsched.api.base import Answer, is_dry_run, write
from ptgsched.api.manage_requests import EventChange
from ptgsched.api.schemas import EventSchema
from ptgsched.events.models import Event
from ptgsched.setup import settings
from ptgsched.web.context import links, now

TAG = "Set-up"
CHANGED = Answer("As it is now.", EventSchema, examples.EVENT)


@write(
    "PATCH",
    "/events/<event>",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=EventChange,
    body_example=manage_schemas.EVENT_CHANGE,
    answers={200: CHANGED},
)
def change_event(event: Event, body: Mapping[str, Any]) -> Response:
    """Change the event's settings, phases and links; publish it, archive it.

    Its ETag changes with every booking, too.
    """
    actor = organizing(event)
    require_unchanged(lambda: tag_of(events.shape_of(event)))
    given = dict(body)
    if "links" in given:
        own = shapes.own_links(event, links())
        given["links"] = {name: to for name, to in given["links"].items() if name not in own}
    settings.change_event(event, given, actor=actor, at=now())
    return changed(events.shape_of(event))


def organizing(event: Event) -> Actor:
    """Who asks, if this caller may set the event up; raises Forbidden."""
    caller = auth.caller()
    caller.require_organizer(event)
    return caller.actor


def created(shape: Mapping[str, Any], location: str) -> Response:
    """201 with its address, or what would have been made."""
    if is_dry_run():
        return write_answer(shape)
    return write_answer(shape, 201, etag=tag_of(shape), location=location)


def changed(shape: Mapping[str, Any]) -> Response:
    """200 with the thing as it is, or would be."""
    return write_answer(shape, etag=tag_of(shape))
