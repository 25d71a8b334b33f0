"""Registering; the modules named below add one's own page, stars, passcodes and lists beside it."""

from __future__ import annotations

from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from flask_limiter import RequestLimit
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ptgsched.accounts.passwords import clean_email
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.models import Event
from ptgsched.registrations import (
    export_views,
    feed_views,
    import_views,
    manage_views,
    operations,
    page_views,
    passcode_views,
    privacy_manage,
    privacy_views,
    queries,
    service,
    star_views,
    visitor,
)
from ptgsched.registrations.blueprint import blueprint
from ptgsched.registrations.choices import by_project, choices
from ptgsched.registrations.forms import RegisterForm
from ptgsched.registrations.models import Status
from ptgsched.registrations.policy import Desk, desk_of, free_places
from ptgsched.teams.permissions import visible_event
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.csrf import asks_for_itself, is_ours
from ptgsched.web.limits import address, limiter, registrations, retry_after
from ptgsched.web.zones import reader_zone

__all__ = [
    "blueprint",
    "export_views",
    "feed_views",
    "import_views",
    "manage_views",
    "page_views",
    "passcode_views",
    "privacy_manage",
    "privacy_views",
    "star_views",
]

NOT_SENT = (
    "This form was open for so long, or in so many windows, that it could not be told to be "
    "yours. What you typed is kept: look it over and send it again."
)


def _too_many(_limit: RequestLimit) -> Response:
    wait = retry_after()
    found = visible_event(current_user, str((request.view_args or {})["event"]))
    said = f"Too many registrations from your address. Wait {wait} seconds and send it again."
    response = _page(found, _form(found), [said], 429)
    response.headers["Retry-After"] = str(wait)
    return response


def init_app(app: Flask) -> None:
    """Serve registration."""
    service.init_app(app)
    app.register_blueprint(blueprint)


@blueprint.get("/events/<event>/register")
@access("public")
def register(event: str) -> Response:
    """The form, or when registration opens."""
    found = visible_event(current_user, event)
    form = _form(found)
    form.timezone.data = form.timezone.data or reader_zone("")
    return _page(found, form, [], 200)


@blueprint.post("/events/<event>/register")
@asks_for_itself
@access("public")
@limiter.limit(registrations, key_func=address, on_breach=_too_many)
def send(event: str) -> AnyResponse:
    """Register; the answer is the same whether the address is known here or not."""
    found = visible_event(current_user, event)
    form = _form(found)
    if not is_ours():
        return _page(found, form, [NOT_SENT], 400)
    if not form.validate():
        return _page(found, form, [], 422)
    done = redirect(url_for("registrations.registered", event=found.slug), 303)
    if form.is_trapped:
        return done
    teams, projects = choices(found)
    try:
        email = clean_email(form.email.data or "")
        operations.register(
            found,
            email,
            form.said(teams, projects),
            at=now(),
            letters=service.letters(),
            owner_of=_owned(found, email),
            browser=visitor.browser(),
        )
        db.session.commit()
    except (Invalid, Conflict) as error:
        db.session.rollback()
        again = _form(visible_event(current_user, event))
        return _page(found, again, again.take(error), 409 if isinstance(error, Conflict) else 422)
    return done


@blueprint.get("/events/<event>/register/done")
@access("public")
def registered(event: str) -> str:
    """What happens next; it says nothing of anybody."""
    found = visible_event(current_user, event)
    return render_template(
        "registrations/done.html",
        event=found,
        mine=visitor.mine(found),
        is_full=_free(found) == 0,
    )


def _owned(event: Event, email: str) -> int | None:
    """The registration that the visitor has shown to be theirs, if it is the one of the address."""
    own = visitor.mine(event)
    return own.id if own is not None and own.email == email else None


def _form(event: Event) -> RegisterForm:
    form = RegisterForm()
    if request.method == "GET":
        email = visitor.verified_email()
        if email is not None:
            form.email.data = email
            form.name.data = current_user.name
            form.timezone.data = current_user.timezone
    form.offer(*choices(event))
    return form


def _free(event: Event) -> int | None:
    if event.registration_capacity is None:
        return None
    if queries.count(event, Status.WAITLISTED):
        return 0
    return free_places(event, queries.count(event, Status.CONFIRMED))


def _page(event: Event, form: RegisterForm, problems: list[str], status: int) -> Response:
    desk: Desk = desk_of(event, now())
    page = render_template(
        "registrations/register.html",
        event=event,
        form=form,
        problems=problems,
        desk=desk,
        free=_free(event),
        mine=visitor.mine(event),
        zone=reader_zone(event.timezone),
        groups=by_project(event),
    )
    return make_response(page, status)
