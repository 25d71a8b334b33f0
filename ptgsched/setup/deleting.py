"""Deleting a room or a team: ask first, say what is lost and what falls, have its name typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, Stale
from ptgsched.events.models import Event, Room
from ptgsched.setup.removal import Falling, TookPlace
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.text import clean_line
from ptgsched.timewords import moment
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.zones import reader_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What deleting a room, or a team, means in words and in deeds."""

    what: str
    loss: str
    meanwhile: str  # what holds while calendars have to tell of what was released
    find: Callable[[Event, str], Any]
    falling: Callable[[Event, Any, datetime], Falling]
    take_away: Callable[..., datetime | None]
    back: str  # the endpoint of the list


def require_name_typed(name: str, *, field: str = "name") -> None:
    """Raises Invalid unless the request says the name of what is to go, in this field."""
    if clean_line(request.form.get(field, "")).casefold() != name.casefold():
        raise Invalid(f"Type {name} to say that you mean it.")


def ask_and_delete(event: str, slug: str, kind: Deletion) -> Response:
    """The page that asks; once the name is typed, the thing is gone and the list comes."""
    found = organized_event(current_user, event)
    thing: Room | Team = kind.find(found, slug)
    if request.method == "GET":
        return _page(found, thing, kind)
    name = thing.name
    try:
        require_name_typed(name)
        until = kind.take_away(
            found,
            thing,
            seen=request.form.getlist("seen"),
            reason=request.form.get("reason", ""),
            actor=web_actor(current_user, found),
            at=now(),
        )
        db.session.commit()
    except (Invalid, Conflict, Stale) as error:
        db.session.rollback()
        found = organized_event(current_user, event)
        return _page(found, kind.find(found, slug), kind, error)
    gone = f"{name} is deleted."
    if until is not None:
        gone = (
            f"What was booked is released, and {name} {kind.meanwhile} any more. It can be "
            f"deleted after {moment(until, 'UTC')}, when calendars have told of it."
        )
    flash(gone, "success")
    return redirect(url_for(kind.back, event=event), 303)


def _page(
    event: Event,
    thing: Room | Team,
    kind: Deletion,
    error: Invalid | Conflict | Stale | None = None,
) -> Response:
    falling = kind.falling(event, thing, now())
    page = render_template(
        "manage/delete.html",
        event=event,
        name=thing.name,
        kind=kind,
        falling=falling,
        held=TookPlace(thing.name, len(falling.held)).message if falling.held else None,
        typed=request.form.get("name", ""),
        reason=request.form.get("reason", ""),
        problems=[] if error is None else [error.message],
        zone=reader_zone(event.timezone),
    )
    return make_response(page, 200 if error is None else status_of(error))
