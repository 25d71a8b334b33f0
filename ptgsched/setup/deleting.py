"""The page that asks before something is deleted: what is lost, what falls, its name typed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, make_response, render_template, request

from ptgsched.errors import Invalid
from ptgsched.events.models import Event
from ptgsched.setup.removal import Falling, TookPlace
from ptgsched.text import clean_line
from ptgsched.web.zones import reader_zone


def require_name_typed(name: str, *, field: str = "name") -> None:
    """Raises Invalid unless the request says the name of what is to go, in this field."""
    if clean_line(request.form.get(field, "")).casefold() != name.casefold():
        raise Invalid(f"Type {name} to say that you mean it.")


def delete_page(
    event: Event,
    *,
    name: str,
    what: str,
    losses: Sequence[str],
    later: str,
    falling: Falling,
    action: str,
    back: str,
    problems: Sequence[str],
    status: int,
) -> Response:
    """Ask; `later` says what happens when bookings fall and it cannot go at once."""
    held = TookPlace(name, len(falling.held)).message if falling.held else None
    page = render_template(
        "manage/delete.html",
        event=event,
        name=name,
        what=what,
        losses=losses,
        later=later,
        falling=falling,
        held=held,
        action=action,
        back=back,
        typed=request.form.get("name", ""),
        reason=request.form.get("reason", ""),
        problems=problems,
        zone=reader_zone(event.timezone),
    )
    return make_response(page, status)
