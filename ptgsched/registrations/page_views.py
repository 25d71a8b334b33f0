"""One's own page: see, change, cancel; who knows its address is the person (CONTRACT).

Posts need no token of the session: the address itself is the secret, and since it is told to
nobody by way of a referrer, there is none to check either.
"""

from __future__ import annotations

from datetime import datetime

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ptgsched.db import begin_write, db
from ptgsched.errors import Conflict, Invalid, NotFound
from ptgsched.outbox.operations import digest_of, has_left, leave, rejoin
from ptgsched.registrations import operations, passcodes, queries, tokens, visitor
from ptgsched.registrations.blueprint import blueprint
from ptgsched.registrations.calendar import personal_subscription
from ptgsched.registrations.choices import by_project, choices
from ptgsched.registrations.details import Details, details
from ptgsched.registrations.forms import PersonForm, person_form
from ptgsched.registrations.letters import MAILINGS
from ptgsched.registrations.models import Registration
from ptgsched.registrations.policy import desk_of, event_end
from ptgsched.registrations.service import key, letters
from ptgsched.schedule.entrance import passcode_time
from ptgsched.teams.permissions import visible_event
from ptgsched.web.access import access
from ptgsched.web.context import links, now
from ptgsched.web.csrf import asks_for_itself
from ptgsched.web.limits import limiter, writes
from ptgsched.web.personal import personal
from ptgsched.web.zones import COOKIE, reader_zone, remember_zone

NOTHING = "There is no registration at this address. Look for a newer mail, or register again."


@blueprint.get("/events/<event>/registration")
@personal
@access("public")
def own(event: str) -> AnyResponse:
    """To one's own page, for whoever is known here; else to the form."""
    found = visible_event(current_user, event)
    registration = visitor.mine(found)
    if registration is None:
        return redirect(url_for("registrations.register", event=found.slug), 303)
    token = tokens.token_of(registration, "link", key())
    if token is None:
        begin_write()
        token = tokens.ensured(registration, "link", key())
        visitor.remember(registration)
        db.session.commit()
    return redirect(url_for("registrations.page", token=token), 303)


@blueprint.get("/registrations/<token>")
@personal
@access("public")
def page(token: str) -> Response:
    """What the person has said, what they follow, and what they can do."""
    registration = registration_at(token)
    operations.open_page(registration, at=now())
    if not registration.is_cancelled and tokens.token_of(registration, "feed", key()) is None:
        begin_write()
        tokens.ensured(registration, "feed", key())
    db.session.commit()
    visitor.remember(registration)
    form = person_form(registration)
    form.offer(*choices(registration.event))
    answer = _page(token, registration, form, [], 200)
    if registration.timezone and COOKIE not in request.cookies and "tz" not in request.args:
        remember_zone(answer, registration.timezone)  # the one they chose when they registered
    return answer


@blueprint.post("/registrations/<token>")
@asks_for_itself
@personal
@access("public")
@limiter.limit(writes)
def save(token: str) -> AnyResponse:
    """Keep what the person changed."""
    registration = registration_at(token)
    form = PersonForm()
    teams, projects = choices(registration.event)
    form.offer(teams, projects)
    if not form.validate():
        return _page(token, registration, form, [], 422)
    try:
        operations.update(registration, form.said(teams, projects), at=now())
        db.session.commit()
    except (Invalid, Conflict) as error:
        db.session.rollback()
        return _page(token, registration_at(token), form, form.take(error), 422)
    flash("Your registration is saved.", "success")
    return _back(token)


@blueprint.get("/registrations/<token>/cancel")
@personal
@access("public")
def ask_cancel(token: str) -> str:
    """Say what is lost."""
    registration = registration_at(token)
    return render_template(
        "registrations/cancel.html",
        event=registration.event,
        registration=registration,
        token=token,
        waiting=len(queries.waitlist(registration.event, 1)),
    )


@blueprint.post("/registrations/<token>/cancel")
@asks_for_itself
@personal
@access("public")
@limiter.limit(writes)
def cancel(token: str) -> AnyResponse:
    """Take the person off; the next on the waitlist has the place."""
    registration = registration_at(token)
    operations.cancel(registration, at=now(), letters=letters())
    db.session.commit()
    visitor.forget(registration)
    flash("Your registration is cancelled.", "success")
    return _back(token)


@blueprint.post("/registrations/<token>/rotate")
@asks_for_itself
@personal
@access("public")
@limiter.limit(writes)
def rotate(token: str) -> AnyResponse:
    """A new address for one's calendar; the old one ends."""
    registration = registration_at(token)
    if registration.is_cancelled:
        raise Conflict("This registration is cancelled; it has no calendar.")
    begin_write()
    tokens.renew(registration, "feed", key())
    db.session.commit()
    flash("Your calendar has a new address; the old one no longer answers.", "success")
    return _back(token, "calendar")


@blueprint.post("/registrations/<token>/proposal")
@asks_for_itself
@personal
@access("public")
@limiter.limit(writes)
def proposal(token: str) -> AnyResponse:
    """Take or drop what was sent under this person's address."""
    registration = registration_at(token)
    seen = _instant(request.form.get("seen", ""))
    wanted = request.form.get("take") == "1"
    said = _proposed(registration) if wanted and registration.proposal else None
    operations.take_proposal(registration, said, seen=seen, at=now())
    db.session.commit()
    flash(
        "Your registration says so now." if wanted else "Dropped; nothing was changed.", "success"
    )
    return _back(token)


@blueprint.post("/registrations/<token>/mails")
@asks_for_itself
@personal
@access("public")
@limiter.limit(writes)
def mails(token: str) -> AnyResponse:
    """Which mails the person wants beside those that tell of their own place."""
    registration = registration_at(token)
    wanted = set(request.form.getlist("mailing"))
    for mailing in MAILINGS:
        if mailing in wanted:
            rejoin(digest_of(registration.email or ""), mailing)
        else:
            leave(digest_of(registration.email or ""), mailing, at=now())
    db.session.commit()
    flash("Your choice of mails is saved.", "success")
    return _back(token, "mails")


def registration_at(token: str) -> Registration:
    """Whose page this is; raises NotFound."""
    registration = tokens.find(token, "link")
    if registration is None or not registration.event.is_published:
        raise NotFound(NOTHING)
    return registration


def _back(token: str, part: str | None = None) -> AnyResponse:
    return redirect(url_for("registrations.page", token=token, _anchor=part), 303)


def _mark(registration: Registration) -> str | None:
    """Which proposal the person sees, so that they take no other one."""
    at = registration.proposed_at
    return None if at is None else at.isoformat()


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _proposed(registration: Registration) -> Details:
    facts = dict(registration.proposal or {})
    teams, projects = choices(registration.event)
    facts["teams"] = [team for team in teams if team.slug in facts.get("teams", ())]
    facts["projects"] = [each for each in projects if each.slug in facts.get("projects", ())]
    return details(facts)


def _page(
    token: str, registration: Registration, form: PersonForm, problems: list[str], status: int
) -> Response:
    event, at = registration.event, now()
    feed = tokens.token_of(registration, "feed", key())
    tells = passcodes.may_know(registration, at)
    body = render_template(
        "registrations/page.html",
        event=event,
        registration=registration,
        token=token,
        form=form,
        problems=problems,
        groups=by_project(event),
        feed=None if feed is None else personal_subscription(event, links(), feed),
        zone=reader_zone(registration.timezone or event.timezone),
        ahead=queries.ahead(registration) if registration.is_waitlisted else 0,
        ways=passcodes.ways(event, links()) if tells else [],
        hours=passcode_time(event),
        has_private=passcodes.has_private(event),
        is_over=at >= event_end(event),
        desk=desk_of(event, at),
        at=at,
        proposed=_mark(registration),
        mailings={
            name: (label, not has_left(registration.email or "", name))
            for name, label in MAILINGS.items()
        },
    )
    return make_response(body, status)
