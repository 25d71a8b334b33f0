"""Who leads a team, who runs an event, and accepting an invitation to either."""

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

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.sign_in import person, sign_in
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound
from ptgsched.events.models import Event
from ptgsched.invitations import operations, policy, queries
from ptgsched.invitations.forms import InviteForm, NewcomerForm, TeamInviteForm
from ptgsched.invitations.models import Invitation, Invited
from ptgsched.teams.models import Membership, Team
from ptgsched.teams.permissions import (
    is_organizer,
    organized_event,
    require_lead,
    team_of,
    visible_event,
    web_actor,
)
from ptgsched.web.access import access
from ptgsched.web.context import links, now, settings
from ptgsched.web.errors import status_of
from ptgsched.web.limits import address, limiter, signins, writes
from ptgsched.web.personal import personal
from ptgsched.web.zones import reader_zone

blueprint = Blueprint("invitations", __name__)

REFUSALS = (Invalid, Conflict, NotFound)
SENT = "An invitation is on its way to {}. It holds for two weeks."


@blueprint.get("/events/<event>/teams/<team>/people")
@access("lead")
def team(event: str, team: str) -> AnyResponse:
    """Who leads the team and who is invited to."""
    found, who = _led(event, team)
    return _team_page(found, who, TeamInviteForm(formdata=None))


@blueprint.post("/events/<event>/teams/<team>/people")
@access("lead")
@limiter.limit(writes)
def change_team(event: str, team: str) -> AnyResponse:
    """Invite, send again, take back, hand over, take away: whichever button was pressed."""
    found, who = _led(event, team)
    form = TeamInviteForm()
    if request.form.get("do") == "invite" and not form.validate_on_submit():
        return _team_page(found, who, form, status=422)
    operations.hold(found)
    try:
        said = _team_deed(found, who, form)
        db.session.commit()
    except REFUSALS as error:
        db.session.rollback()
        problems = form.take(error)
        return _team_page(found, who, form, problems=problems, status=status_of(error))
    flash(said, "success")
    if not (is_organizer(person(), found) or _is_leading(who)):
        return redirect(url_for("schedule.team", event=found.slug, team=who.slug), 303)
    return redirect(url_for("invitations.team", event=found.slug, team=who.slug), 303)


@blueprint.get("/events/<event>/manage/organizers")
@access("organizer")
def organizers(event: str) -> AnyResponse:
    """Who runs the event."""
    found = organized_event(current_user, event)
    return _organizers_page(found, InviteForm(formdata=None))


@blueprint.post("/events/<event>/manage/organizers")
@access("organizer")
@limiter.limit(writes)
def change_organizers(event: str) -> AnyResponse:
    """Invite, send again, take back, take away."""
    found = organized_event(current_user, event)
    form = InviteForm()
    if request.form.get("do") == "invite" and not form.validate_on_submit():
        return _organizers_page(found, form, status=422)
    operations.hold(found)
    try:
        said = _organizers_deed(found, form)
        db.session.commit()
    except REFUSALS as error:
        db.session.rollback()
        problems = form.take(error)
        return _organizers_page(found, form, problems=problems, status=status_of(error))
    flash(said, "success")
    if not is_organizer(person(), found):
        return redirect(url_for("events.index"), 303)
    return redirect(url_for("invitations.organizers", event=found.slug), 303)


@blueprint.get("/invitations/<token>")
@access("public")
@personal
def invitation(token: str) -> AnyResponse:
    """What is offered, and the ways to take it; nothing is used up by looking."""
    found = queries.by_secret(token, now())
    return _invitation_page(found, token, NewcomerForm(formdata=None))


@blueprint.post("/invitations/<token>")
@access("public")
@personal
@limiter.limit(signins, key_func=address)
def accept(token: str) -> AnyResponse:
    """Take the role: as who is signed in, or with a new account."""
    at = now()
    if current_user.is_authenticated:
        user = person()
        actor = Actor("person", "web", user_id=user.id)
        taken = operations.accept(token, user, actor=actor, at=at)
        db.session.commit()
        return _taken(taken)
    found = queries.by_secret(token, at)
    form = NewcomerForm()
    if not settings().takes_passwords or not form.validate_on_submit():
        return _invitation_page(found, token, form, status=422)
    try:
        taken, user = operations.accept_as_new(
            token, name=form.name.data or "", password=form.password.data or "", at=at
        )
        db.session.commit()
    except (Invalid, Conflict) as error:
        db.session.rollback()
        found = queries.by_secret(token, at)
        problems = form.take(error)
        status = status_of(error)
        return _invitation_page(found, token, form, problems=problems, status=status)
    sign_in(user)
    return _taken(taken)


def _led(event: str, team: str) -> tuple[Event, Team]:
    found = visible_event(current_user, event)
    who = team_of(found, team)
    require_lead(current_user, found, who)
    return found, who


def _is_leading(team: Team) -> bool:
    return any(each.user_id == person().id for each in queries.leading(team))


def _team_deed(event: Event, team: Team, form: TeamInviteForm) -> str:
    """Do what the pressed button says; returns what was done, in words."""
    user, at, do = person(), now(), request.form.get("do")
    actor = web_actor(user, event, team)
    leading = queries.leading(team)
    organizes = is_organizer(user, event)
    leads = policy.leads(user, leading)
    if do == "invite":
        role = Invited(form.role.data)
        policy.require_invite(team, role, organizes=organizes, leads=leads)
        operations.invite(
            event,
            email=form.email.data or "",
            role=role,
            team=team,
            by=user,
            actor=actor,
            links=links(),
            at=at,
            steps_down=role == Invited.LEAD and not organizes,
        )
        return SENT.format(form.email.data)
    if do in {"again", "revoke"}:
        invited = queries.invitation_of(event, team, _number("invitation"))
        policy.require_invite(team, invited.role, organizes=organizes, leads=leads)
        return _with_invitation(invited, do, actor)
    if do not in {"hand-over", "remove"}:
        raise Invalid("Nothing was asked for.")
    membership = _member(leading)
    name = membership.user.name or membership.user.email
    if do == "hand-over":
        policy.require_hand_over(user, leading, organizes=organizes)
        operations.hand_over(team, membership, by=user, actor=actor, at=at)
        return f"{name} leads {team.name} now."
    policy.require_removal(user, membership, leading, organizes=organizes)
    operations.take_role(team, membership, actor=actor, at=at)
    return f"{name} may not act for {team.name} any more."


def _organizers_deed(event: Event, form: InviteForm) -> str:
    user, at, do = person(), now(), request.form.get("do")
    actor = web_actor(user, event)
    if do == "invite":
        operations.invite(
            event,
            email=form.email.data or "",
            role=Invited.ORGANIZER,
            by=user,
            actor=actor,
            links=links(),
            at=at,
        )
        return SENT.format(form.email.data)
    if do in {"again", "revoke"}:
        invited = queries.invitation_of(event, None, _number("invitation"))
        return _with_invitation(invited, do, actor)
    if do == "remove":
        asked = _number("person")
        who = next((each for each in queries.organizers(event) if each.id == asked), None)
        if who is None:
            raise NotFound("They are no organizer of this event any more.")
        operations.take_organizer(event, who, by=user, actor=actor, at=at)
        return f"{who.name or who.email} does not run this event any more."
    raise Invalid("Nothing was asked for.")


def _with_invitation(invited: Invitation, do: str, actor: Actor) -> str:
    email = invited.email
    if do == "again":
        operations.send_again(invited, by=person(), actor=actor, links=links(), at=now())
        return SENT.format(email)
    operations.take_back(invited, actor=actor, at=now())
    return f"The invitation of {email} is taken back."


def _member(leading: list[Membership]) -> Membership:
    asked = _number("person")
    for each in leading:
        if each.user_id == asked:
            return each
    raise NotFound("They do not act for this team any more.")


def _number(name: str) -> int:
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _taken(invitation: Invitation) -> AnyResponse:
    event, team = invitation.event, invitation.team
    if team is None:
        flash(f"You organize {event.title} now.", "success")
        return redirect(url_for("manage.home", event=event.slug), 303)
    what = "lead" if invitation.role == Invited.LEAD else "are a deputy of"
    if not event.is_published and not is_organizer(person(), event):
        flash(f"You {what} {team.name} now. Its pages open when the event is published.", "success")
        return redirect(url_for("events.index"), 303)
    flash(f"You {what} {team.name} now. Next: its survey, then its hours.", "success")
    return redirect(url_for("schedule.team", event=event.slug, team=team.slug), 303)


def _team_page(
    event: Event,
    team: Team,
    form: TeamInviteForm,
    *,
    problems: list[str] | None = None,
    status: int = 200,
) -> Response:
    leading = queries.leading(team)
    page = render_template(
        "invitations/team.html",
        event=event,
        team=team,
        form=form,
        leading=leading,
        pending=queries.pending(event, team),
        organizes=is_organizer(person(), event),
        leads=policy.leads(person(), leading),
        problems=problems or [],
        zone=reader_zone(event.timezone),
        at=now(),
    )
    return make_response(page, status)


def _organizers_page(
    event: Event, form: InviteForm, *, problems: list[str] | None = None, status: int = 200
) -> Response:
    page = render_template(
        "invitations/organizers.html",
        event=event,
        form=form,
        people=queries.organizers(event),
        pending=queries.pending(event, None),
        problems=problems or [],
        zone=reader_zone(event.timezone),
        at=now(),
    )
    return make_response(page, status)


def _invitation_page(
    invitation: Invitation,
    token: str,
    form: NewcomerForm,
    *,
    problems: list[str] | None = None,
    status: int = 200,
) -> Response:
    page = render_template(
        "invitations/invitation.html",
        invitation=invitation,
        token=token,
        form=form,
        takes_passwords=settings().takes_passwords,
        problems=problems or [],
        zone=reader_zone(invitation.event.timezone),
    )
    return make_response(page, status)
