"""Which registration is the visitor's: shown by the personal link, or by a signed-in address.

The session remembers registrations whose personal link was opened in this browser, each with a
mark of that link, so that a cancelled or renewed one is forgotten.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import cast

from flask import g, session
from flask_login import current_user

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.registrations import queries
from ptgsched.registrations.models import Registration

OPENED = "registrations"  # event id -> [registration id, mark]
BROWSER = "browser"


def remember(registration: Registration) -> None:
    """The personal link was opened here."""
    opened = dict(session.get(OPENED, {}))
    opened[str(registration.event_id)] = [registration.id, _mark(registration)]
    session[OPENED] = opened
    session.permanent = True


def forget(registration: Registration) -> None:
    """No more of it in this browser."""
    opened = dict(session.get(OPENED, {}))
    if opened.pop(str(registration.event_id), None) is not None:
        session[OPENED] = opened


def mine(event: Event) -> Registration | None:
    """The visitor's registration that stands, confirmed or waitlisted; None for a stranger."""
    known = cast("dict[int, int | None]", g.setdefault("registrations", {}))
    if event.id not in known:
        found = _from_link(event) or _from_account(event)
        known[event.id] = None if found is None else found.id
    number = known[event.id]
    found = None if number is None else db.session.get(Registration, number)
    return None if found is None or found.is_cancelled else found


def all_mine() -> list[Registration]:
    """What stands under the signed-in address, at all events that are public."""
    email = verified_email()
    found = [] if email is None else queries.all_of(email)
    return [each for each in found if not each.is_cancelled and each.event.is_published]


@dataclass(frozen=True, slots=True)
class Stars:
    """What a registered person follows, by id."""

    teams: frozenset[int]
    bookings: frozenset[int]


def stars(event: Event) -> Stars | None:
    """The visitor's; None for strangers, whose pages have none."""
    found = mine(event)
    if found is None:
        return None
    return Stars(
        frozenset(team.id for team in found.teams),
        frozenset(booking.id for booking in found.starred),
    )


def is_guest(event: Event) -> bool:
    """Whether the visitor is confirmed for this event."""
    found = mine(event)
    return found is not None and found.is_confirmed


def browser() -> str:
    """The hash of this browser's own random name, which every visitor of the form is given."""
    if BROWSER not in session:
        session[BROWSER] = secrets.token_urlsafe(32)
    return hashlib.sha256(str(session[BROWSER]).encode()).hexdigest()


def verified_email() -> str | None:
    """The address of the account that is signed in; None for nobody's."""
    if not current_user.is_authenticated:
        return None
    return cast("str | None", current_user.email)


def _from_link(event: Event) -> Registration | None:
    number, mark = session.get(OPENED, {}).get(str(event.id), (None, None))
    found = None if number is None else db.session.get(Registration, number)
    if found is None or found.is_cancelled or _mark(found) != mark:
        return None  # then another address of theirs may be registered
    return found


def _from_account(event: Event) -> Registration | None:
    email = verified_email()
    return None if email is None else queries.by_email(event, email)


def _mark(registration: Registration) -> str:
    return (registration.link_hash or "")[:16]
