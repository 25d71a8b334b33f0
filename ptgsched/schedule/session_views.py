"""One booking: its page, which is also its card in the grid; releasing it; undoing a change."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, make_response, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from ptgsched.db import db
from ptgsched.errors import Conflict, NotFound, PtgschedError
from ptgsched.schedule import operations, queries
from ptgsched.schedule.answers import (
    back_query,
    committed,
    done,
    in_short,
    is_fragment,
    leave,
    offer_undo,
)
from ptgsched.schedule.blueprint import blueprint
from ptgsched.schedule.desk import Desk, open_desk
from ptgsched.schedule.forms import ReleaseForm
from ptgsched.schedule.joining import etherpad_link, join_link
from ptgsched.schedule.models import Booking, Change
from ptgsched.schedule.refusals import BookingRefused
from ptgsched.schedule.wording import in_words
from ptgsched.teams.permissions import require_lead, web_actor
from ptgsched.web.access import access
from ptgsched.web.context import links
from ptgsched.web.limits import limiter, writes
from ptgsched.web.navigation import own_path


@blueprint.get("/events/<event>/bookings/<uid>")
@access("public")
def booking(event: str, uid: str) -> str:
    """One session: when in whose time, where, how to join; a released one says so."""
    desk = open_desk(event, current_user)
    found = queries.booking_by_uid(desk.event, uid)
    may_change = desk.may_change(found)
    return render_template(
        "schedule/booking.html",
        event=desk.event,
        booking=found,
        zone=desk.zone,
        zone_at=found.starts_at,
        at=desk.at,
        join=join_link(links(), desk.event, found.team, found.room),
        pad=etherpad_link(links(), desk.event, found.team),
        may_change=may_change,
        may_release=may_change and (desk.organizes or found.ends_at > desk.at),
        may_book=desk.is_open and found.team in desk.bookable,
        fragment=is_fragment(),
    )


@blueprint.route("/events/<event>/bookings/<uid>/release", methods=["GET", "POST"])
@access("lead")
@limiter.limit(writes, methods=["POST"])
def release(event: str, uid: str) -> Response:
    """Ask whether it is meant; posting gives the cells back.

    One that is over is released by organizers, who say why.
    """
    desk = open_desk(event, current_user)
    found = _to_release(desk, uid)
    back = back_query(desk.event)
    form = ReleaseForm() if found.ends_at <= desk.at else None
    if request.method == "GET" or (form is not None and not form.validate()):
        page = render_template(
            "schedule/release.html",
            event=desk.event,
            booking=found,
            form=form,
            zone=desk.zone,
            zone_at=found.starts_at,
            back=back,
            fragment=is_fragment(),
        )
        return make_response(page, 200 if request.method == "GET" else 422)
    operations.release(
        desk.event,
        found,
        actor=web_actor(current_user, desk.event, found.team),
        at=desk.at,
        reason=form.reason.data if form is not None else None,
    )
    cursor = committed(desk.event)
    return done(desk.event, found, "Released", cursor=cursor, zone=desk.zone, back=back)


@blueprint.post("/events/<event>/undo")
@access("lead")
@limiter.limit(writes)
def undo(event: str) -> Response:
    """Take back the last change of a booking, named by its cursor in the journal.

    What was done against the rules, organizers take back against them, for the same reason.
    """
    desk = open_desk(event, current_user)
    home = url_for("schedule.grid", event=desk.event.slug)
    back = own_path(request.form.get("next")) or home
    line = _journal_line(desk, request.form.get("cursor", ""))
    found = queries.booking_by_uid(desk.event, str(line.booking_uid))
    require_lead(current_user, desk.event, found.team)
    actor = web_actor(current_user, desk.event, found.team)
    reason = line.reason if desk.organizes else None
    names = desk.team_names  # asked for after a rollback, each team would be read anew
    try:
        operations.undo(desk.event, line, found, actor=actor, at=desk.at, override=reason)
        cursor = committed(desk.event)
    except PtgschedError as error:
        db.session.rollback()
        flash(_in_words(error, desk.zone, names), "danger")
        return leave(back)
    stands = "stands" if found.is_confirmed else "is released"
    offer_undo(desk.event, cursor, f"Undone: {in_short(found, desk.zone)} {stands}.")
    return leave(back)


def _in_words(error: PtgschedError, zone: str, names: Mapping[str, str]) -> str:
    """What refused it, in the reader's zone."""
    if not isinstance(error, BookingRefused):
        return error.message
    return " ".join(in_words(broken, zone, names) for broken in error.verdict.violations)


def _to_release(desk: Desk, uid: str) -> Booking:
    found = queries.booking_by_uid(desk.event, uid)
    desk.require_change(found)
    if found.ends_at <= desk.at and not desk.organizes:
        raise Conflict(
            "This session is over and stays in the record of the event; only its organizers "
            "can release it.",
            uid=uid,
        )
    return found


def _journal_line(desk: Desk, cursor: str) -> Change:
    line = None
    if cursor.isdecimal() and len(cursor) < 10:
        line = db.session.scalar(
            select(Change).where(
                Change.event_id == desk.event.id,
                Change.cursor == int(cursor),
                Change.booking_uid.is_not(None),
            )
        )
    if line is None:
        raise NotFound("There is no such change of a booking at this event.")
    return line
