"""Counting heads on the web: a page of its own, and the form that other pages carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from flask import (
    Blueprint,
    Flask,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response

from ptgsched.attendance import queries
from ptgsched.attendance.forms import CountForm, likely
from ptgsched.attendance.models import HeadCount
from ptgsched.attendance.operations import count_heads, say_here
from ptgsched.attendance.policy import may_say_here
from ptgsched.db import db
from ptgsched.errors import PtgschedError
from ptgsched.events.models import Event, EventStatus
from ptgsched.registrations import privacy, visitor
from ptgsched.schedule.models import Booking
from ptgsched.schedule.queries import booking_by_uid
from ptgsched.teams.permissions import (
    is_organizer,
    led_team_ids,
    require_lead,
    visible_event,
    web_actor,
)
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.limits import limiter, writes
from ptgsched.web.navigation import own_path
from ptgsched.web.zones import reader_zone

blueprint = Blueprint("attendance", __name__)

USUAL = 20  # people; where nothing is known of a session
REGISTER_FIRST = "This is for registered people: register, or open the link in your mail."


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What pages say of a session's attendance."""

    count: HeadCount | None
    may_count: bool
    choices: list[int]
    said_here: int  # how many registered people said that they are in it
    here: bool | None  # whether the reader has; None: cannot say so


def init_app(app: Flask) -> None:
    """Serve the page; give templates `presence(event, booking)`, and people what they said."""
    app.register_blueprint(blueprint)
    app.add_template_global(presence)
    privacy.keeps_too("said_to_be_in", queries.sessions_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What is asked once for all sessions of a page: who reads it, and who was where."""

    organizes: bool
    led: AbstractSet[int]  # teams
    guests: Mapping[int, int]
    said: AbstractSet[int] | None  # the sessions they said to be in; None: not registered


def presence(
    event: Event, booking: Booking, counts: Mapping[int, HeadCount] | None = None
) -> Presence | None:
    """Of a session that has begun; None of one that has not, or was released.

    `counts` saves the query where those of several sessions were read at once.
    """
    if not booking.is_confirmed or booking.starts_at > now():
        return None
    reader = _reader(event)
    count = queries.head_count(booking) if counts is None else counts.get(booking.id)
    said_here = reader.guests.get(booking.id, 0)
    can_say = reader.said is not None and may_say_here(event, booking, now())
    return Presence(
        count=count,
        may_count=event.status == EventStatus.PUBLISHED
        and (reader.organizes or booking.team_id in reader.led),
        choices=choices(booking, count, said_here),
        said_here=said_here,
        here=booking.id in (reader.said or ()) if can_say else None,
    )


def _reader(event: Event) -> Reader:
    known: dict[int, Reader] = g.setdefault("attendance_reader", {})
    if event.id not in known:
        mine = visitor.mine(event)
        known[event.id] = Reader(
            organizes=is_organizer(current_user, event),
            led=led_team_ids(current_user, event),
            guests=queries.guests(event),
            said=None if mine is None else queries.said_here(mine),
        )
    return known[event.id]


def choices(booking: Booking, count: HeadCount | None, said_here: int = 0) -> list[int]:
    """Likely figures: around the last count, else around those who are known or expected."""
    if count is not None and count.people:
        return likely(count.people)
    if said_here:
        return likely(said_here)
    expected = sum(team.expected_attendance or 0 for team in booking.teams)
    return likely(expected or USUAL)


@blueprint.route("/events/<event>/bookings/<uid>/attendance", methods=["GET", "POST"])
@access("lead", opens_filled=True)
@limiter.limit(writes, methods=["POST"])
def count(event: str, uid: str) -> Response:
    """Say how many are in a session; a later number takes the place of an earlier one."""
    found = visible_event(current_user, event)
    booking = booking_by_uid(found, uid)
    require_lead(current_user, found, booking.team)
    form = CountForm(formdata=request.values if "count" in request.values else None)
    if request.method == "GET":
        return _page(found, booking, form)
    if not form.validate():
        return _page(found, booking, form, status=422)
    actor = web_actor(current_user, found, booking.team)
    try:
        counted = count_heads(found, booking, form.count.data or 0, actor=actor, at=now())
        db.session.commit()
    except PtgschedError as error:
        db.session.rollback()
        return _page(found, booking, form, form.take(error), status=status_of(error))
    flash(f"{people(counted.people)} counted in {booking.team.name}.", "success")
    return redirect(_back(found, booking), code=303)


@blueprint.post("/events/<event>/bookings/<uid>/here")
@access("public")
@limiter.limit(writes)
def here(event: str, uid: str) -> Response:
    """Say that one is in a session, or not after all (``wanted=0``); for registered people."""
    found = visible_event(current_user, event)
    booking = booking_by_uid(found, uid)
    mine = visitor.mine(found)
    if mine is None:
        flash(REGISTER_FIRST, "info")
        return redirect(url_for("registrations.register", event=found.slug), code=303)
    wanted = request.form.get("wanted", "1") == "1"
    say_here(found, booking, mine, wanted=wanted, at=now())
    db.session.commit()
    flash("You are counted in." if wanted else "You are not counted in any more.", "success")
    return redirect(_back(found, booking), code=303)


def people(number: int) -> str:
    """``1 person``, ``23 people``, ``Nobody``."""
    return {0: "Nobody", 1: "1 person"}.get(number, f"{number} people")


def _back(event: Event, booking: Booking) -> str:
    asked: Any = own_path(request.form.get("next"))
    return asked or url_for("schedule.booking", event=event.slug, uid=booking.uid)


def _page(
    event: Event,
    booking: Booking,
    form: CountForm,
    problems: Sequence[str] = (),
    *,
    status: int = 200,
) -> Response:
    counted = queries.head_count(booking)
    if counted is not None and form.count.raw_data is None:
        form.count.data = counted.people
    page = render_template(
        "attendance/count.html",
        event=event,
        booking=booking,
        zone=reader_zone(event.timezone),
        zone_at=booking.starts_at,
        form=form,
        count=counted,
        choices=choices(booking, counted),
        problems=problems,
        next=own_path(request.values.get("next")),
        has_begun=booking.starts_at <= now(),
    )
    return make_response(page, status)
