"""Windows and their slots: listed in three zones, laid out, cut anew, taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound, PtgschedError, Stale
from ptgsched.events.models import Event, Window
from ptgsched.setup import hours
from ptgsched.setup.blueprint import blueprint
from ptgsched.setup.deleting import require_name_typed
from ptgsched.setup.hours import Pattern
from ptgsched.setup.preview import (
    Preview,
    hours_in,
    in_days,
    narrowed_rooms,
    preview,
    three_zones,
)
from ptgsched.setup.rooms import rooms_of
from ptgsched.setup.shapes import window_slug
from ptgsched.setup.window_forms import WindowForm, new_values, pattern_values
from ptgsched.setup.windows import window_of
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.limits import limiter, writes
from ptgsched.web.zones import reader_zone

REFUSALS = (Invalid, Conflict, Stale, NotFound)


@blueprint.get("/events/<event>/manage/windows/")
@access("organizer")
def windows(event: str) -> str:
    """All windows, alike ones together, with their hours in three zones."""
    found = organized_event(current_user, event)
    zones = _zones(found)
    return render_template(
        "manage/windows.html",
        event=found,
        zones=zones,
        patterns=[
            (pattern, window_slug(found, pattern.first), in_days(pattern.days))
            for pattern in hours.patterns(found)
        ],
        hours_in=hours_in,
    )


@blueprint.route("/events/<event>/manage/windows/new", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def new_window(event: str) -> Response:
    """Add one on several days at once."""
    found = organized_event(current_user, event)
    form = _form(found, hours.days_of(found), new_values(found))
    if _only_asks() or not form.validate():
        return _page(found, form, status=200 if _only_asks() else 422)
    try:
        made = hours.lay_out(
            found,
            form.plan(),
            form.chosen_days(),
            code=form.code.data or "",
            name=form.name.data or "",
            actor=web_actor(current_user, found),
            at=now(),
        )
        db.session.commit()
    except REFUSALS as error:
        return _refused(event, form, error)
    flash(f"Window {form.code.data} is added on {_count(len(made), 'day')}.", "success")
    return redirect(url_for("setup.windows", event=event), 303)


@blueprint.route("/events/<event>/manage/windows/<window>", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def window(event: str, window: str) -> Response:
    """Cut it anew, on its day and on others; says first which bookings would fall, and asks."""
    found = organized_event(current_user, event)
    pattern = hours.pattern_of(found, window_of(found, window))
    form = _change_form(found, pattern)
    if _only_asks() or not form.validate():
        return _page(found, form, pattern=pattern, status=200 if _only_asks() else 422)
    try:
        changing = _changing(found, form, pattern)
        fallen = hours.falling_at_cut(found, changing, form.plan(), now())
        if fallen and not request.form.get("agreed"):
            return _page(found, form, pattern=pattern, asking=True, status=409)
        if fallen.own:
            require_name_typed(found.slug, field="typed")
        hours.cut_anew(
            found,
            [window_slug(found, each) for each in changing],
            form.plan(),
            name=form.name.data or "",
            seen=request.form.getlist("seen"),
            reason=request.form.get("reason", ""),
            actor=web_actor(current_user, found),
            at=now(),
        )
        db.session.commit()
    except REFUSALS as error:
        return _refused(event, form, error, window)
    flash(f"Window {pattern.first.code} is saved on {_count(len(changing), 'day')}.", "success")
    return redirect(url_for("setup.windows", event=event), 303)


@blueprint.route("/events/<event>/manage/windows/<window>/delete", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def delete_window(event: str, window: str) -> Response:
    """Take the windows that are alike away, or this one alone, with what is booked in them."""
    found = organized_event(current_user, event)
    pattern = hours.pattern_of(found, window_of(found, window))
    if request.method == "GET":
        return _delete_page(found, pattern, {day.isoformat() for day in pattern.days})
    chosen = set(request.form.getlist("days"))
    going = [each for each in pattern.windows if each.day.isoformat() in chosen]
    if request.form.get("check"):
        return _delete_page(found, pattern, chosen)
    try:
        if not going:
            raise Invalid("Tick at least one day.")
        require_name_typed(pattern.first.code)
        hours.take_away(
            found,
            [window_slug(found, each) for each in going],
            seen=request.form.getlist("seen"),
            reason=request.form.get("reason", ""),
            actor=web_actor(current_user, found),
            at=now(),
        )
        db.session.commit()
    except REFUSALS as error:
        db.session.rollback()
        found = organized_event(current_user, event)
        pattern = hours.pattern_of(found, window_of(found, window))
        said = [error.message]
        return _delete_page(found, pattern, chosen, problems=said, status=status_of(error))
    flash(f"Window {pattern.first.code} is gone on {_count(len(going), 'day')}.", "success")
    return redirect(url_for("setup.windows", event=event), 303)


def _form(event: Event, days: Sequence[date], values: Mapping[str, object]) -> WindowForm:
    """The form as posted, as a link fills it, or with `values`."""
    typed = request.form if request.method == "POST" else request.args
    form = WindowForm(typed if "start" in typed else None, data=values)
    form.offer(event, days, hours.hours_zone(event))
    return form


def _change_form(event: Event, pattern: Pattern) -> WindowForm:
    same_code = [window.day for window in event.windows if window.code == pattern.first.code]
    form = _form(event, same_code, pattern_values(event, pattern))
    form.code.data = pattern.first.code
    form.code.validators = ()
    return form


def _only_asks() -> bool:
    return request.method == "GET" or bool(request.form.get("check"))


def _changing(event: Event, form: WindowForm, pattern: Pattern) -> list[Window]:
    """The windows of this code on the days that are ticked."""
    days = set(form.chosen_days())
    return [w for w in event.windows if w.code == pattern.first.code and w.day in days]


def _zones(event: Event) -> list[str]:
    return three_zones(event, reader_zone(event.timezone), request.values.getlist("in"))


def _refused(
    event: str, form: WindowForm, error: PtgschedError, window: str | None = None
) -> Response:
    """The same page with everything typed."""
    db.session.rollback()
    found = organized_event(current_user, event)
    pattern = hours.pattern_of(found, window_of(found, window)) if window else None
    asking = bool(request.form.get("agreed"))
    problems = form.take(error)
    status = status_of(error)
    return _page(found, form, pattern=pattern, asking=asking, problems=problems, status=status)


def _page(
    event: Event,
    form: WindowForm,
    *,
    pattern: Pattern | None = None,
    asking: bool = False,
    problems: Sequence[str] = (),
    status: int = 200,
) -> Response:
    seen = _preview(event, form, pattern)
    page = render_template(
        "manage/window.html",
        event=event,
        form=form,
        pattern=pattern,
        slug=window_slug(event, pattern.first) if pattern else None,
        seen=seen,
        asking=asking,
        problems=problems,
        reason=request.form.get("reason", ""),
        typed=request.form.get("typed", ""),
        zone=reader_zone(event.timezone),
    )
    return make_response(page, status)


def _preview(event: Event, form: WindowForm, pattern: Pattern | None) -> Preview:
    zones = _zones(event)
    errors = dict(form.errors)
    if "start" in request.values and not form.validate():
        said = [text for texts in form.errors.values() for text in texts]
        return Preview(zones=zones, problems=said)
    for name, texts in errors.items():  # what the operation refused stays said
        if name in form:
            form[name].errors = texts
    return preview(
        event,
        form.plan(),
        form.chosen_days(),
        code=form.code.data or "",
        zones=zones,
        changing=_changing(event, form, pattern) if pattern else (),
        at=now(),
    )


def _delete_page(
    event: Event,
    pattern: Pattern,
    chosen: set[str],
    *,
    problems: Sequence[str] = (),
    status: int = 200,
) -> Response:
    going = [each for each in pattern.windows if each.day.isoformat() in chosen]
    page = render_template(
        "manage/delete_window.html",
        event=event,
        pattern=pattern,
        slug=window_slug(event, pattern.first),
        chosen=chosen,
        going=going,
        falling=hours.falling_with(going, now()),
        narrowed=narrowed_rooms(rooms_of(event), going),
        problems=problems,
        reason=request.form.get("reason", ""),
        typed=request.form.get("name", ""),
        zone=reader_zone(event.timezone),
    )
    return make_response(page, status)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
