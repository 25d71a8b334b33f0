"""Now, signs for doors and screens, and a widget for other sites."""

from __future__ import annotations

from flask import render_template, request
from flask_login import current_user

from ptgsched.now import boards, moderating
from ptgsched.now.blueprint import blueprint
from ptgsched.schedule.queries import room_by_slug
from ptgsched.teams.permissions import visible_event
from ptgsched.timezones import current_name
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.framing import embeddable
from ptgsched.web.zones import reader_zone

__all__ = ["blueprint", "boards", "moderating"]


@blueprint.get("/events/<event>/now")
@access("public")
def page(event: str) -> str:
    """What is on now and next; moderators say so here."""
    return moderating.page(visible_event(current_user, event))


@blueprint.get("/events/<event>/signage")
@access("public")
def event_sign(event: str) -> str:
    """All that runs, for a screen that everybody passes."""
    return _sign(event)


@blueprint.get("/events/<event>/rooms/<room>/signage")
@access("public")
def room_sign(event: str, room: str) -> str:
    """One room, for its door or its stream."""
    return _sign(event, room)


@blueprint.get("/events/<event>/widget")
@access("public")
@embeddable
def widget(event: str) -> str:
    """The board to put into a page of another site; without ``?tz=`` in the reader's zone."""
    found = visible_event(None, event)
    asked = request.args.get("tz", "")
    zone = current_name(asked) if asked else found.timezone
    return render_template(
        "now/widget.html", event=found, board=boards.shown(found, zone), follows_reader=not asked
    )


def _sign(event: str, room: str = "") -> str:
    found = visible_event(current_user, event)
    where = room_by_slug(found, room) if room else None
    zone = reader_zone(found.timezone) if request.args.get("tz") else found.timezone
    return render_template(
        "now/sign.html",
        event=found,
        room=where,
        at=now(),
        board=boards.shown(found, zone, where),
        light=request.args.get("theme") == "light",
    )
