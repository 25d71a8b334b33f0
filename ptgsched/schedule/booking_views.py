"""Booking and changing a booking: one form that says what it would mean before it is posted.

It works without JavaScript; a fragment (``?fragment=1``) is the same page without its frame,
for the dialogs of grid.js.
"""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import make_response, render_template, request
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, PtgschedError, Stale
from ptgsched.schedule import operations, queries
from ptgsched.schedule.answers import (
    back_query,
    committed,
    done,
    grid_url,
    is_fragment,
    leave,
)
from ptgsched.schedule.blueprint import blueprint
from ptgsched.schedule.desk import Desk, open_desk
from ptgsched.schedule.forms import BookingForm, booking_values, with_range
from ptgsched.schedule.models import Booking
from ptgsched.schedule.operations import NEVER_BENT, Guard, differs
from ptgsched.schedule.outlook import Outlook, outlook
from ptgsched.schedule.policy import Verdict, judge
from ptgsched.schedule.refusals import BookingRefused
from ptgsched.teams.permissions import require_lead, web_actor
from ptgsched.web.access import access
from ptgsched.web.csrf import asks_for_itself, is_ours
from ptgsched.web.errors import status_of
from ptgsched.web.limits import limiter, writes

REFUSALS = (BookingRefused, Invalid, Conflict, Stale)
NOT_SENT = (
    "You signed in anew since this form was opened, so nothing was changed. What you typed is "
    "kept: look it over and send it again."
)


@blueprint.route("/events/<event>/book", methods=["GET", "POST"])
@asks_for_itself
@access("lead", opens_filled=True)
@limiter.limit(writes, methods=["POST"])
def book(event: str) -> Response:
    """A new booking: the form with what it would mean; posting makes it so."""
    desk = open_desk(event, current_user)
    form = _booking_form(desk)
    if request.method == "GET":
        return _page(desk, form, _outlook(desk, form))
    unready = _unready(desk, form)
    if unready is not None:
        return unready
    asked = form.proposal()
    try:
        booking, _ = operations.book(
            desk.event,
            team=asked.team,
            room=asked.room,
            slots=asked.slots,
            title=form.topic,
            description=form.details,
            with_teams=asked.with_teams,
            actor=web_actor(current_user, desk.event, asked.team),
            at=desk.at,
            override=_override(desk, form),
        )
        cursor = committed(desk.event)
    except REFUSALS as error:
        db.session.rollback()
        desk = open_desk(event, current_user)
        return _refused(desk, _booking_form(desk), error)
    back = form.way_back
    return done(desk.event, booking, "Booked", cursor=cursor, zone=desk.zone, back=back)


@blueprint.route("/events/<event>/bookings/<uid>/edit", methods=["GET", "POST"])
@asks_for_itself
@access("lead", opens_filled=True)
@limiter.limit(writes, methods=["POST"])
def edit(event: str, uid: str) -> Response:
    """Move, extend, shorten, retitle, join: the same form, filled with the booking."""
    desk = open_desk(event, current_user)
    booking = _to_change(desk, uid)
    form = _change_form(desk, booking)
    if request.method == "GET":
        return _page(desk, form, _outlook(desk, form, booking), booking=booking)
    unready = _unready(desk, form, booking)
    if unready is not None:
        return unready
    asked, sequence = form.proposal(booking), booking.sequence
    try:
        booking, _ = operations.change(
            desk.event,
            booking,
            room=asked.room,
            slots=asked.slots,
            title=form.topic,
            description=form.details,
            with_teams=asked.with_teams,
            actor=web_actor(current_user, desk.event, booking.team),
            at=desk.at,
            override=_override(desk, form),
            guard=_as_seen(form.sequence.data),
        )
        cursor = committed(desk.event)
    except REFUSALS as error:
        db.session.rollback()
        desk = open_desk(event, current_user)
        booking = _to_change(desk, uid)
        form = _change_form(desk, booking)
        form.sequence.data = str(booking.sequence)  # seen now
        return _refused(desk, form, error, booking)
    back = form.way_back
    if booking.sequence == sequence:  # nothing was changed, so there is nothing to undo
        return leave(grid_url(desk.event, booking, back))
    return done(desk.event, booking, "Changed:", cursor=cursor, zone=desk.zone, back=back)


def _unready(desk: Desk, form: BookingForm, booking: Booking | None = None) -> Response | None:
    """The form once more, when it comes too late, cannot be read, or only asks; else None."""
    if not is_ours():
        seen = _outlook(desk, form, booking)
        return _page(desk, form, seen, booking=booking, problems=[NOT_SENT], status=400)
    if not form.validate():
        return _page(desk, form, None, booking=booking, status=422)
    if request.form.get("check"):
        return _page(desk, form, _outlook(desk, form, booking), booking=booking)
    return None


def _booking_form(desk: Desk) -> BookingForm:
    """The form for a new booking; raises Forbidden for a team of somebody else's."""
    desk.require_bookable()
    values = with_range(request.form if request.method == "POST" else request.args, desk.slots)
    if len(desk.bookable) == 1:
        values.setdefault("team", desk.bookable[0].slug)
    values.setdefault("back", back_query(desk.event))
    if request.method == "GET":
        _suggest(desk, values)
    form = BookingForm(values)
    form.offer(desk.teams, desk.rooms, desk.slots, zone=desk.zone)
    form.team.choices = [(team.slug, team.name) for team in desk.bookable]
    if not values.get("team"):
        form.team.choices.insert(0, ("", "Choose a team"))
    team = form.chosen_team()
    if team is not None:
        require_lead(current_user, desk.event, team)
    return form


def _suggest(desk: Desk, values: MultiDict[str, str]) -> None:
    """Fill in what a link left open: the next slot, and the first room that is free then."""
    if "first" not in values:
        coming = next((slot for slot in desk.slots if slot.ends_at > desk.at), None)
        if coming is None:
            return
        values["first"] = values["last"] = coming.code
    if "room" in values:
        return
    ends = {values.get("first"), values.get("last")}
    wanted = [slot for slot in desk.slots if slot.code in ends]
    if not wanted:
        return
    since, until = wanted[0].starts_at, wanted[-1].ends_at
    held = {b.room_id for b in queries.bookings(desk.event, since=since, until=until)}
    for room in desk.rooms:
        if room.id not in held and all(room.offers(slot) for slot in wanted):
            values["room"] = room.slug
            return


def _change_form(desk: Desk, booking: Booking) -> BookingForm:
    """The form for changing `booking`: its own values where the request names none."""
    values = with_range(request.form if request.method == "POST" else request.args, desk.slots)
    if request.method == "GET":
        own = booking_values(booking)
        if "sequence" in values:  # a form's own values, in which boxes without a tick are missing
            del own["with_teams"]
        for name, value in own.items():
            if name not in values:
                values.setlist(name, value if isinstance(value, list) else [value])
    values["team"] = booking.team.slug
    values.setdefault("back", back_query(desk.event))
    form = BookingForm(values)
    form.offer(desk.teams, desk.rooms, desk.slots, zone=desk.zone)
    form.team.choices = [(booking.team.slug, booking.team.name)]
    return form


def _to_change(desk: Desk, uid: str) -> Booking:
    booking = queries.booking_by_uid(desk.event, uid)
    desk.require_change(booking)
    return booking


def _as_seen(sequence: str | None) -> Guard:
    def guard(booking: Booking) -> None:
        if sequence and sequence != str(booking.sequence):
            raise Stale(
                "Somebody changed this booking since you opened it. What you typed is kept; "
                "compare it with what stands there now, and send it again if it still holds."
            )

    return guard


def _override(desk: Desk, form: BookingForm) -> str | None:
    """An organizer's reason; nobody else has one, whatever is posted."""
    return form.override.data if desk.organizes and form.override.data else None


def _outlook(
    desk: Desk, form: BookingForm, booking: Booking | None = None, verdict: Verdict | None = None
) -> Outlook | None:
    """What the form would mean; None while it does not say enough."""
    if not form.validate():
        return None
    proposal = form.proposal(booking)
    situation = queries.situation(desk.event, proposal, desk.at)
    if verdict is None:
        asks = booking is None or differs(booking, proposal)
        verdict = judge(proposal, situation) if asks else Verdict()
    return outlook(
        desk.event,
        proposal,
        situation,
        verdict,
        zone=desk.zone,
        names=desk.team_names,
        never_bent=NEVER_BENT,
    )


def _refused(
    desk: Desk, form: BookingForm, error: PtgschedError, booking: Booking | None = None
) -> Response:
    """The same page with everything typed, and all that stands in the way."""
    verdict = error.verdict if isinstance(error, BookingRefused) else None
    seen = _outlook(desk, form, booking, verdict)
    problems = [] if verdict is not None else form.take(error)
    return _page(desk, form, seen, booking=booking, problems=problems, status=status_of(error))


def _page(
    desk: Desk,
    form: BookingForm,
    seen: Outlook | None,
    *,
    booking: Booking | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> FlaskResponse:
    slots = form.chosen_slots()
    if status == 200 and not form.is_filled:
        # Nobody is told off for what they were not asked yet.
        form.forget_errors()
    body = render_template(
        "schedule/book.html",
        event=desk.event,
        form=form,
        booking=booking,
        outlook=seen,
        problems=problems or [],
        organizes=desk.organizes,
        teams=desk.teams,
        zone=desk.zone,
        zone_at=slots[0].starts_at if slots else None,
        fragment=is_fragment(),
        grid=grid_url(desk.event, booking, form.way_back) if booking else None,
    )
    return make_response(body, status)
