"""Windows and their slots, named by day and code (`MonA`): read, add, change, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from ptgsched.api import auth, examples
from ptgsched.api import manage_schemas as schemas
from ptgsched.api.answers import (
    listed,
    read_answer,
    require_unchanged,
    tag_of,
    write_answer,
)
from ptgsched.api.base import ETAG, LOCATION, Answer, read, write
from ptgsched.api.manage import TAG, changed, created, organizing
from ptgsched.api.manage_requests import WindowChange, WindowRequest
from ptgsched.api.requests import PageQuery
from ptgsched.api.shapes import slot_shape, window_shape
from ptgsched.events.models import Event, Window
from ptgsched.setup import windows as setup
from ptgsched.setup.shapes import window_slug
from ptgsched.web.context import links, now

MADE = Answer("Added.", schemas.WindowDetailSchema, schemas.WINDOW, ETAG | LOCATION)
ALLOWED = Answer(
    "With `dry_run=true`: as it would be.", schemas.WindowDetailSchema, schemas.WINDOW, {}
)
CHANGED = Answer("As it is now.", schemas.WindowDetailSchema, schemas.WINDOW)
DELETED = Answer("Deleted; as it was.", schemas.WindowDetailSchema, schemas.WINDOW, {})


@read(
    "/events/<event>/windows",
    tag="Events",
    answer=schemas.WindowListSchema,
    example=examples.page_of(schemas.WINDOW),
    query=PageQuery,
)
def windows(event: str, query: Mapping[str, Any]) -> Response:
    """The windows in order of time."""
    found = auth.readable_event(event)
    return listed(setup.windows_of(found), lambda window: _shape(found, window), query)


@read(
    "/events/<event>/windows/<window>",
    tag="Events",
    answer=schemas.WindowDetailSchema,
    example=schemas.WINDOW,
)
def window(event: str, window: str) -> Response:
    """One window, by day and code."""
    found = auth.readable_event(event)
    return read_answer(_shape(found, setup.window_of(found, window)))


@write(
    "POST",
    "/events/<event>/windows",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=WindowRequest,
    body_example=schemas.WINDOW_REQUEST,
    answers={201: MADE, 200: ALLOWED},
)
def add_window(event: Event, body: Mapping[str, Any]) -> Response:
    """Add a window, cut into slots; it belongs to the day it starts on in the event's zone."""
    made = setup.add_window(event, body, actor=organizing(event), at=now())
    where = links().api(event.slug, "windows", window_slug(event, made))
    return created(_shape(event, made), where)


@write(
    "PATCH",
    "/events/<event>/windows/<window>",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=WindowChange,
    body_example=schemas.WINDOW_CHANGE,
    answers={200: CHANGED},
)
def change_window(event: Event, window: str, body: Mapping[str, Any]) -> Response:
    """Rename a window or cut it anew; slots whose time stays keep their codes.

    A conflict when a booking would lose a slot: all such bookings are named.
    """
    actor = organizing(event)
    found = setup.window_of(event, window)
    require_unchanged(lambda: tag_of(_shape(event, found)))
    setup.change_window(event, found, body, actor=actor, at=now())
    return changed(_shape(event, found))


@write(
    "DELETE",
    "/events/<event>/windows/<window>",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    answers={200: DELETED},
)
def delete_window(event: Event, window: str) -> Response:
    """Delete a window with its slots; a conflict while bookings hold some, which are named."""
    actor = organizing(event)
    found = setup.window_of(event, window)
    was = _shape(event, found)
    require_unchanged(lambda: tag_of(was))
    setup.remove_window(event, found, actor=actor, at=now())
    return write_answer(was)


def _shape(event: Event, window: Window) -> dict[str, Any]:
    return {
        **window_shape(window),
        "slug": window_slug(event, window),
        "slots": [slot_shape(slot) for slot in window.slots],
    }
