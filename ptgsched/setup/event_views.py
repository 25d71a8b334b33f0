"""Begin an event: from a template, or as a copy of an earlier one."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.sign_in import person
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.models import Event
from ptgsched.events.queries import organized_ids
from ptgsched.setup.blueprint import blueprint
from ptgsched.setup.event_forms import BeginForm, CopyForm, NewEventForm, copy_values
from ptgsched.setup.events import (
    begin_event,
    copy_event,
    invite_organizers,
    require_creator,
    told_apart,
)
from ptgsched.teams.permissions import visible_event
from ptgsched.web.access import access
from ptgsched.web.context import links, now
from ptgsched.web.limits import limiter, writes


@blueprint.route("/events/new", methods=["GET", "POST"])
@access("signed_in")
@limiter.limit(writes, methods=["POST"])
def new_event() -> Response:
    """Begin an event from a template, or choose one to copy."""
    copied = copyable()
    if not current_user.is_admin:
        if not copied:
            require_creator(person(), None)
        return make_response(render_template("manage/new_event.html", form=None, copied=copied))
    form = NewEventForm(timezone="UTC")
    problems: list[str] = []
    if form.validate_on_submit():
        try:
            known, invited = told_apart(form.addresses, person())
            made = begin_event(
                form.short_name,
                title=form.title.data or "",
                kind=form.template.data,
                starts_on=form.starts_on.data,  # type: ignore[arg-type]  # it is required
                ends_on=form.ends_on.data,  # type: ignore[arg-type]  # likewise
                timezone=form.timezone.data or "UTC",
                organizers=known,
                actor=_actor(),
                at=now(),
            )
            _invite(made, invited)
            db.session.commit()
            return _begun(made)
        except (Invalid, Conflict) as error:
            problems = _take(form, error)
    page = render_template("manage/new_event.html", form=form, copied=copied, problems=problems)
    return make_response(page, 422 if form.is_submitted() else 200)


@blueprint.route("/events/<event>/copy", methods=["GET", "POST"])
@access("signed_in")
@limiter.limit(writes, methods=["POST"])
def copy(event: str) -> Response:
    """Begin an event as a copy of this one."""
    source = visible_event(current_user, event)
    require_creator(person(), source)
    form = CopyForm(**copy_values(source))
    problems: list[str] = []
    if form.validate_on_submit():
        try:
            known, invited = told_apart(form.addresses, person())
            made = copy_event(
                source,
                form.short_name,
                title=form.title.data or "",
                starts_on=form.starts_on.data,  # type: ignore[arg-type]  # it is required
                timezone=form.timezone.data or source.timezone,
                parts=form.parts(),
                organizers=known,
                actor=_actor(),
                at=now(),
            )
            _invite(made, invited)
            db.session.commit()
            return _begun(made)
        except (Invalid, Conflict) as error:
            problems = _take(form, error)
            source = visible_event(current_user, event)
    page = render_template("manage/copy_event.html", form=form, source=source, problems=problems)
    return make_response(page, 422 if form.is_submitted() else 200)


def copyable() -> list[Event]:
    """The events that this person may copy, the latest first."""
    query = select(Event).order_by(Event.starts_on.desc(), Event.slug)
    if not current_user.is_admin:
        query = query.where(Event.id.in_(organized_ids(current_user.id)))
    return list(db.session.scalars(query))


def _actor() -> Actor:
    label = "admin" if current_user.is_admin else "organizer"
    return Actor(label, "web", user_id=current_user.id)


def _invite(event: Event, emails: list[str]) -> None:
    invite_organizers(event, emails, by=person(), actor=_actor(), links=links(), at=now())


def _begun(event: Event) -> Response:
    flash(f"{event.title} is begun, as a draft that only its organizers see.", "success")
    return redirect(url_for("manage.home", event=event.slug), 303)


def _take(form: BeginForm, error: Invalid | Conflict) -> list[str]:
    """Take back what was begun; show what is wrong at its field."""
    db.session.rollback()
    if error.code == "slug_taken":
        form.slug.errors = [*form.slug.errors, f"{error.message} Choose another short name."]
        return []
    if isinstance(error, Invalid):
        names = {"start": "starts_on", "end": "ends_on"}
        error.fields = {names.get(name, name): said for name, said in error.fields.items()}
    return form.take(error)
