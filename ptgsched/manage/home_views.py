"""The organizers' home of an event."""

from __future__ import annotations

from flask import render_template
from flask_login import current_user

from ptgsched.manage.blueprint import blueprint
from ptgsched.manage.home import state_of, step_of_draft
from ptgsched.schedule.signup import phase_lines
from ptgsched.teams.permissions import organized_event
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.zones import reader_zone


@blueprint.app_context_processor
def offered() -> dict[str, object]:
    """What the frame of the organizers' pages asks; nothing is read before it does."""
    return {"step_of_draft": step_of_draft}


@blueprint.get("/events/<event>/manage/")
@access("organizer")
def home(event: str) -> str:
    """Where the event stands, and what to do next."""
    found = organized_event(current_user, event)
    at = now()
    return render_template(
        "manage/home.html",
        event=found,
        zone=reader_zone(found.timezone),
        at=at,
        state=state_of(found, at),
        phases=phase_lines(found.phases, None, at),
    )
