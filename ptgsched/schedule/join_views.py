"""The way into a call: sends people on, or tells them what to do and when it opens."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from ptgsched.events.models import Event
from ptgsched.schedule import queries
from ptgsched.schedule.blueprint import blueprint
from ptgsched.schedule.entrance import Answer, entrance
from ptgsched.schedule.joining import room_link, room_target, team_link
from ptgsched.teams.permissions import team_of, visible_event
from ptgsched.web.access import access
from ptgsched.web.context import links, now
from ptgsched.web.zones import reader_zone


@blueprint.get("/events/<event>/rooms/<room>/join")
@access("public")
def room_join(event: str, room: str) -> Response:
    """The short address of a room, for doors and mails."""
    found = visible_event(current_user, event)
    where = queries.room_by_slug(found, room)
    target = room_target(links(), found, where)
    is_public = room_link(links(), found, where) == target
    return _answer(found, target, is_public=is_public, name=where.name, room=where)


@blueprint.get("/events/<event>/teams/<team>/join")
@access("public")
def team_join(event: str, team: str) -> Response:
    """The same for a team's own call."""
    found = visible_event(current_user, event)
    who = team_of(found, team)
    is_public = team_link(links(), found, who) == who.join_url
    return _answer(found, who.join_url, is_public=is_public, name=who.name, team=who)


def _answer(event: Event, target: str | None, *, is_public: bool, **about: Any) -> Response:
    """302 to `target` for those who may go, else the page that says why not and what to do."""
    way = entrance(event, current_user, target=target, is_public=is_public, at=now())
    response: Response
    if way.answer == Answer.GO and target is not None:
        response = redirect(target, 302)
    else:
        page = render_template(
            "schedule/join.html",
            event=event,
            way=way,
            zone=reader_zone(event.timezone),
            here=request.path,
            **about,
        )
        response = make_response(page, 200 if way.answer == Answer.NO_CALL else 403)
    response.headers["Cache-Control"] = "no-store"
    return response
