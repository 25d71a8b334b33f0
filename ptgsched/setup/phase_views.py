"""Sign-up phases on a time line, one by one; and a dry run of what a team could do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound, Stale
from ptgsched.events.models import Event, Phase
from ptgsched.schedule.signup import phase_lines
from ptgsched.setup.blueprint import blueprint
from ptgsched.setup.phase_forms import PhaseForm, TrialForm, as_typed, phase_values
from ptgsched.setup.phases import (
    TimeLine,
    mark_of,
    phase_numbered,
    plan_usual,
    remove_phase,
    save_phase,
    shut_out,
    time_line,
)
from ptgsched.setup.preview import three_zones
from ptgsched.setup.trial import try_out
from ptgsched.setup.undo_views import undoable
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import organized_event, team_of, teams_of, web_actor
from ptgsched.timezones import start_of_day
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.limits import limiter, writes
from ptgsched.web.zones import reader_zone

REFUSALS = (Invalid, Conflict, Stale, NotFound)


@blueprint.get("/events/<event>/manage/phases/")
@access("organizer")
def phases(event: str) -> Response:
    """When sign-up opens for whom, on a time line and in a table."""
    return _phases_page(organized_event(current_user, event), PhaseForm(None))


@blueprint.post("/events/<event>/manage/phases/usual")
@access("organizer")
@limiter.limit(writes)
def usual_phases(event: str) -> Response:
    """The three phases that virtual PTGs had."""
    found = organized_event(current_user, event)
    form, since = PhaseForm(request.form), found.cursor
    try:
        opens_at = form.instant("opens_at") if form.opens_at.validate(form) else None
        if opens_at is None or not form.zone.validate(form):
            return _phases_page(found, form, status=422)
        plan_usual(found, opens_at, actor=web_actor(current_user, found), at=now())
        db.session.commit()
    except REFUSALS as error:
        return _phases_page(_again(event), form, problems=form.take(error), status=422)
    return _saved(found, "Three phases are planned.", since)


@blueprint.route("/events/<event>/manage/phases/new", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def new_phase(event: str) -> Response:
    """Add one."""
    return _edit(event, None)


@blueprint.route("/events/<event>/manage/phases/<int:number>", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def phase(event: str, number: int) -> Response:
    """Change one."""
    return _edit(event, number)


@blueprint.post("/events/<event>/manage/phases/<int:number>/delete")
@access("organizer")
@limiter.limit(writes)
def delete_phase(event: str, number: int) -> Response:
    """Delete one; the toast undoes it."""
    found = organized_event(current_user, event)
    name, since = phase_numbered(found, number).name, found.cursor
    mark = request.form.get("mark", "")
    remove_phase(found, number, mark=mark, actor=web_actor(current_user, found), at=now())
    db.session.commit()
    return _saved(found, f"“{name}” is deleted.", since)


@blueprint.get("/events/<event>/manage/phases/try")
@access("organizer")
def trial(event: str) -> Response:
    """What a team could do at a moment of choice; nothing is booked."""
    found = organized_event(current_user, event)
    teams = sorted(teams_of(found), key=lambda team: team.name.casefold())
    zone = reader_zone(found.timezone)
    form = TrialForm(
        request.args if "moment" in request.args else None,
        data={"zone": zone, "moment": as_typed(now(), zone), "team": request.args.get("team")},
    )
    form.offer(teams)
    tried = None
    problems: list[str] = []
    if teams and (not request.args or form.validate()):
        try:
            at = form.instant("moment") or now()
            tried = try_out(found, _tried_team(found, form, teams), at=at, zone=zone)
        except Invalid as error:
            problems = form.take(error)
    page = render_template(
        "manage/trial.html",
        event=found,
        form=form,
        teams=teams,
        tried=tried,
        problems=problems,
        zone=zone,
        at=now(),
    )
    return make_response(page)


def _tried_team(event: Event, form: TrialForm, teams: Sequence[Team]) -> Team:
    return team_of(event, form.team.data) if form.team.data else teams[0]


def _edit(event: str, number: int | None) -> Response:
    found = organized_event(current_user, event)
    since = found.cursor
    phase = phase_numbered(found, number) if number is not None else None
    values = phase_values(found, phase) if phase else _next_values(found)
    typed = request.form if request.method == "POST" else request.args
    form = PhaseForm(typed if "opens_at" in typed else None, data=values)
    if request.method == "GET" or request.form.get("check"):
        form.mark.data = form.mark.data or mark_of(found.phases)
        return _phase_page(found, form, phase)
    if not form.validate():
        return _phase_page(found, form, phase, status=422)
    try:
        save_phase(
            found,
            number,
            form.facts(),
            mark=form.mark.data or "",
            actor=web_actor(current_user, found),
            at=now(),
        )
        db.session.commit()
    except REFUSALS as error:
        found = _again(event)
        phase = phase_numbered(found, number) if number is not None else None
        form.mark.data = mark_of(found.phases)  # seen now
        problems = form.take(error)
        return _phase_page(found, form, phase, problems=problems, status=status_of(error))
    return _saved(found, f"“{form.name.data}” is saved.", since)


def _again(event: str) -> Event:
    db.session.rollback()
    return organized_event(current_user, event)


def _saved(event: Event, text: str, since: int) -> Response:
    """Back to the phases, with a toast that undoes what was changed behind the cursor `since`."""
    flash(undoable(event, text, since), "success")
    return redirect(url_for("setup.phases", event=event.slug), 303)


def _next_values(event: Event) -> dict[str, Any]:
    """A week after the last phase, or two months before the event at noon UTC."""
    if event.phases:
        opens = event.phases[-1].opens_at + timedelta(days=7)
    else:
        opens = datetime.combine(event.starts_on - timedelta(days=60), time(12), UTC)
    return {"zone": event.timezone, "opens_at": as_typed(opens, event.timezone)}


def _span(event: Event) -> tuple[datetime, datetime]:
    """The event's days as instants."""
    end = start_of_day(event.ends_on + timedelta(days=1), event.timezone)
    return start_of_day(event.starts_on, event.timezone), end


def _line(event: Event, phases: Sequence[Phase]) -> TimeLine:
    return time_line(phases, *_span(event), now())


def _phases_page(
    event: Event, form: PhaseForm, *, problems: Sequence[str] = (), status: int = 200
) -> Response:
    if not form.opens_at.data:
        values = _next_values(event)
        form.opens_at.data, form.zone.data = values["opens_at"], event.timezone
    page = render_template(
        "manage/phases.html",
        event=event,
        line=_line(event, event.phases),
        lines=phase_lines(event.phases, None, now()),
        shut_out=shut_out(event.phases, _span(event)[1], now()),
        mark=mark_of(event.phases),
        form=form,
        problems=problems,
        zone=reader_zone(event.timezone),
        at=now(),
    )
    return make_response(page, status)


def _phase_page(
    event: Event,
    form: PhaseForm,
    phase: Phase | None,
    *,
    problems: Sequence[str] = (),
    status: int = 200,
) -> Response:
    said = list(problems)
    meant = None
    try:
        if form.opens_at.data:
            meant = Phase(id=0, **form.facts())
    except Invalid as error:
        said += form.take(error)
    others = [other for other in event.phases if other is not phase]
    shown = sorted([*others, *([meant] if meant else [])], key=lambda each: each.opens_at)
    page = render_template(
        "manage/phase.html",
        event=event,
        form=form,
        phase=phase,
        number=event.phases.index(phase) + 1 if phase else None,
        meant=meant,
        shown=shown,
        line=_line(event, shown) if shown else None,
        zones=three_zones(event, reader_zone(event.timezone), request.values.getlist("in")),
        problems=said,
        zone=reader_zone(event.timezone),
        at=now(),
    )
    return make_response(page, status)
