"""For those who come: the ways into all rooms, and who else comes."""

from __future__ import annotations

from flask import Response, make_response, render_template
from flask_login import current_user

from ptgsched.events.models import Event
from ptgsched.registrations import passcodes, queries, visitor
from ptgsched.registrations.blueprint import blueprint
from ptgsched.registrations.policy import desk_of
from ptgsched.schedule.entrance import passcode_time, takes_part
from ptgsched.teams.permissions import visible_event
from ptgsched.web.access import access
from ptgsched.web.context import links, now
from ptgsched.web.personal import personal
from ptgsched.web.zones import reader_zone


@blueprint.get("/events/<event>/passcodes")
@personal
@access("public")
def codes(event: str) -> Response:
    """Links and passcodes in their time; to others, what to do."""
    found, at = visible_event(current_user, event), now()
    comes = _comes(found)
    tells = comes and passcodes.is_time(found, at)
    page = render_template(
        "registrations/passcodes.html",
        event=found,
        comes=comes,
        mine=visitor.mine(found),
        ways=passcodes.ways(found, links()) if tells else [],
        tells=tells,
        hours=passcode_time(found),
        zone=reader_zone(found.timezone),
        desk=desk_of(found, at),
        at=at,
    )
    return make_response(page, 200 if tells else 403)


@blueprint.get("/events/<event>/people")
@personal
@access("public")
def people(event: str) -> Response:
    """Those who agreed to be listed; to others, what to do."""
    found = visible_event(current_user, event)
    comes = _comes(found)
    page = render_template(
        "registrations/people.html",
        event=found,
        comes=comes,
        people=queries.listed(found) if comes else [],
        desk=desk_of(found, now()),
    )
    return make_response(page, 200 if comes else 403)


def _comes(event: Event) -> bool:
    return takes_part(current_user, event) or visitor.is_guest(event)
