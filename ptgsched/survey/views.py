"""The survey of a team, and who is missing what."""

from __future__ import annotations

from flask import (
    Blueprint,
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

from ptgsched.accounts.sign_in import person
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.models import Event, EventStatus
from ptgsched.invitations.models import Invited
from ptgsched.invitations.operations import invite
from ptgsched.invitations.policy import leads
from ptgsched.invitations.queries import leading, names, pending
from ptgsched.schedule.joining import etherpad_link
from ptgsched.schedule.journal import lock
from ptgsched.survey.forms import SurveyForm, survey_values
from ptgsched.survey.operations import may_remind, remind, send_survey
from ptgsched.survey.queries import others_of, survey_of, team_states
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import (
    is_organizer,
    organized_event,
    require_lead,
    team_of,
    teams_of,
    visible_event,
    web_actor,
)
from ptgsched.timewords import clock
from ptgsched.web.access import access
from ptgsched.web.context import links, now
from ptgsched.web.errors import status_of
from ptgsched.web.limits import limiter, writes
from ptgsched.web.zones import reader_zone

blueprint = Blueprint("survey", __name__)


@blueprint.route("/events/<event>/teams/<team>/survey", methods=["GET", "POST"])
@access("lead", opens_filled=True)
@limiter.limit(writes, methods=["POST"])
def survey(event: str, team: str) -> AnyResponse:
    """The survey: filled in by the team's leads, or by an organizer for them."""
    found = visible_event(current_user, event)
    who = team_of(found, team)
    require_lead(current_user, found, who)
    form = _form(found, who)
    if request.method == "GET":
        return _survey_page(found, who, form)
    if not form.validate_on_submit():
        return _survey_page(found, who, form, status=422)
    actor, first = web_actor(person(), found, who), who.survey_completed_at is None
    try:
        given = form.given(_meetpad(found, who))
        deputies = form.addresses() if _may_invite(found, who) else []
        lock(found)
        send_survey(found, who, given, actor=actor, at=now())
        for email in deputies:
            invite(
                found,
                email=email,
                role=Invited.DEPUTY,
                team=who,
                by=person(),
                actor=actor,
                links=links(),
                at=now(),
            )
        db.session.commit()
    except (Invalid, Conflict) as error:
        db.session.rollback()
        found = visible_event(current_user, event)
        who = team_of(found, team)
        problems = form.take(error)
        return _survey_page(found, who, form, problems=problems, status=status_of(error))
    flash(_thanks(who, len(deputies), first=first), "success")
    return redirect(url_for("schedule.team", event=found.slug, team=who.slug), 303)


@blueprint.get("/events/<event>/manage/surveys")
@access("organizer")
def missing(event: str) -> AnyResponse:
    """Who has signed up, and who is missing what."""
    found = organized_event(current_user, event)
    return _missing_page(found)


@blueprint.post("/events/<event>/manage/surveys")
@access("organizer")
@limiter.limit(writes)
def send_reminders(event: str) -> AnyResponse:
    """Mail the leads of the ticked teams what is missing."""
    found = organized_event(current_user, event)
    at, asked = now(), set(request.form.getlist("teams"))
    lock(found)
    states = [state for state in team_states(found, at) if state.team.slug in asked]
    actor = web_actor(person(), found)
    reminded = remind(found, states, actor=actor, links=links(), at=at)
    db.session.commit()
    if reminded:
        flash(f"Reminders are on their way: {', '.join(t.name for t in reminded)}.", "success")
    else:
        flash("Nobody was written to: tick teams that miss something and have leads.", "warning")
    return redirect(url_for("survey.missing", event=found.slug), 303)


def _form(event: Event, team: Team) -> SurveyForm:
    teams = _others(event, team)
    values = survey_values(team, survey_of(team), others_of(team), teams, _meetpad(event, team))
    # What was typed comes with the post, or in the address after signing in again.
    typed = request.form if request.method == "POST" else request.args
    if request.method == "GET" and "call" not in typed:
        form = SurveyForm(formdata=None, data=values)
    else:
        # Boxes that are not ticked are not sent: what stood there before must not come back.
        boxes = {"windows", "apart", "joint"}
        kept = {name: value for name, value in values.items() if name not in boxes}
        form = SurveyForm(formdata=typed, data=kept)
    form.offer(_windows(event), teams)
    return form


def _others(event: Event, team: Team) -> list[Team]:
    teams = sorted(teams_of(event), key=lambda other: other.name.casefold())
    return [other for other in teams if other is not team]


def _windows(event: Event) -> dict[str, str]:
    """Each code of a window with its name and the hours it has on its first day."""
    zone = reader_zone(event.timezone)
    found: dict[str, str] = {}
    for window in event.windows:
        if window.code not in found:
            hours = f"{clock(window.starts_at, zone)}-{clock(window.ends_at, zone)} {zone}"
            found[window.code] = f"{window.code} {window.name}".strip() + f", {hours}"
    return found


def _meetpad(event: Event, team: Team) -> str:
    return links().meetpad(event.eventid, team.slug)


def _may_invite(event: Event, team: Team) -> bool:
    return is_organizer(person(), event) or leads(person(), leading(team))


def _thanks(team: Team, deputies: int, *, first: bool) -> str:
    said = f"Thank you: the survey of {team.name} is {'sent' if first else 'saved'}."
    if deputies:
        said += f" {deputies} invitation{'' if deputies == 1 else 's'} on the way."
    return said


def _survey_page(
    event: Event,
    team: Team,
    form: SurveyForm,
    *,
    problems: list[str] | None = None,
    status: int = 200,
) -> Response:
    others = others_of(team)
    page = render_template(
        "survey/survey.html",
        event=event,
        team=team,
        form=form,
        leading=names(each.user for each in leading(team)),
        invited=[each.email for each in pending(event, team)],
        may_invite=_may_invite(event, team),
        organizes=is_organizer(person(), event),
        others={other.id: other for other in _others(event, team)},
        asked=others,
        meetpad=_meetpad(event, team),
        pad=etherpad_link(links(), event, team) if not team.etherpad_url else None,
        problems=problems or [],
        zone=reader_zone(event.timezone),
    )
    return make_response(page, status)


def _missing_page(event: Event) -> Response:
    at = now()
    states = team_states(event, at)
    every = request.args.get("all") == "1"
    incomplete = [state for state in states if state.missing]
    page = render_template(
        "survey/missing.html",
        event=event,
        states=states if every else incomplete,
        every=every,
        count=len(states),
        complete=len(states) - len(incomplete),
        remindable={
            state.team.id
            for state in incomplete
            if event.status == EventStatus.PUBLISHED and may_remind(state, at)
        },
        zone=reader_zone(event.timezone),
        at=at,
    )
    return make_response(page)
