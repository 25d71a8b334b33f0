"""Conflicts with the ways to mend them, and all room assignments, to print."""

from __future__ import annotations

from flask import render_template, request
from flask_login import current_user

from ptgsched.manage.blueprint import blueprint
from ptgsched.manage.overview import assignments as assigned
from ptgsched.manage.overview import overview_of
from ptgsched.teams.permissions import organized_event
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.zones import reader_zone


@blueprint.get("/events/<event>/manage/overview")
@access("organizer")
def overview(event: str) -> str:
    """What stands in the way of a good event."""
    found = organized_event(current_user, event)
    return render_template(
        "manage/overview.html",
        event=found,
        found=overview_of(found, now()),
        zone=reader_zone(found.timezone),
    )


@blueprint.get("/events/<event>/manage/assignments")
@access("organizer")
def assignments(event: str) -> str:
    """Which team is in which room, by day; ``?day=`` shows one."""
    found = organized_event(current_user, event)
    days = assigned(found)
    asked = request.args.get("day", "")
    shown = [day for day in days if day.day.isoformat() == asked]
    return render_template(
        "manage/assignments.html",
        event=found,
        days=days,
        shown=shown or days,
        asked=asked if shown else "",
        zone=reader_zone(found.timezone),
    )
