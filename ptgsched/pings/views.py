"""Ping me: the page, the button on a team's page, and what a browser asks for its notices."""

from __future__ import annotations

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ptgsched.db import db
from ptgsched.errors import Invalid
from ptgsched.events.models import Event
from ptgsched.pings import operations, queries
from ptgsched.pings.forms import PingForm
from ptgsched.pings.models import Ping
from ptgsched.pings.queries import Person
from ptgsched.registrations import privacy, visitor
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of, visible_event
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.limits import limiter, writes
from ptgsched.web.navigation import own_path
from ptgsched.web.personal import personal

blueprint = Blueprint("pings", __name__)

WHO = "Sign in, or open the link in the mail about your registration: then we know whom to tell."


def init_app(app: Flask) -> None:
    """Serve the pages, let pages of teams offer the button, and tell people what we keep."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(can_be_pinged=can_be_pinged, is_pinged_for=is_pinged_for)
    privacy.keeps_too("pinged_for", queries.wish_of)


def person_here(event: Event) -> Person | None:
    """Who asks: somebody with an account, or registered for the event; None for a stranger."""
    if current_user.is_authenticated:
        return Person(user=current_user)
    registration = visitor.mine(event)
    return None if registration is None else Person(registration=registration)


def can_be_pinged(event: Event) -> bool:
    """Whether we know whom to tell."""
    return person_here(event) is not None


def is_pinged_for(event: Event, team: Team) -> bool:
    """Whether the reader is told of this team's topics."""
    person = person_here(event)
    ping = queries.ping_of(event, person) if person else None
    return ping is not None and any(one.id == team.id for one in ping.teams)


@blueprint.get("/events/<event>/pings")
@access("public")
@personal
def pings(event: str) -> Response:
    """What I am told of."""
    found = visible_event(current_user, event)
    person = person_here(found)
    ping = queries.ping_of(found, person) if person else None
    form = PingForm(formdata=None, data=_values(ping))
    return _page(found, person, form, [], 200)


@blueprint.post("/events/<event>/pings")
@access("public")
@personal
@limiter.limit(writes)
def save(event: str) -> AnyResponse:
    """Be told of this from now on."""
    found = visible_event(current_user, event)
    person = person_here(found)
    if person is None:
        flash(WHO, "info")
        return redirect(url_for("pings.pings", event=found.slug), 303)
    form = PingForm()
    form.offer(teams_of(found))
    if not form.validate_on_submit():
        return _page(found, person, form, [], 422)
    try:
        ping = operations.save(
            found,
            person,
            teams=form.teams.data or (),
            pattern=form.pattern.data or "",
            by_mail=bool(form.by_mail.data),
        )
    except Invalid as error:
        db.session.rollback()
        return _page(found, person, form, form.take(error), 422)
    said = "You are told of nothing any more." if ping.is_empty else "Saved: you will be told."
    db.session.commit()
    flash(said, "success")
    return redirect(url_for("pings.pings", event=found.slug), 303)


@blueprint.post("/events/<event>/teams/<team>/ping")
@access("public")
@personal
@limiter.limit(writes)
def ping_team(event: str, team: str) -> AnyResponse:
    """Be told of one team's topics, or no more (``wanted=0``)."""
    found = visible_event(current_user, event)
    person = person_here(found)
    if person is None:
        flash(WHO, "info")
        return redirect(url_for("pings.pings", event=found.slug), 303)
    wanted = request.form.get("wanted", "1") == "1"
    name = operations.follow(found, person, team, wanted=wanted).name
    db.session.commit()
    if wanted:
        flash(f"You are told, once each, when a topic of {name} becomes now.", "success")
    else:
        flash(f"You are told of {name} no more.", "success")
    home = url_for("schedule.team", event=found.slug, team=team)
    return redirect(own_path(request.form.get("next")) or home, 303)


@blueprint.get("/events/<event>/pings/news")
@access("public")
@personal
def news(event: str) -> Response:
    """What this person was told after the number ``after``; without it only the last number."""
    found = visible_event(current_user, event)
    person = person_here(found)
    ping = queries.ping_of(found, person) if person else None
    after = request.args.get("after", "")
    if ping is None:
        return jsonify(last=0, told=[])
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        return jsonify(last=queries.last_told(ping), told=[])
    told = queries.told_after(ping, int(after), now())
    return jsonify(
        last=told[-1].id if told else int(after),
        told=[{"id": row.id, "team": row.team, "text": row.text} for row in told],
    )


def _values(ping: Ping | None) -> dict[str, object]:
    if ping is None:
        return {"by_mail": True}
    slugs = [team.slug for team in ping.teams]
    return {"teams": slugs, "pattern": ping.pattern or "", "by_mail": ping.by_mail}


def _page(
    event: Event, person: Person | None, form: PingForm, problems: list[str], status: int
) -> Response:
    form.offer(teams_of(event))
    page = render_template(
        "pings/page.html", event=event, person=person, form=form, problems=problems
    )
    return make_response(page, status)
