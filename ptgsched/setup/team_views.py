"""Organizers' pages of teams: the list, one team, deleting it."""

from __future__ import annotations

from datetime import datetime

from flask import (
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as AnyResponse

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound, PtgschedError, Stale
from ptgsched.events.models import Event
from ptgsched.schedule import queries
from ptgsched.setup.blueprint import blueprint
from ptgsched.setup.deleting import delete_page, require_name_typed
from ptgsched.setup.exports import teams_csv
from ptgsched.setup.removal import falling_of_team, take_team_away
from ptgsched.setup.sheets import sheet_answer
from ptgsched.setup.team_forms import TeamForm, team_values
from ptgsched.setup.teams import add_team, change_team, projects_of
from ptgsched.teams.models import Membership, Team
from ptgsched.teams.permissions import LEADING, organized_event, team_of, teams_of, web_actor
from ptgsched.timewords import moment
from ptgsched.web.access import access
from ptgsched.web.colors import color_of, contrast_ratio, ink
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.limits import limiter, writes

REFUSALS = (Invalid, Conflict, Stale, NotFound)


@blueprint.get("/events/<event>/manage/teams/")
@access("organizer")
def teams(event: str) -> str:
    """All teams: kind, project, leads, survey, hours."""
    found = organized_event(current_user, event)
    booked: dict[int, float] = {}
    for session in queries.all_sessions(found):
        for team_id in session.teams:
            hours = sum(session.hours_by_day.values())
            booked[team_id] = booked.get(team_id, 0.0) + hours
    return render_template(
        "manage/teams.html",
        event=found,
        teams=sorted(teams_of(found), key=lambda team: team.name.casefold()),
        booked=booked,
        leads=_leads(found),
        served=current_app.view_functions,
    )


@blueprint.get("/events/<event>/manage/teams.csv")
@access("organizer")
def teams_sheet(event: str) -> Response:
    """The list as a sheet, without people."""
    found = organized_event(current_user, event)
    return sheet_answer(teams_csv(teams_of(found)), f"{found.slug}-teams.csv")


@blueprint.route("/events/<event>/manage/teams/new", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def new_team(event: str) -> AnyResponse:
    """Add one."""
    found = organized_event(current_user, event)
    form = TeamForm()
    form.offer(projects_of(found))
    if request.method == "GET":
        return _team_page(found, form)
    if not form.validate_on_submit():
        return _team_page(found, form, status=422)
    try:
        team = add_team(found, form.given(), actor=web_actor(current_user, found), at=now())
        db.session.commit()
    except REFUSALS as error:
        return _refused(found, form, error)
    flash(f"{team.name} is added.", "success")
    return redirect(url_for("setup.teams", event=found.slug), 303)


@blueprint.route("/events/<event>/manage/teams/<team>/edit", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def team(event: str, team: str) -> AnyResponse:
    """Change one."""
    found = organized_event(current_user, event)
    who = team_of(found, team)
    form = TeamForm(data=team_values(who))
    form.offer(projects_of(found))
    if request.method == "GET":
        return _team_page(found, form, who)
    if not form.validate_on_submit():
        return _team_page(found, form, who, status=422)
    try:
        actor = web_actor(current_user, found)
        change_team(found, who, form.given(), actor=actor, at=now())
        db.session.commit()
    except REFUSALS as error:
        return _refused(found, form, error, who)
    flash(f"{who.name} is saved.", "success")
    return redirect(url_for("setup.teams", event=found.slug), 303)


@blueprint.route("/events/<event>/manage/teams/<team>/delete", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def delete_team(event: str, team: str) -> AnyResponse:
    """Say what would fall, ask for the name and a reason, then release and delete."""
    found = organized_event(current_user, event)
    who = team_of(found, team)
    at, name = now(), who.name
    problems: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            require_name_typed(name)
            until = take_team_away(
                found,
                who,
                seen=request.form.getlist("seen"),
                reason=request.form.get("reason", ""),
                actor=web_actor(current_user, found),
                at=at,
            )
            db.session.commit()
        except REFUSALS as error:
            db.session.rollback()
            problems, status = [error.message], status_of(error)
        else:
            flash(_gone(name, until), "success")
            return redirect(url_for("setup.teams", event=found.slug), 303)
    return delete_page(
        found,
        name=name,
        what="team",
        losses=("Its survey, links and the rights of its leads are lost.",),
        later=f"{name} itself has no leads from now on, and can be deleted when calendars have "
        "told of what was released, a day after the last of it.",
        falling=falling_of_team(found, who, at),
        action=url_for("setup.delete_team", event=found.slug, team=who.slug),
        back=url_for("setup.teams", event=found.slug),
        problems=problems,
        status=status,
    )


def _gone(name: str, until: datetime | None) -> str:
    if until is None:
        return f"{name} is deleted."
    return (
        f"What {name} had booked is released, and it has no leads any more. It can be deleted "
        f"after {moment(until, 'UTC')}, when calendars have told of it."
    )


def _leads(event: Event) -> dict[int, list[str]]:
    """The names of each team's leads and deputies."""
    rows = db.session.scalars(
        select(Membership)
        .join(Team, Team.id == Membership.team_id)
        .where(Team.event_id == event.id, Membership.role.in_(LEADING))
        .order_by(Membership.role.desc(), Membership.id)
        .options(joinedload(Membership.user))
    )
    found: dict[int, list[str]] = {}
    for membership in rows:
        found.setdefault(membership.team_id, []).append(
            membership.user.name or membership.user.email
        )
    return found


def _refused(
    event: Event, form: TeamForm, error: PtgschedError, team: Team | None = None
) -> Response:
    db.session.rollback()
    problems = form.take(error)
    return _team_page(event, form, team, problems=problems, status=status_of(error))


def _team_page(
    event: Event,
    form: TeamForm,
    team: Team | None = None,
    *,
    problems: list[str] | None = None,
    status: int = 200,
) -> Response:
    color = color_of(team.slug, team.color) if team else None
    ground = ("#000000" if ink(color) == "#000" else "#ffffff") if color else ""
    page = render_template(
        "manage/team.html",
        event=event,
        team=team,
        form=form,
        color=color,
        contrast=contrast_ratio(color, ground) if color else None,
        problems=problems or [],
        served=current_app.view_functions,
    )
    return make_response(page, status)
