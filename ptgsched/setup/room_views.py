"""Organizers' pages of rooms: the list, one room, deleting it."""

from __future__ import annotations

from datetime import datetime

from flask import (
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

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound, PtgschedError, Stale
from ptgsched.events.models import Event, Room
from ptgsched.schedule import queries
from ptgsched.setup.blueprint import blueprint
from ptgsched.setup.deleting import Deletion, ask_and_delete
from ptgsched.setup.exports import rooms_csv
from ptgsched.setup.removal import (
    Falling,
    falling_of_offer,
    falling_of_room,
    offer_room_less,
    take_room_away,
)
from ptgsched.setup.room_forms import (
    SOME,
    RoomForm,
    offer_grid,
    offered_codes,
    room_values,
    toggled,
)
from ptgsched.setup.rooms import add_room, change_room, rooms_of
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.files import download
from ptgsched.web.limits import limiter, writes
from ptgsched.web.zones import reader_zone

REFUSALS = (Invalid, Conflict, Stale, NotFound)
DELETION = Deletion(
    what="room",
    loss="Its link, passcode and description are lost.",
    meanwhile="is not offered",
    find=queries.room_by_slug,
    falling=falling_of_room,
    take_away=take_room_away,
    back="setup.rooms",
)


@blueprint.get("/events/<event>/manage/rooms/")
@access("organizer")
def rooms(event: str) -> str:
    """All rooms: what they are, who may enter, in which slots they are offered."""
    found = organized_event(current_user, event)
    booked: dict[int, float] = {}
    for booking in queries.bookings(found):
        booked[booking.room_id] = booked.get(booking.room_id, 0.0) + booking.hours
    return render_template(
        "manage/rooms.html",
        event=found,
        rooms=rooms_of(found),
        booked=booked,
        slots=len(found.slots),
    )


@blueprint.get("/events/<event>/manage/rooms.csv")
@access("organizer")
def rooms_sheet(event: str) -> Response:
    """The list as a sheet, without passcodes."""
    found = organized_event(current_user, event)
    return download(rooms_csv(found.rooms), f"{found.slug}-rooms.csv")


@blueprint.route("/events/<event>/manage/rooms/new", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def new_room(event: str) -> AnyResponse:
    """Add one."""
    found = organized_event(current_user, event)
    form = RoomForm()
    codes = _ticked(found)
    if not _is_sent(form):
        return _room_page(found, form, codes)
    if not form.validate_on_submit():
        return _room_page(found, form, codes, status=422)
    try:
        actor = web_actor(current_user, found)
        room = add_room(found, form.given(sorted(codes)), actor=actor, at=now())
        db.session.commit()
    except REFUSALS as error:
        return _refused(event, form, codes, error)
    flash(f"{room.name} is added.", "success")
    return redirect(url_for("setup.rooms", event=found.slug), 303)


@blueprint.route("/events/<event>/manage/rooms/<room>/edit", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def room(event: str, room: str) -> AnyResponse:
    """Change one; offering it in fewer slots says which bookings fall, and asks."""
    found = organized_event(current_user, event)
    where = queries.room_by_slug(found, room)
    form = RoomForm(data=room_values(where))
    codes = _ticked(found, where)
    if not _is_sent(form):
        return _room_page(found, form, codes, room=where)
    if not form.validate_on_submit():
        return _room_page(found, form, codes, room=where, status=422)
    at = now()
    given = form.given(sorted(codes))
    falling = falling_of_offer(found, where, given["offered_slots"], at)
    if falling.own and not falling.held and not request.form.get("release"):
        return _room_page(found, form, codes, room=where, falling=falling, status=409)
    try:
        _change(found, where, given, at)
        db.session.commit()
    except REFUSALS as error:
        return _refused(event, form, codes, error, room)
    flash(f"{where.name} is saved.", "success")
    return redirect(url_for("setup.rooms", event=found.slug), 303)


@blueprint.route("/events/<event>/manage/rooms/<room>/delete", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def delete_room(event: str, room: str) -> AnyResponse:
    """Say what would fall, ask for the name and a reason, then release and delete."""
    return ask_and_delete(event, room, DELETION)


def _change(event: Event, room: Room, given: dict[str, object], at: datetime) -> None:
    actor = web_actor(current_user, event)
    codes = given["offered_slots"]
    if isinstance(codes, list) and request.form.get("release"):
        offer_room_less(
            event,
            room,
            codes,
            seen=request.form.getlist("seen"),
            reason=request.form.get("reason", ""),
            actor=actor,
            at=at,
        )
    change_room(event, room, given, actor=actor, at=at)


def _is_sent(form: RoomForm) -> bool:
    """Whether the form was sent to be saved: its buttons for many slots only tick boxes."""
    return form.is_submitted() and not request.form.get("toggle")


def _ticked(event: Event, room: Room | None = None) -> set[str]:
    """The slots that are ticked on the page that was sent, else those of the room."""
    slots = event.slots
    if request.method == "GET":
        return offered_codes(room, slots) if room else {slot.code for slot in slots}
    known = {slot.code for slot in slots}
    ticked = known.intersection(request.form.getlist("slots"))
    which = request.form.get("toggle")
    return toggled(slots, ticked, which) if which else ticked


def _refused(
    event: str, form: RoomForm, codes: set[str], error: PtgschedError, room: str | None = None
) -> Response:
    """The same page with everything typed.  Raises NotFound when the room is gone meanwhile."""
    db.session.rollback()
    found = organized_event(current_user, event)
    where = None if room is None else queries.room_by_slug(found, room)
    problems = form.take(error)
    falling = None
    if where is not None and request.form.get("release"):
        asked = form.given(sorted(codes))["offered_slots"]
        falling = falling_of_offer(found, where, asked, now())
    status = status_of(error)
    return _room_page(
        found, form, codes, room=where, falling=falling, problems=problems, status=status
    )


def _room_page(
    event: Event,
    form: RoomForm,
    codes: set[str],
    *,
    room: Room | None = None,
    falling: Falling | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> Response:
    zone = reader_zone(event.timezone)
    if request.form.get("toggle"):
        form.offer.data = SOME
    page = render_template(
        "manage/room.html",
        event=event,
        room=room,
        form=form,
        grid=offer_grid(event.slots, codes, zone),
        falling=falling,
        reason=request.form.get("reason", ""),
        problems=problems or [],
        zone=zone,
    )
    return make_response(page, status)
