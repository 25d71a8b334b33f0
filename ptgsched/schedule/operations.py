"""Book, change, release, restore, undo: each through the door of `schedule.journal`, by the rules.

Operations flush; the caller commits once, or rolls back, which undoes the revision too.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, Stale
from ptgsched.events.models import Event, EventStatus, Room, Slot
from ptgsched.schedule import queries
from ptgsched.schedule.journal import Journal, door
from ptgsched.schedule.models import Booking, BookingSlot, BookingStatus, Change
from ptgsched.schedule.policy import Proposal, Verdict, Violation, judge, session_over
from ptgsched.schedule.refusals import RoomTaken, RulesBroken
from ptgsched.schedule.shapes import booking_facts
from ptgsched.schedule.texts import description_of, reason_of, title_of
from ptgsched.teams.models import Team

NEVER_BENT = frozenset({"room_taken", "not_contiguous"})  # whatever an organizer overrides

Guard = Callable[[Booking], None]
"""Looks at a booking under the lock and raises Stale when it is not what the asker saw."""


def check(event: Event, proposal: Proposal, *, at: datetime) -> Verdict:
    """Judge without booking; as good as the state it is read from."""
    return judge(proposal, queries.situation(event, proposal, at))


def book(
    event: Event,
    *,
    team: Team,
    room: Room,
    slots: Sequence[Slot],
    title: str = "",
    description: str = "",
    with_teams: Sequence[Team] = (),
    actor: Actor,
    at: datetime,
    override: str | None = None,
) -> tuple[Booking, Verdict]:
    """A new booking of neighbouring `slots`, and the warnings that go with it.

    `override` is an organizer's reason for bending the rules; a blank one is none, and double
    booking is never bent.  Raises RulesBroken or RoomTaken with all violations at once, Invalid
    for a bad text.
    """
    override = reason_of(override)
    with door(event, actor=actor, at=at) as journal:
        proposal = propose(team, room, slots, with_teams)
        verdict = _allow(event, proposal, at, override)
        booking = create(journal, proposal, title=title, description=description, reason=override)
    return booking, verdict


def create(
    journal: Journal,
    proposal: Proposal,
    *,
    title: str = "",
    description: str = "",
    action: str = "booking.created",
    reason: str | None = None,
) -> Booking:
    """Write a booking that was judged already, or (an import) is not to be judged."""
    booking = Booking(
        uid=str(uuid.uuid4()),
        event_id=journal.event.id,
        team=proposal.team,
        title=title_of(title),
        description=description_of(description),
        status=BookingStatus.CONFIRMED,
        sequence=0,
        created_at=journal.at,
        updated_at=journal.at,
        owner=journal.actor.label,
        with_teams=list(proposal.with_teams),  # known from the start, or it would be asked for
    )
    place(booking, proposal)
    db.session.add(booking)
    journal.append(action, after=booking_facts(booking), booking=booking, reason=reason)
    return booking


def change(
    event: Event,
    booking: Booking,
    *,
    room: Room | None = None,
    slots: Sequence[Slot] | None = None,
    title: str | None = None,
    description: str | None = None,
    with_teams: Sequence[Team] | None = None,
    actor: Actor,
    at: datetime,
    override: str | None = None,
    guard: Guard | None = None,
) -> tuple[Booking, Verdict]:
    """Move, extend, shorten, retitle or join; what is None stays as it is.

    A change that changes nothing writes nothing.  Raises as `book` does, what `guard` raises,
    and Conflict when the booking was released.
    """
    override = reason_of(override)
    with door(event, actor=actor, at=at) as journal:
        require_standing(event, booking, guard, override)
        verdict = Verdict()
        proposal = propose(
            booking.team,
            room or booking.room,
            booking.slots if slots is None else slots,
            booking.with_teams if with_teams is None else with_teams,
            booking,
        )
        if differs(booking, proposal):
            verdict = _allow(event, proposal, at, override)
        before = booking_facts(booking)
        if title is not None:
            booking.title = title_of(title)
        if description is not None:
            booking.description = description_of(description)
        place(booking, proposal)
        if booking_facts(booking) != before:
            touch(booking, at)
            after = booking_facts(booking)
            moved = any(before[key] != after[key] for key in ("room", "slots"))
            journal.append(
                "booking.moved" if moved else "booking.edited",
                before=before,
                after=after,
                booking=booking,
                reason=override,
            )
    db.session.expire(booking, ["slots"])
    return booking, verdict


def release(
    event: Event,
    booking: Booking,
    *,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
    guard: Guard | None = None,
) -> Booking:
    """Give the cells back; the booking stays as cancelled, so that calendars learn of it.

    One that is over is given back for an organizer's `reason` only.
    """
    reason = reason_of(reason)
    with door(event, actor=actor, at=at) as journal:
        require_standing(event, booking, guard, reason)
        if booking.ends_at <= at and reason is None:
            raise RulesBroken(Verdict((session_over(booking.slots, took_place=True),)))
        before = booking_facts(booking)
        booking.cells.clear()
        booking.status = BookingStatus.CANCELLED
        touch(booking, at)
        after = booking_facts(booking)
        journal.append(
            "booking.released", before=before, after=after, booking=booking, reason=reason
        )
    db.session.expire(booking, ["slots"])
    return booking


def restore(
    event: Event,
    booking: Booking,
    *,
    actor: Actor,
    at: datetime,
    override: str | None = None,
    guard: Guard | None = None,
) -> tuple[Booking, Verdict]:
    """Take a released booking's cells again, by the rules; it keeps its uid."""
    override = reason_of(override)
    with door(event, actor=actor, at=at) as journal:
        if guard is not None:
            guard(booking)
        if booking.is_confirmed:
            raise Conflict("This booking stands; there is nothing to restore.", uid=booking.uid)
        slots = queries.slots_by_code(event, booking.slot_codes)
        proposal = propose(booking.team, booking.room, slots, booking.with_teams)
        verdict = _allow(event, proposal, at, override)
        before = booking_facts(booking)
        booking.status = BookingStatus.CONFIRMED
        place(booking, proposal)
        touch(booking, at)
        after = booking_facts(booking)
        journal.append(
            "booking.restored", before=before, after=after, booking=booking, reason=override
        )
    db.session.expire(booking, ["slots"])
    return booking, verdict


def undo(
    event: Event,
    change_: Change,
    booking: Booking,
    *,
    actor: Actor,
    at: datetime,
    override: str | None = None,
) -> None:
    """Take back the booking's last change, by the rules, or for an organizer's reason.

    Raises Stale when it is not the last any more, and as `change` and `restore` do.
    """
    was, is_now = change_.before, change_.after or {}

    def is_last(booking: Booking) -> None:
        seen = (is_now.get("uid"), is_now.get("sequence"))
        if (booking.uid, booking.sequence) != seen:
            raise Stale("This booking was changed again since; look at it before you undo.")

    if was is None or was["status"] == BookingStatus.CANCELLED:  # created, imported, restored
        release(event, booking, actor=actor, at=at, reason=override, guard=is_last)
    elif is_now.get("status") == BookingStatus.CANCELLED:
        restore(event, booking, actor=actor, at=at, override=override, guard=is_last)
    else:
        change(
            event,
            booking,
            room=queries.room_by_slug(event, was["room"]),
            slots=queries.slots_by_code(event, was["slots"]),
            title=was["title"],
            description=was["description"],
            with_teams=queries.teams_by_slug(event, was["with_teams"]),
            actor=actor,
            at=at,
            override=override,
            guard=is_last,
        )


def propose(
    team: Team,
    room: Room,
    slots: Sequence[Slot],
    with_teams: Sequence[Team] = (),
    replaces: Booking | None = None,
) -> Proposal:
    """What is asked for, tidied: slots in time order, each once; joint teams without the team.

    Raises Invalid (field ``slots``) when there is none.
    """
    if not slots:
        raise Invalid("Choose at least one slot.", fields={"slots": ["Choose at least one slot."]})
    unique_slots = sorted({slot.id: slot for slot in slots}.values(), key=_in_time)
    joint = {other.id: other for other in with_teams if other.id != team.id}
    return Proposal(
        team=team,
        room=room,
        slots=tuple(unique_slots),
        with_teams=tuple(sorted(joint.values(), key=lambda other: other.slug)),
        replaces=replaces,
    )


def _in_time(slot: Slot) -> tuple[datetime, int]:
    return slot.starts_at, slot.number


def _allow(event: Event, proposal: Proposal, at: datetime, override: str | None) -> Verdict:
    """The verdict, when it allows or an organizer's reason bends it; else raises it."""
    verdict = check(event, proposal, at=at)
    broken = {violation.rule for violation in verdict.violations}
    if broken and (override is None or broken & NEVER_BENT):
        raise (RoomTaken if "room_taken" in broken else RulesBroken)(verdict)
    return verdict


def require_standing(
    event: Event, booking: Booking, guard: Guard | None, override: str | None
) -> None:
    """Raises what `guard` raises, Conflict for a released booking, and RulesBroken at an
    archived event, unless an organizer gives a reason.
    """
    if guard is not None:
        guard(booking)
    if not booking.is_confirmed:
        raise Conflict("This booking was released; restore it or book anew.", uid=booking.uid)
    if event.status == EventStatus.ARCHIVED and override is None:
        closed = Violation("event_closed", {"status": event.status})
        raise RulesBroken(Verdict((closed,)))


def differs(booking: Booking, proposal: Proposal) -> bool:
    """Whether the proposal moves the booking or changes who takes part: then rules are asked."""
    return (
        booking.room_id != proposal.room.id
        or [slot.code for slot in proposal.slots] != booking.slot_codes
        or set(proposal.with_teams) != set(booking.with_teams)
    )


def place(booking: Booking, proposal: Proposal) -> None:
    """Write the proposal's room, slots and joint teams into the booking."""
    kept = {cell.slot_id: cell for cell in booking.cells}
    booking.cells = [kept.get(slot.id, BookingSlot(slot_id=slot.id)) for slot in proposal.slots]
    for cell in booking.cells:
        cell.room_id = proposal.room.id
    booking.room = proposal.room
    booking.starts_at = proposal.interval.start
    booking.ends_at = proposal.interval.end
    booking.slot_codes = [slot.code for slot in proposal.slots]
    if set(booking.with_teams) != set(proposal.with_teams):
        booking.with_teams = list(proposal.with_teams)


def touch(booking: Booking, at: datetime) -> None:
    """Let readers see that the booking changed."""
    booking.sequence += 1
    booking.updated_at = at
