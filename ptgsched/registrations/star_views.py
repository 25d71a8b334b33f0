"""Stars: a registered person marks sessions and follows teams; plain forms, without scripts."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.registrations import operations, visitor
from ptgsched.registrations.blueprint import blueprint
from ptgsched.schedule.queries import booking_by_uid
from ptgsched.teams.permissions import team_of, visible_event
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.limits import limiter, writes
from ptgsched.web.navigation import own_path

REGISTER_FIRST = "Stars are for registered people: register, then open the link in your mail."


@blueprint.post("/events/<event>/bookings/<uid>/star")
@access("public")
@limiter.limit(writes)
def star(event: str, uid: str) -> Response:
    """Mark a session, or take the mark off (``wanted=0``)."""
    found = visible_event(current_user, event)
    registration = visitor.mine(found)
    if registration is None:
        return _register(found)
    booking = booking_by_uid(found, uid)
    operations.star(registration, booking, wanted=_wanted(), at=now())
    db.session.commit()
    return _back(found)


@blueprint.post("/events/<event>/teams/<team>/follow")
@access("public")
@limiter.limit(writes)
def follow(event: str, team: str) -> Response:
    """Follow a team, or no more (``wanted=0``)."""
    found = visible_event(current_user, event)
    registration = visitor.mine(found)
    if registration is None:
        return _register(found)
    who = team_of(found, team)
    operations.follow(registration, who, wanted=_wanted(), at=now())
    db.session.commit()
    return _back(found)


def _wanted() -> bool:
    return request.form.get("wanted", "1") == "1"


def _register(event: Event) -> Response:
    flash(REGISTER_FIRST, "info")
    return redirect(url_for("registrations.register", event=event.slug), 303)


def _back(event: Event) -> Response:
    home = url_for("schedule.grid", event=event.slug)
    return redirect(own_path(request.form.get("next")) or home, 303)
