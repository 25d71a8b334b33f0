"""Organizers decide how long people's data are kept, and can make them anonymous sooner."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response as AnyResponse
from wtforms import IntegerField, StringField
from wtforms.validators import NumberRange, Optional

from ptgsched.db import db
from ptgsched.errors import PtgschedError
from ptgsched.events.models import Event
from ptgsched.registrations import privacy
from ptgsched.registrations.blueprint import blueprint
from ptgsched.registrations.models import Registration
from ptgsched.registrations.policy import event_end
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.forms import BaseForm
from ptgsched.web.limits import limiter, writes
from ptgsched.web.zones import reader_zone


class RetentionForm(BaseForm):
    """For how long."""

    days = IntegerField(
        "Days after the end of the event",
        validators=[
            Optional(),
            NumberRange(0, privacy.MOST_DAYS, f"From 0 to {privacy.MOST_DAYS} days."),
        ],
        description="Empty: without end, which few laws allow.",
        render_kw={"inputmode": "numeric"},
    )


class AnonymiseForm(BaseForm):
    """Now, for whoever types the name of the event."""

    name = StringField("Name of the event", render_kw={"autocomplete": "off"})


@blueprint.get("/events/<event>/manage/registrations/privacy")
@access("organizer")
def privacy_page(event: str) -> str:
    """How long data are kept, and what stays afterwards."""
    found = organized_event(current_user, event)
    return _page(found, RetentionForm(data={"days": privacy.days_kept(found)}), AnonymiseForm())


@blueprint.post("/events/<event>/manage/registrations/privacy")
@access("organizer")
@limiter.limit(writes)
def keep_for(event: str) -> AnyResponse:
    """Set for how long."""
    found = organized_event(current_user, event)
    form = RetentionForm()
    if not form.validate():
        return _refused(found, form, AnonymiseForm(formdata=None))
    try:
        actor = web_actor(current_user, found)
        privacy.keep_for(found, form.days.data, actor=actor, at=now())
        db.session.commit()
    except PtgschedError as error:
        db.session.rollback()
        form.take(error)
        return _refused(organized_event(current_user, event), form, AnonymiseForm(formdata=None))
    flash("It is saved for how long registrations are kept.", "success")
    return redirect(url_for("registrations.privacy_page", event=found.slug), 303)


@blueprint.post("/events/<event>/manage/registrations/anonymise")
@access("organizer")
@limiter.limit(writes)
def anonymise(event: str) -> AnyResponse:
    """Make them anonymous at once."""
    found = organized_event(current_user, event)
    form = AnonymiseForm()
    form.validate()
    if now() < event_end(found):
        form.name.errors = ["The event is not over: its people still need their registrations."]
    elif (form.name.data or "").strip() != found.title:
        form.name.errors = [f"Type {found.title} to make its registrations anonymous."]
    if form.errors:
        kept = RetentionForm(formdata=None, data={"days": privacy.days_kept(found)})
        return _refused(found, kept, form)
    number = privacy.anonymise(found, actor=web_actor(current_user, found), at=now())
    db.session.commit()
    flash(f"{number} registrations are anonymous now; the counts are as they were.", "success")
    return redirect(url_for("registrations.privacy_page", event=found.slug), 303)


def _refused(event: Event, retention: RetentionForm, anonymous: AnonymiseForm) -> Response:
    return make_response(_page(event, retention, anonymous), 422)


def _page(event: Event, retention: RetentionForm, anonymous: AnonymiseForm) -> str:
    counted = select(func.count()).select_from(Registration)
    here = Registration.event_id == event.id
    named = db.session.scalar(counted.where(here, Registration.email.is_not(None))) or 0
    return render_template(
        "manage/privacy.html",
        event=event,
        retention=retention,
        anonymous=anonymous,
        until=privacy.ends_at(event),
        named=named,
        nameless=(db.session.scalar(counted.where(here)) or 0) - named,
        is_over=now() >= event_end(event),
        zone=reader_zone(event.timezone),
        zone_at=now(),
        at=now(),
    )
