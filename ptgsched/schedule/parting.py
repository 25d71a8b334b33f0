"""Giving a part of a booking back.

Nothing is judged: who gives back takes nothing, whatever the rules of sign-up say by then.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.events.models import Event, Slot
from ptgsched.intervals import runs
from ptgsched.schedule.journal import door
from ptgsched.schedule.models import Booking
from ptgsched.schedule.operations import create, place, propose, release, require_standing, touch
from ptgsched.schedule.policy import Verdict, are_contiguous, session_over
from ptgsched.schedule.refusals import RulesBroken
from ptgsched.schedule.shapes import booking_facts


def release_part(
    event: Event, booking: Booking, slots: Collection[Slot], *, actor: Actor, at: datetime
) -> None:
    """Release `slots` of the booking, all of it when nothing is left.

    The earlier rest keeps the uid; a rest beyond the gap becomes a booking of its own, with the
    same texts, joint teams and owner.  Raises RulesBroken for what took place already.
    """
    with door(event, actor=actor, at=at) as journal:
        require_standing(event, booking, None, None)
        gone = {slot.id for slot in slots}
        held = booking.slots
        rest = [slot for slot in held if slot.id not in gone]
        if len(rest) == len(held):
            return
        over = [slot for slot in held if slot.id in gone and slot.ends_at <= at]
        if rest and over:
            raise RulesBroken(Verdict((session_over(over, took_place=True),)))
        if not rest:
            release(event, booking, actor=actor, at=at)
            return
        first, *later = runs(rest, lambda one, other: are_contiguous((one, other)))
        before = booking_facts(booking)
        place(booking, propose(booking.team, booking.room, first, booking.with_teams))
        touch(booking, at)
        after = booking_facts(booking)
        journal.append("booking.moved", before=before, after=after, booking=booking)
        db.session.flush()  # the cells are free before others take them
        for run in later:
            new = create(
                journal,
                propose(booking.team, booking.room, run, booking.with_teams),
                title=booking.title,
                description=booking.description,
            )
            new.owner = booking.owner
    db.session.expire(booking, ["slots"])
