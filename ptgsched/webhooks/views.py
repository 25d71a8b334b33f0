"""Organizers' pages of webhooks: the list, one with its deliveries, and its secret shown once."""

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
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.models import Event
from ptgsched.setup.deleting import require_name_typed
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.limits import limiter, writes
from ptgsched.web.personal import personal
from ptgsched.web.zones import reader_zone
from ptgsched.webhooks import operations, queries
from ptgsched.webhooks.forms import WebhookForm
from ptgsched.webhooks.models import Webhook

blueprint = Blueprint("webhooks", __name__)


@blueprint.get("/events/<event>/manage/webhooks/")
@access("organizer")
def webhooks(event: str) -> Response:
    """All of them, and the form of a new one."""
    return _list_page(organized_event(current_user, event), WebhookForm(), [], 200)


@blueprint.post("/events/<event>/manage/webhooks/")
@access("organizer")
@personal
@limiter.limit(writes)
def add(event: str) -> Response:
    """Add one and show its secret in the answer itself: no page can later."""
    found = organized_event(current_user, event)
    form = WebhookForm()
    if not form.validate_on_submit():
        return _list_page(found, form, [], 422)
    try:
        webhook = operations.add(found, *form.given, actor=_actor(found), at=now())
    except (Invalid, Conflict) as error:
        db.session.rollback()
        return _list_page(found, form, form.take(error), status_of(error))
    secret = webhook.secret
    db.session.commit()
    return _secret_page(webhook, secret)


@blueprint.get("/events/<event>/manage/webhooks/<int:number>")
@access("organizer")
def webhook(event: str, number: int) -> Response:
    """One: its address, its deliveries with their answers."""
    hook = queries.webhook_of(organized_event(current_user, event), number)
    return _page(hook, WebhookForm(data={"url": hook.url, "about": hook.about}), [], 200)


@blueprint.post("/events/<event>/manage/webhooks/<int:number>")
@access("organizer")
@limiter.limit(writes)
def change(event: str, number: int) -> AnyResponse:
    """Another address, or other changes."""
    found = organized_event(current_user, event)
    hook = queries.webhook_of(found, number)
    form = WebhookForm()
    if not form.validate_on_submit():
        return _page(hook, form, [], 422)
    try:
        operations.change(hook, *form.given, actor=_actor(found), at=now())
    except Invalid as error:
        db.session.rollback()
        return _page(hook, form, form.take(error), 422)
    db.session.commit()
    flash("The webhook is saved.", "success")
    return _back(found, number)


@blueprint.post("/events/<event>/manage/webhooks/<int:number>/ping")
@access("organizer")
@limiter.limit(writes)
def ping(event: str, number: int) -> AnyResponse:
    """Send it a delivery that tells nothing."""
    found = organized_event(current_user, event)
    operations.ping(queries.webhook_of(found, number), at=now())
    db.session.commit()
    flash("A test is on its way; its answer is below in a moment.", "success")
    return _back(found, number)


@blueprint.post("/events/<event>/manage/webhooks/<int:number>/switch")
@access("organizer")
@limiter.limit(writes)
def switch(event: str, number: int) -> AnyResponse:
    """On, or off."""
    found = organized_event(current_user, event)
    hook = queries.webhook_of(found, number)
    if request.form.get("to") == "on":
        operations.switch_on(hook, actor=_actor(found), at=now())
        flash("It is on, and goes on where it stopped.", "success")
    else:
        operations.switch_off(hook, actor=_actor(found), at=now())
        flash("It is off. What happens meanwhile is told when you switch it on.", "success")
    db.session.commit()
    return _back(found, number)


@blueprint.post("/events/<event>/manage/webhooks/<int:number>/secret")
@access("organizer")
@personal
@limiter.limit(writes)
def renew_secret(event: str, number: int) -> Response:
    """Draw a new secret and show it in the answer itself."""
    found = organized_event(current_user, event)
    hook = queries.webhook_of(found, number)
    secret = operations.renew_secret(hook, actor=_actor(found), at=now())
    db.session.commit()
    return _secret_page(hook, secret)


@blueprint.post("/events/<event>/manage/webhooks/<int:number>/delete")
@access("organizer")
@limiter.limit(writes)
def delete(event: str, number: int) -> AnyResponse:
    """Drop it, when the name of its host is typed."""
    found = organized_event(current_user, event)
    hook = queries.webhook_of(found, number)
    try:
        require_name_typed(operations.host_of(hook.url))
    except Invalid as error:
        form = WebhookForm(formdata=None, data={"url": hook.url, "about": hook.about})
        return _page(hook, form, [error.message], 422)
    operations.delete(hook, actor=_actor(found), at=now())
    db.session.commit()
    flash("The webhook is deleted.", "success")
    return redirect(url_for("webhooks.webhooks", event=found.slug), 303)


@blueprint.post("/events/<event>/manage/webhooks/<int:number>/deliveries/<uid>/replay")
@access("organizer")
@limiter.limit(writes)
def replay(event: str, number: int, uid: str) -> AnyResponse:
    """Send a delivery again."""
    found = organized_event(current_user, event)
    delivery = queries.delivery_of(queries.webhook_of(found, number), uid)
    operations.replay(delivery, at=now())
    db.session.commit()
    flash("It is sent again; its answer is below in a moment.", "success")
    return _back(found, number)


def _actor(event: Event) -> Actor:
    return web_actor(current_user, event)


def _back(event: Event, number: int) -> AnyResponse:
    return redirect(url_for("webhooks.webhook", event=event.slug, number=number), 303)


def _list_page(event: Event, form: WebhookForm, problems: list[str], status: int) -> Response:
    page = render_template(
        "webhooks/list.html",
        event=event,
        form=form,
        problems=problems,
        standings=queries.webhooks_of(event),
        host_of=operations.host_of,
        zone=reader_zone(event.timezone),
    )
    return make_response(page, status)


def _page(hook: Webhook, form: WebhookForm, problems: list[str], status: int) -> Response:
    page = render_template(
        "webhooks/webhook.html",
        event=hook.event,
        hook=hook,
        host=operations.host_of(hook.url),
        form=form,
        problems=problems,
        deliveries=queries.newest_deliveries(hook),
        typed=request.form.get("name", ""),
        zone=reader_zone(hook.event.timezone),
    )
    return make_response(page, status)


def _secret_page(hook: Webhook, secret: str) -> Response:
    page = render_template(
        "webhooks/secret.html",
        event=hook.event,
        hook=hook,
        host=operations.host_of(hook.url),
        secret=secret,
    )
    return make_response(page, 201)
