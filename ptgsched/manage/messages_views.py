"""Messages of the day: what everybody reads on the Now page, in chat and in feeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound, Stale
from ptgsched.events.models import Event
from ptgsched.live import operations, queries
from ptgsched.live.models import Level, Message
from ptgsched.live.operations import LONGEST_TEXT
from ptgsched.live.shapes import message_facts
from ptgsched.manage.blueprint import blueprint
from ptgsched.schedule.journal import lock
from ptgsched.schedule.models import Change
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.forms import BaseForm, line
from ptgsched.web.limits import limiter, writes

REFUSALS = (Invalid, Conflict, Stale)
LEVELS = {
    Level.INFO.value: "Information",
    Level.SUCCESS.value: "Good news",
    Level.WARNING.value: "Warning",
    Level.DANGER.value: "Urgent",
}


class MessageForm(BaseForm):
    """One line, and how loud it is."""

    text = StringField(
        "Message",
        filters=[line],
        validators=[
            InputRequired("Write what everybody should know."),
            Length(max=LONGEST_TEXT, message="At most %(max)d characters."),
        ],
        render_kw={"maxlength": LONGEST_TEXT, "autocomplete": "off"},
    )
    level = SelectField("How loud", choices=LEVELS)


@blueprint.route("/events/<event>/manage/messages/", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def messages(event: str) -> Response:
    """What is posted, in order; posting adds one."""
    found = organized_event(current_user, event)
    form = MessageForm()
    if not form.is_submitted():
        return _page(found, form)
    if not form.validate():
        return _page(found, form, status=422)
    actor = web_actor(current_user, found)
    try:
        operations.add_message(
            found, Level(form.level.data), form.text.data or "", actor=actor, at=now()
        )
        db.session.commit()
    except REFUSALS as error:
        db.session.rollback()
        found = organized_event(current_user, event)
        return _page(found, form, problems=form.take(error), status=status_of(error))
    return _done(found, "It is posted.", undo=False)


@blueprint.post("/events/<event>/manage/messages/<int:number>/<deed>")
@access("organizer")
@limiter.limit(writes)
def change_messages(event: str, number: int, deed: str) -> Response:
    """Move one up or down, or take it off; the list has to look as it did to whoever asks."""
    found = organized_event(current_user, event)
    if deed not in _DEEDS:
        raise NotFound("There is nothing at this address.")
    actor, at = web_actor(current_user, found), now()
    lock(found)
    posted = queries.messages(found)
    if request.form.get("mark") != _mark(posted):
        raise Stale("Somebody changed the messages meanwhile; look at them again.")
    if deed == "delete":
        operations.delete_message(found, number, actor=actor, at=at)
    else:
        order = list(range(1, len(posted) + 1))
        other = number - 1 if deed == "up" else number + 1
        if number not in order or other not in order:
            raise NotFound("There is no message to change places with.")
        order[number - 1], order[other - 1] = other, number
        operations.keep_messages(found, order, actor=actor, at=at)
    db.session.commit()
    return _done(found, _DEEDS[deed], undo=deed == "delete")


@blueprint.post("/events/<event>/manage/messages/restore/<int:cursor>")
@access("organizer")
@limiter.limit(writes)
def restore_message(event: str, cursor: int) -> Response:
    """Post again, in its place, what was taken off."""
    found = organized_event(current_user, event)
    lock(found)
    change = db.session.scalar(
        select(Change).where(Change.event_id == found.id, Change.cursor == cursor)
    )
    if change is None or change.action != "live.message":
        raise NotFound("There is nothing to undo.")
    if message_facts(queries.messages(found)) != change.after:
        raise Stale("The messages were changed again since; look at them before you undo.")
    before = _listed(change.before)
    there: list[Any] = _listed(change.after)
    actor, at = web_actor(current_user, found), now()
    order = []
    for each in before:
        if each not in there:
            operations.add_message(found, Level(each["level"]), each["text"], actor=actor, at=at)
            there.append(each)
        place = there.index(each)
        order.append(place + 1)
        there[place] = None  # of two that are alike each has a place of its own
    operations.keep_messages(found, order, actor=actor, at=at)
    db.session.commit()
    return _done(found, "It is posted again.", undo=False)


_DEEDS = {
    "up": "It moved up.",
    "down": "It moved down.",
    "delete": "It is taken off.",
}


def _listed(facts: Any) -> list[dict[str, str]]:
    return list((facts or {}).get("messages", []))


def _mark(posted: Sequence[Message]) -> str:
    """What the messages look like in short, so that nobody moves another one than was seen."""
    return f"{crc32(repr(message_facts(posted)).encode()):08x}"


def _done(event: Event, text: str, *, undo: bool) -> Response:
    toast: Any = text
    if undo:
        back = url_for("manage.restore_message", event=event.slug, cursor=event.cursor)
        toast = {"text": text, "post": back, "label": "Undo"}
    flash(toast, "success")
    return redirect(url_for("manage.messages", event=event.slug), 303)


def _page(
    event: Event, form: MessageForm, *, problems: Sequence[str] = (), status: int = 200
) -> Response:
    posted = queries.messages(event)
    page = render_template(
        "manage/messages.html",
        event=event,
        form=form,
        posted=posted,
        levels=LEVELS,
        mark=_mark(posted),
        problems=problems,
    )
    return make_response(page, status)
