"""Count heads: the latest count stands, the audit keeps every one."""

from __future__ import annotations

from datetime import datetime

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.audit import record
from ptgsched.attendance.models import Guest, HeadCount
from ptgsched.attendance.policy import require_countable, require_here, require_people
from ptgsched.attendance.queries import guest, head_count
from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.registrations.models import Registration
from ptgsched.schedule.journal import lock
from ptgsched.schedule.models import Booking


def count_heads(
    event: Event, booking: Booking, people: int, *, actor: Actor, at: datetime
) -> HeadCount:
    """So many `people` are, or were, in the session; the same number again writes nothing.

    Raises what `require_countable` and `require_people` raise.
    """
    people = require_people(people)
    lock(event)
    require_countable(event, booking, at)
    found = head_count(booking)
    if found is not None and found.people == people:
        return found
    before = None if found is None else found.people
    if found is None:
        found = HeadCount(booking_id=booking.id)
        db.session.add(found)
    found.people, found.at, found.by = people, at, actor.label
    facts = {"team": booking.team.slug, "before": before, "after": people}
    record(event, actor, "attendance.counted", facts, at, subject=booking.uid)
    db.session.flush()
    return found


def say_here(
    event: Event, booking: Booking, registration: Registration, *, wanted: bool, at: datetime
) -> None:
    """The registered person is, or was, in the session; `wanted` False: not after all.

    As often as one likes.  Raises what `require_here` raises.
    """
    lock(event)
    require_here(event, booking, at)
    found = guest(booking, registration)
    if wanted and found is None:
        made = Guest(booking_id=booking.id, registration_id=registration.id, at=at)
        db.session.add(made)
    elif not wanted and found is not None:
        db.session.delete(found)
    db.session.flush()
