"""Add, change and remove rooms; each through the door of `schedule.journal`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.errors import Invalid
from ptgsched.events.models import Event, Room, RoomKind, Slot
from ptgsched.schedule import queries
from ptgsched.schedule.journal import door
from ptgsched.schedule.models import Booking
from ptgsched.setup.consequences import InUse, announced, forget, require_past
from ptgsched.setup.fields import (
    MOST_PEOPLE,
    NAME_LENGTH,
    Cleaner,
    Given,
    Taken,
    address,
    as_it_is,
    choice,
    cleaned,
    line,
    number,
    optional_line,
    refuse,
    require_free_name,
    text,
)
from ptgsched.setup.shapes import room_facts, with_changed_links

DESCRIPTION_LENGTH = 4000
MOST_POSITION = 1_000_000
SHORTEST_PASSCODE = 4  # to be looked for in texts, where a shorter one may stand by chance


def _features(values: Sequence[str]) -> list[str]:
    return [word for word in dict.fromkeys(line(NAME_LENGTH)(value) for value in values) if word]


FIELDS: dict[str, Cleaner] = {
    "slug": as_it_is,
    "name": line(NAME_LENGTH, least=1),
    "kind": choice(RoomKind),
    "join_url": address,
    "join_public": as_it_is,
    "passcode": optional_line(NAME_LENGTH),
    "capacity": number(MOST_PEOPLE),
    "description": text(DESCRIPTION_LENGTH),
    "features": _features,
    "position": number(MOST_POSITION),
    "offered_slots": as_it_is,
}


def rooms_of(event: Event) -> list[Room]:
    """All rooms of the event in their order, the slots they are offered in read at once."""
    query = select(Room).where(Room.event_id == event.id).order_by(Room.position, Room.id)
    return list(db.session.scalars(query.options(selectinload(Room.offered_slots))))


def add_room(event: Event, given: Given, *, actor: Actor, at: datetime) -> Room:
    """A new room, the last in order unless `position` says otherwise.

    `given` has at least a name.  Raises Invalid with all wrong fields, Conflict for a name or
    slug in use.
    """
    with door(event, actor=actor, at=at) as journal:
        room = new_room(event, given, taken_by(event))
        if given.get("position") is None:
            room.position = max((other.position for other in event.rooms), default=-1) + 1
        event.rooms.append(room)
        db.session.flush()
        journal.append("room.created", after=room_facts(room), subject=room.slug)
    return room


def taken_by(event: Event) -> Taken:
    """What new rooms cannot be called."""
    return Taken("room", ((room.name, room.slug) for room in event.rooms))


def new_room(event: Event, given: Given, taken: Taken) -> Room:
    """A room with these facts that is not the event's yet.  Raises as `add_room`."""
    facts = cleaned(given, FIELDS)
    room = Room(
        slug=taken.claim(facts),
        name=facts["name"],
        kind=RoomKind.OTHER,
        description="",
        features=[],
        position=0,
        offered_always=True,
    )
    _write(event, room, facts)
    _keep_passcode_secret(room)
    return room


def change_room(event: Event, room: Room, given: Given, *, actor: Actor, at: datetime) -> Room:
    """Change what is given; its slug, and so its address, stays.

    Bookings that show what was changed are announced anew to calendars.  A change that changes
    nothing writes nothing.  Raises as `add_room`, and InUse when bookings stand in slots it
    would not be offered in any more.
    """
    with door(event, actor=actor, at=at) as journal:
        facts = cleaned(given, FIELDS)
        if "name" in facts:
            others = [other.name for other in event.rooms if other is not room]
            require_free_name(facts["name"], others, "room")
        bookings = queries.bookings(event, room=room)
        before = room_facts(room)
        with announced(journal, bookings):
            changed = _write(event, room, facts)
            _keep_passcode_secret(room)
            if "offered_slots" in changed:
                _require_offered(room, bookings)
            if changed:
                after = with_changed_links(room_facts(room), changed)
                journal.append("room.updated", before=before, after=after, subject=room.slug)
    return room


def remove_room(event: Event, room: Room, *, actor: Actor, at: datetime) -> None:
    """Delete it.

    Raises InUse while bookings stand in it, StillAnnounced while feeds tell of released ones:
    until then it can be offered in no slot.
    """
    with door(event, actor=actor, at=at) as journal:
        before = room_facts(room)
        past = queries.bookings(event, room=room, cancelled=True)
        require_past(f"deleting {room.name}", past, at=at)
        forget(past)
        db.session.delete(room)
        journal.append("room.deleted", before=before, subject=room.slug)
    db.session.expire(event, ["rooms"])


def _write(event: Event, room: Room, facts: Given) -> set[str]:
    """Set the fields that differ; their names."""
    changed = set()
    for name, value in facts.items():
        if name == "slug":
            continue
        if name == "offered_slots":
            if _offer(event, room, value):
                changed.add(name)
        elif name == "position" and value is None:
            continue
        elif getattr(room, name) != value:
            setattr(room, name, value)
            changed.add(name)
    return changed


def _offer(event: Event, room: Room, codes: Sequence[str] | None) -> bool:
    """Offer it in these slots only, or in all for None; whether that is something else."""
    slots = _slots(event, codes) if codes else []
    before = room.offered_always, {slot.id for slot in room.offered_slots}
    room.offered_always = codes is None
    room.offered_slots = slots
    return before != (room.offered_always, {slot.id for slot in slots})


def _slots(event: Event, codes: Sequence[str]) -> list[Slot]:
    try:
        return list(queries.slots_by_code(event, codes))
    except Invalid as error:
        said = error.message
        raise Invalid(f"offered_slots: {said}", fields={"offered_slots": [said]}) from error


def _require_offered(room: Room, bookings: Sequence[Booking]) -> None:
    outside = [b for b in bookings if not all(room.offers(slot) for slot in b.slots)]
    if outside:
        raise InUse(f"offering {room.name} in other slots only", outside)


def _keep_passcode_secret(room: Room) -> None:
    """Raises Invalid when the passcode stands where everybody reads it."""
    if not room.passcode or len(room.passcode) < SHORTEST_PASSCODE:
        return
    public: dict[str, Any] = {
        "name": room.name,
        "description": room.description,
        "features": " ".join(room.features),
    }
    said = "Everybody reads this, so leave the passcode out."
    wrong = {name: [said] for name, words in public.items() if room.passcode in words}
    if wrong:
        refuse(wrong)
