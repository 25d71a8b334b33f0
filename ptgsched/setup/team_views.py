"""Organizers' pages of teams: the list, one team, deleting it."""

from __future__ import annotations

from flask import (
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound, PtgschedError, Stale
from ptgsched.events.models import Event
from ptgsched.invitations.queries import leading_by_team, names, pending_counts
from ptgsched.schedule import queries
from ptgsched.setup.blueprint import blueprint
from ptgsched.setup.deleting import Deletion, ask_and_delete
from ptgsched.setup.exports import teams_csv
from ptgsched.setup.removal import falling_of_team, take_team_away
from ptgsched.setup.team_forms import TeamForm, team_values
from ptgsched.setup.teams import add_team, change_team, projects_of
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import organized_event, team_of, teams_of, web_actor
from ptgsched.web.access import access
from ptgsched.web.colors import color_of, contrast_ratio, ink
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.files import download
from ptgsched.web.limits import limiter, writes

REFUSALS = (Invalid, Conflict, Stale, NotFound)
DELETION = Deletion(
    what="team",
    loss="Its survey, links and the rights of its leads are lost.",
    meanwhile="has no leads",
    find=team_of,
    falling=falling_of_team,
    take_away=take_team_away,
    back="setup.teams",
)


@blueprint.get("/events/<event>/manage/teams/")
@access("organizer")
def teams(event: str) -> str:
    """All teams: kind, project, leads, survey, hours."""
    found = organized_event(current_user, event)
    leading = leading_by_team(found)
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
        leads={team_id: names(each.user for each in places) for team_id, places in leading.items()},
        invited=pending_counts(found, now()),
    )


@blueprint.get("/events/<event>/manage/teams.csv")
@access("organizer")
def teams_sheet(event: str) -> Response:
    """The list as a sheet, without people."""
    found = organized_event(current_user, event)
    return download(teams_csv(teams_of(found)), f"{found.slug}-teams.csv")


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
        return _refused(event, form, error)
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
        return _refused(event, form, error, team)
    flash(f"{who.name} is saved.", "success")
    return redirect(url_for("setup.teams", event=found.slug), 303)


@blueprint.route("/events/<event>/manage/teams/<team>/delete", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def delete_team(event: str, team: str) -> AnyResponse:
    """Say what would fall, ask for the name and a reason, then release and delete."""
    return ask_and_delete(event, team, DELETION)


def _refused(event: str, form: TeamForm, error: PtgschedError, team: str | None = None) -> Response:
    """The same page with everything typed.  Raises NotFound when the team is gone meanwhile."""
    db.session.rollback()
    found = organized_event(current_user, event)
    who = None if team is None else team_of(found, team)
    problems = form.take(error)
    return _team_page(found, form, who, problems=problems, status=status_of(error))


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
    )
    return make_response(page, status)
