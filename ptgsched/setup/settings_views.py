"""Settings of an event, its links, and whether it is published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, PtgschedError, Stale
from ptgsched.events.models import Event, EventStatus, Window
from ptgsched.schedule import queries
from ptgsched.setup.blueprint import blueprint
from ptgsched.setup.days import Consequences, change_days, consequences
from ptgsched.setup.deleting import require_name_typed
from ptgsched.setup.preview import in_days
from ptgsched.setup.settings import TRANSITIONS, change_event
from ptgsched.setup.settings_forms import SettingsForm, settings_values
from ptgsched.setup.undo_views import undoable
from ptgsched.teams.permissions import organized_event, teams_of, web_actor
from ptgsched.timezones import local_date
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.limits import limiter, writes
from ptgsched.web.zones import reader_zone

REFUSALS = (Invalid, Conflict, Stale)
BLANK_LINKS = 3  # rows to fill in, besides those that are


@blueprint.route("/events/<event>/manage/settings", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def settings(event: str) -> Response:
    """Title, days, zone, rules; other days say first what falls, and ask."""
    found = organized_event(current_user, event)
    form = SettingsForm(data=settings_values(found))
    if not form.is_submitted():
        return _settings_page(found, form)
    if not form.validate():
        return _settings_page(found, form, status=422)
    since, days = found.cursor, (found.starts_on, found.ends_on)
    try:
        meant = _meant(found, form)
        if meant.asks and not request.form.get("agreed"):
            return _settings_page(found, form, meant=meant, status=409)
        if meant.going or meant.falling:
            require_name_typed(found.slug)
        _change(found, form)
        db.session.commit()
    except REFUSALS as error:
        return _refused(event, form, error)
    said = "The settings are saved."
    same_days = days == (found.starts_on, found.ends_on)
    flash(undoable(found, said, since) if same_days else said, "success")
    return redirect(url_for("setup.settings", event=event), 303)


@blueprint.route("/events/<event>/manage/links", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def links(event: str) -> Response:
    """Addresses that everybody sees with the event."""
    found = organized_event(current_user, event)
    rows = [*found.links.items(), *[("", "")] * BLANK_LINKS]
    if request.method == "GET":
        return make_response(render_template("manage/links.html", event=found, rows=rows))
    rows = list(zip(request.form.getlist("label"), request.form.getlist("address"), strict=False))
    since = found.cursor
    try:
        given = {"links": _links(rows)}
        change_event(found, given, actor=web_actor(current_user, found), at=now())
        db.session.commit()
    except REFUSALS as error:
        db.session.rollback()
        found = organized_event(current_user, event)
        said = error.fields.get("links", [error.message]) if isinstance(error, Invalid) else None
        page = render_template(
            "manage/links.html", event=found, rows=rows, problems=said or [error.message]
        )
        return make_response(page, status_of(error))
    flash(undoable(found, "The links are saved.", since), "success")
    return redirect(url_for("setup.links", event=event), 303)


@blueprint.get("/events/<event>/manage/status")
@access("organizer")
def status(event: str) -> str:
    """Draft, published or archived: what each means, and the ways from here."""
    found = organized_event(current_user, event)
    known = queries.bookings(found, cancelled=True)
    return render_template(
        "manage/status.html",
        event=found,
        ways=TRANSITIONS[found.status],
        bookings=sum(booking.is_confirmed for booking in known),
        known=bool(known),
        teams=len(teams_of(found)),
        is_over=local_date(now(), found.timezone) > found.ends_on,
    )


@blueprint.post("/events/<event>/manage/status/<status>")
@access("organizer")
@limiter.limit(writes)
def set_status(event: str, status: str) -> Response:
    """Publish it, archive it, or take it back; the toast undoes it."""
    found = organized_event(current_user, event)
    before = found.status
    change_event(found, {"status": status}, actor=web_actor(current_user, found), at=now())
    db.session.commit()
    if before != status:
        said = _SAID[EventStatus(status)]
        back = url_for("setup.set_status", event=event, status=before)
        can_undo = before in TRANSITIONS[status]
        toast: Any = {"text": said, "post": back, "label": "Undo"} if can_undo else said
        flash(toast, "success")
    return redirect(url_for("manage.home", event=event), 303)


_SAID = {
    EventStatus.DRAFT: "It is a draft again: only organizers see it.",
    EventStatus.PUBLISHED: "It is published: everybody sees it.",
    EventStatus.ARCHIVED: "It is archived: everybody sees it, nobody books.",
}


def _links(rows: Sequence[tuple[str, str]]) -> dict[str, str]:
    """By label, those with an address; raises Invalid for one without label, or named twice."""
    found: dict[str, str] = {}
    for label, address in rows:
        if not address.strip():
            continue
        if not label.strip():
            said = f"{address.strip()[:80]} needs a name that readers see."
            raise Invalid(said, fields={"links": [said]})
        if label.strip() in found:
            said = f"There are two links called {label.strip()[:80]!r}."
            raise Invalid(said, fields={"links": [said]})
        found[label.strip()] = address
    return found


def _meant(event: Event, form: SettingsForm) -> Consequences:
    return consequences(
        event,
        form.starts_on.data,  # type: ignore[arg-type]  # it is required
        form.ends_on.data,  # type: ignore[arg-type]  # likewise
        form.how.data,
        fill=bool(form.fill.data),
        at=now(),
    )


def _change(event: Event, form: SettingsForm) -> None:
    actor = web_actor(current_user, event)
    change_days(
        event,
        form.starts_on.data,  # type: ignore[arg-type]  # it is required
        form.ends_on.data,  # type: ignore[arg-type]  # likewise
        form.how.data,
        fill=bool(form.fill.data),
        seen=request.form.getlist("seen"),
        reason=request.form.get("reason", ""),
        actor=actor,
        at=now(),
    )
    change_event(event, form.facts(), actor=actor, at=now())


def _by_code(windows: Sequence[Window]) -> list[str]:
    """``B on Mon 26 to Tue 27 Oct``: windows of one code together."""
    days: dict[str, list[date]] = {}
    for window in windows:
        days.setdefault(window.code, []).append(window.day)
    return [f"{code} on {in_days(found)}" for code, found in days.items()]


def _refused(event: str, form: SettingsForm, error: PtgschedError) -> Response:
    """The same page with everything typed, what is wrong, and what it would mean now."""
    db.session.rollback()
    found = organized_event(current_user, event)
    problems = form.take(error)
    try:
        meant = _meant(found, form)
    except Invalid:
        meant = None
    return _settings_page(found, form, meant=meant, problems=problems, status=status_of(error))


def _settings_page(
    event: Event,
    form: SettingsForm,
    *,
    meant: Consequences | None = None,
    problems: Sequence[str] = (),
    status: int = 200,
) -> Response:
    page = render_template(
        "manage/settings.html",
        event=event,
        form=form,
        meant=meant if meant is not None and meant.asks else None,
        going=_by_code(meant.going) if meant is not None else [],
        problems=problems,
        reason=request.form.get("reason", ""),
        typed=request.form.get("name", ""),
        zone=reader_zone(event.timezone),
    )
    return make_response(page, status)
