"""How the schedule's forms answer: back to the grid with a toast, to a page or to a dialog."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.schedule.models import Booking
from ptgsched.schedule.selection import WHOLE_EVENT, choices
from ptgsched.timewords import stretch
from ptgsched.web.navigation import own_path


def is_fragment() -> bool:
    """Whether a dialog asks: it wants the page without its frame."""
    return bool(request.values.get("fragment"))


def leave(address: str) -> Response:
    """Send the reader on: 303 to a page, 204 with the address to a dialog's script.

    A script that followed a 303 would fetch the page, and eat the toast that belongs to it.
    """
    if is_fragment():
        return Response(status=204, headers={"Location": address})
    return redirect(address, code=303)


def committed(event: Event) -> int:
    """Commit, and the cursor of the change: a moment later the last one may be somebody else's."""
    cursor = event.cursor
    db.session.commit()
    return cursor


def done(
    event: Event, booking: Booking, text: str, *, cursor: int, zone: str, back: str
) -> Response:
    """Say what was done, offer to undo it, and show it in the grid."""
    offer_undo(event, cursor, f"{text} {in_short(booking, zone)}.")
    return leave(grid_url(event, booking, back))


def offer_undo(event: Event, cursor: int, text: str) -> None:
    """A toast that can take back the change with this cursor."""
    toast: Any = {"text": text, "undo": cursor, "event": event.slug}
    flash(toast, "success")


def grid_url(event: Event, booking: Booking, back: str) -> str:
    """The grid as it was filtered before, at the day and place of this booking."""
    kept = choices(dict(parse_qsl(back)))
    if kept.get("day") != WHOLE_EVENT:
        day = next((s.day for s in event.slots if s.code == booking.slot_codes[0]), None)
        kept = {**kept, **({"day": day.isoformat()} if day else {})}
    address = url_for("schedule.grid", event=event.slug, **kept)  # type: ignore[arg-type]
    return f"{address}#b-{booking.uid}" if booking.is_confirmed else address


def back_query(event: Event) -> str:
    """The filters of the grid that a form was opened from, remembered in the form."""
    asked = request.values.get("back")
    if asked is not None:
        return asked[:500]
    came_from, _, query = (own_path(request.referrer) or "").partition("?")
    return query if came_from == url_for("schedule.grid", event=event.slug) else ""


def in_short(booking: Booking, zone: str) -> str:
    """``Nova in Bexar, Mon 26 Oct 18:30-20:30 Asia/Kolkata``."""
    when = stretch(booking.starts_at, booking.ends_at, zone)
    return f"{booking.team.name} in {booking.room.name}, {when}"
