"""The organizers' page of registration: its settings, and who is registered."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ptgsched.accounts.audit import record
from ptgsched.db import begin_write, db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.models import Event
from ptgsched.registrations import queries
from ptgsched.registrations.blueprint import blueprint
from ptgsched.registrations.manage_forms import SettingsForm, settings_form
from ptgsched.registrations.models import Status
from ptgsched.registrations.policy import desk_of
from ptgsched.setup import settings
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.text import clean_line
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.limits import limiter, writes
from ptgsched.web.personal import personal
from ptgsched.web.zones import reader_zone

ON_A_PAGE = 50
LONGEST_QUERY = 60


@blueprint.get("/events/<event>/manage/registrations")
@personal
@access("organizer")
def manage(event: str) -> Response:
    """Settings and the list; that it was looked at is on record."""
    found = organized_event(current_user, event)
    return _page(found, settings_form(found), [], 200)


@blueprint.post("/events/<event>/manage/registrations")
@personal
@access("organizer")
@limiter.limit(writes)
def change_settings(event: str) -> AnyResponse:
    """Change capacity and hours; more places go to the waitlist at once."""
    found = organized_event(current_user, event)
    form = settings_form(found)
    if not form.validate():
        return _page(found, form, [], 422)
    waiting = queries.count(found, Status.WAITLISTED)
    try:
        actor = web_actor(current_user, found)
        settings.change_event(found, form.given(found), actor=actor, at=now())
        db.session.commit()
    except (Invalid, Conflict) as error:
        db.session.rollback()
        found = organized_event(current_user, event)
        return _page(found, form, form.take(error), 422)
    promoted = waiting - queries.count(found, Status.WAITLISTED)
    more = f" {_people(promoted)} from the waitlist now have a place." if promoted else ""
    flash(f"The settings of registration are saved.{more}", "success")
    return redirect(url_for("registrations.manage", event=found.slug), 303)


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def _page(event: Event, form: SettingsForm, problems: list[str], status: int) -> Response:
    typed = clean_line(request.args.get("q", ""))[:LONGEST_QUERY]
    chosen = request.args.get("status", "")
    chosen = chosen if chosen in set(Status) else ""
    number = request.args.get("page", "1")
    page = int(number) if number.isdecimal() and 0 < len(number) < 6 else 1
    at = now()
    fitting = queries.fitting(event, query=typed, status=chosen)
    offset = (max(page, 1) - 1) * ON_A_PAGE
    begin_write()
    total = queries.how_many(fitting)
    people = max(0, min(ON_A_PAGE, total - offset))
    if people:
        facts = {"people": people, "of": total, "status": chosen or "all"}
        actor = web_actor(current_user, event)
        record(event, actor, "registrations.viewed", facts, at)
    db.session.commit()
    body = render_template(
        "manage/registrations.html",
        event=event,
        form=form,
        problems=problems,
        rows=queries.page_of(fitting, offset=offset, most=ON_A_PAGE),
        total=total,
        counts=queries.counts(event),
        query=typed,
        status=chosen,
        page=max(page, 1),
        pages=max(1, -(-total // ON_A_PAGE)),
        desk=desk_of(event, at),
        zone=reader_zone(event.timezone),
    )
    return make_response(body, status)
