"""What may be said of a team's slots: book, give back, ask when, ask for a free one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ptgsched.bot import words as said
from ptgsched.bot.grammar import Words
from ptgsched.bot.lookup import Named, Unnamed, cells_of
from ptgsched.bot.speaker import Answer, Refused, Speaker, with_aside
from ptgsched.bot.suggestions import free_slots
from ptgsched.db import db
from ptgsched.events.models import Slot
from ptgsched.live import queries
from ptgsched.schedule import operations
from ptgsched.schedule.models import Booking, BookingSlot
from ptgsched.schedule.parting import release_part
from ptgsched.schedule.refusals import RoomTaken, RulesBroken
from ptgsched.teams.models import Team

MOST_TOLD = 5
MOST_SUGGESTED = 3


def book(speaker: Speaker, team: Team, words: Words) -> Answer:
    """``book ROOM-SLOT``."""
    if not words:
        raise Refused("'#TRACK book' takes a single slotname parameter")
    text = " ".join(words)
    invalid = f"Slot '{text}' is invalid (or booked)"
    try:
        room, slots = cells_of(speaker.event, words)
        operations.book(
            speaker.event, team=team, room=room, slots=slots, actor=speaker.actor, at=speaker.at
        )
    except Unnamed as error:
        raise Refused(invalid, str(error)) from error
    except RoomTaken as error:
        raise Refused(invalid, error.message) from error
    except RulesBroken as error:
        refusal = f"Slot '{text}' cannot be booked for {team.slug}"
        raise Refused(refusal, error.message) from error
    known = f"Room {room.name} is now booked on {_codes(slots)} for {team.slug}"
    return Answer(with_aside(known, _hours(speaker, slots)))


def unbook(speaker: Speaker, team: Team, words: Words) -> Answer:
    """``unbook ROOM-SLOT``: a whole booking or a part of it."""
    if not words:
        raise Refused("'#TRACK unbook' takes a single slotname parameter")
    text = " ".join(words)
    invalid = f"Slot '{text}' is invalid (or not booked for {team.slug})"
    try:
        named = cells_of(speaker.event, words)
    except Unnamed as error:
        raise Refused(invalid, str(error)) from error
    holders = _holders(named)
    if holders is None or any(booking.team_id != team.id for booking in holders):
        raise Refused(invalid)
    for booking in holders:
        if not _may_release(speaker, booking):
            raise Refused(
                f"Slot '{text}' is not yours to unbook",
                f"booked by {said.owner(booking.owner)}; ask them, a voiced person or an operator",
            )
    try:
        for booking in holders:
            release_part(speaker.event, booking, named.slots, actor=speaker.actor, at=speaker.at)
    except RulesBroken as error:
        raise Refused(invalid, error.message) from error
    room, slots = named
    known = f"Room {room.name} (previously booked for {team.slug}) is now free on {_codes(slots)}"
    return Answer(with_aside(known, _hours(speaker, slots)))


def when(speaker: Speaker, team: Team, _words: Words) -> Answer:
    """``when``: what is on or to come."""
    bookings = queries.coming_bookings(speaker.event, team, speaker.at, MOST_TOLD)
    if not bookings:
        return Answer(f"{team.slug} has no upcoming bookings")
    told = [
        f"{said.slots(booking.slot_codes)} in {booking.room.name}, "
        + said.hours(booking.starts_at, booking.ends_at, speaker.event.timezone)
        for booking in bookings
    ]
    return Answer(f"{team.slug} meets: {'; '.join(told)}")


def suggest(speaker: Speaker, team: Team, _words: Words) -> Answer:
    """``suggest``: free slots that the rules let this team book."""
    found = free_slots(speaker.event, team, at=speaker.at, most=MOST_SUGGESTED)
    if not found:
        return Answer(f"No free slot suits {team.slug}")
    names = [f"{room.name}-{slot.code}" for room, slot in found]
    times = "; ".join(_hours(speaker, [slot]) for _, slot in found)
    aside = f"{times}; to book type: #{team.slug} book {names[0]}"
    return Answer(with_aside(f"Free for {team.slug}: {', '.join(names)}", aside))


def _codes(slots: Sequence[Slot]) -> str:
    return said.slots([slot.code for slot in slots])


def _hours(speaker: Speaker, slots: Sequence[Slot]) -> str:
    return said.hours(slots[0].starts_at, slots[-1].ends_at, speaker.event.timezone)


def _holders(named: Named) -> list[Booking] | None:
    """The bookings that hold the cells, in order of time; None when one of them is free."""
    cells = [slot.id for slot in named.slots]
    held = db.session.execute(
        select(BookingSlot.slot_id, BookingSlot.booking_id).where(
            BookingSlot.room_id == named.room.id, BookingSlot.slot_id.in_(cells)
        )
    ).all()
    if len(held) < len(cells):
        return None
    ids = {booking_id for _, booking_id in held}
    query = select(Booking).where(Booking.id.in_(ids)).order_by(Booking.starts_at)
    return list(db.session.scalars(query))


def _may_release(speaker: Speaker, booking: Booking) -> bool:
    """Whoever booked it in chat; anybody what was imported; voiced people everything."""
    if speaker.voiced or booking.owner == "import":
        return True
    return booking.owner.casefold() == speaker.actor.label.casefold()
