"""Add, change and remove windows and their slots; through the door of `schedule.journal`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound
from ptgsched.events import layout
from ptgsched.events.layout import day_code
from ptgsched.events.models import Event, Slot, Window
from ptgsched.intervals import Interval
from ptgsched.schedule.journal import door
from ptgsched.schedule.models import Booking, BookingSlot
from ptgsched.setup.consequences import InUse
from ptgsched.setup.fields import NAME_LENGTH, Cleaner, Given, cleaned, in_years, line, refuse
from ptgsched.setup.shapes import window_facts, window_slug
from ptgsched.timezones import local_date

CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,7}")
LONGEST = timedelta(hours=24)
MOST_SLOTS = 100
MINUTES = 60


def _code(value: str) -> str:
    if not CODE.fullmatch(value):
        raise Invalid("A letter, then letters and digits, at most 8 in all.")
    return value


def _instant(value: datetime) -> datetime:
    if value.second or value.microsecond:
        raise Invalid("A whole minute.")
    return in_years(value)


def _minutes(least: int) -> Cleaner:
    def clean(value: int) -> int:
        if not least <= value <= 24 * 60:
            raise Invalid(f"From {least} minutes to a day.")
        return value

    return clean


FIELDS: dict[str, Cleaner] = {
    "code": _code,
    "name": line(NAME_LENGTH),
    "start": _instant,
    "end": _instant,
    "minutes": _minutes(5),
    "gap": _minutes(0),
}
CUT = frozenset({"start", "end", "minutes", "gap"})


def windows_of(event: Event) -> list[Window]:
    """All windows of the event in order of time, their slots read at once."""
    query = select(Window).where(Window.event_id == event.id).options(selectinload(Window.slots))
    return list(db.session.scalars(query.order_by(Window.starts_at, Window.id)))


def window_of(event: Event, slug: str) -> Window:
    """A window by day and code, in any case: ``MonA``; raises NotFound."""
    for window in event.windows:
        if window_slug(event, window).casefold() == slug.casefold():
            return window
    raise NotFound(f"There is no window {slug!r} at this event.", window=slug)


def add_window(event: Event, given: Given, *, actor: Actor, at: datetime) -> Window:
    """A new window, cut from start to end into slots of `minutes` with `gap` between them.

    It belongs to the day it starts on in the event's zone, and its slots are named by that day,
    its code and a number.  Raises Invalid, and Conflict when it overlaps another or its code is
    in use.
    """
    with door(event, actor=actor, at=at) as journal:
        facts = cleaned(given, FIELDS)
        intervals = cut(
            facts["start"], facts["end"], facts.get("minutes", MINUTES), facts.get("gap", 0)
        )
        day = local_date(intervals[0].start, event.timezone)
        if not event.starts_on <= day <= event.ends_on:
            said = f"That is {day}; the event lasts from {event.starts_on} to {event.ends_on}."
            raise Invalid(f"start: {said}", fields={"start": [said]})
        slug = f"{day_code(event, day)}{facts['code']}"
        others = windows_of(event)
        if slug.casefold() in {window_slug(event, other).casefold() for other in others}:
            raise Conflict(f"There is already a window {slug} here.", code="slug_taken", slug=slug)
        require_room_in_time(event, intervals)
        window = lay_window(event, facts["code"], facts.get("name", ""), intervals, day=day)
        db.session.flush()
        _read_again(event, window)
        journal.append("window.created", after=window_facts(event, window), subject=slug)
    return window


def lay_window(
    event: Event, code: str, name: str, intervals: Sequence[Interval], *, day: date
) -> Window:
    """A window with a slot for each of `intervals`, named as no other slot is."""
    codes = fresh_codes(event, f"{day_code(event, day)}{code}", ())
    named = [next(codes) for _ in intervals]
    return layout.add_window(event, code, name, intervals, day=day, slot_codes=named)


def change_window(
    event: Event, window: Window, given: Given, *, actor: Actor, at: datetime
) -> Window:
    """Rename it or cut it anew; its day and code stay.

    Slots whose time stays keep their codes.  Raises as `add_window`, and InUse, before anything
    is changed, with every booking that would lose a slot.
    """
    with door(event, actor=actor, at=at) as journal:
        facts = cleaned(given, FIELDS)
        before = window_facts(event, window)
        window.name = facts.get("name", window.name)
        if facts.keys() & CUT:
            windows_of(event)  # for their slots, all at once
            intervals = _cut_anew(window, facts)
            if local_date(intervals[0].start, event.timezone) != window.day:
                said = f"This window is one of {window.day}; delete it and add one on another day."
                raise Invalid(f"start: {said}", fields={"start": [said]})
            require_room_in_time(event, intervals, window)
            _require_nothing_falls(event, window, intervals)
            _replace_slots(event, window, intervals)
        after = window_facts(event, window)
        if after != before:
            journal.append("window.updated", before=before, after=after, subject=after["slug"])
    return window


def remove_window(event: Event, window: Window, *, actor: Actor, at: datetime) -> None:
    """Delete it with its slots.  Raises InUse with the bookings that would fall."""
    with door(event, actor=actor, at=at) as journal:
        before = window_facts(event, window)
        held = booked_in(window)
        if held:
            raise InUse(f"deleting {before['slug']}", held)
        event.windows.remove(window)
        db.session.flush()
        _read_again(event)
        journal.append("window.deleted", before=before, subject=before["slug"])


def cut(start: datetime, end: datetime, minutes: int, gap: int) -> list[Interval]:
    """Slots of `minutes`, `gap` minutes between them, that fill start to end exactly.

    Raises Invalid, with the ends that would do.
    """
    length, pause = timedelta(minutes=minutes), timedelta(minutes=gap)
    if not timedelta(0) < end - start <= LONGEST:
        refuse({"end": ["After the start, and at most 24 hours later."]})
    slots = Interval(start, end).split(length, pause)
    if not slots or slots[-1].end != end:
        nearest = slots[-1].end if slots else start + length
        would = f"{nearest:%Y-%m-%dT%H:%MZ}"
        said = f"Slots of {minutes} minutes, {gap} between them, do not end there but at {would}."
        refuse({"end": [said]})
    if len(slots) > MOST_SLOTS:
        refuse({"minutes": [f"At most {MOST_SLOTS} slots; these would be {len(slots)}."]})
    return slots


def _cut_anew(window: Window, facts: Given) -> list[Interval]:
    lengths = {slot.ends_at - slot.starts_at for slot in window.slots}
    pairs = zip(window.slots, window.slots[1:], strict=False)
    gaps = {later.starts_at - earlier.ends_at for earlier, later in pairs} or {timedelta(0)}
    even = len(lengths) == len(gaps) == 1
    if not even and not {"minutes", "gap"} <= facts.keys():
        said = ["The slots of this window differ in length; say how to cut it."]
        refuse({name: said for name in ("minutes", "gap") if name not in facts})
    minute = timedelta(minutes=1)
    return cut(
        facts.get("start", window.starts_at),
        facts.get("end", window.ends_at),
        facts.get("minutes", min(lengths) // minute),
        facts.get("gap", min(gaps) // minute),
    )


def require_room_in_time(
    event: Event, intervals: Sequence[Interval], but: Window | None = None
) -> None:
    """Raises Conflict when another window has a slot in this stretch: one hour, one slot."""
    whole = Interval(intervals[0].start, intervals[-1].end)
    for window in event.windows:
        if window is not but and any(slot.interval.overlaps(whole) for slot in window.slots):
            slug = window_slug(event, window)
            raise Conflict(f"It would overlap the window {slug}.", code="overlap", window=slug)


def fallen_at_cut(window: Window, intervals: Sequence[Interval]) -> list[Booking]:
    """The bookings that would not keep their slots, next to each other as they were."""
    numbers = {interval: number for number, interval in enumerate(intervals)}
    fallen = []
    for booking, slots in _held(window):
        kept = sorted(numbers[slot.interval] for slot in slots if slot.interval in numbers)
        if len(kept) < len(slots) or kept[-1] - kept[0] != len(kept) - 1:
            fallen.append(booking)
    return fallen


def booked_in(window: Window) -> list[Booking]:
    """The bookings that hold slots of the window, in time order."""
    return [booking for booking, _ in _held(window)]


def _require_nothing_falls(event: Event, window: Window, intervals: Sequence[Interval]) -> None:
    """Raises InUse unless each booking keeps its slots."""
    fallen = fallen_at_cut(window, intervals)
    if fallen:
        raise InUse(f"cutting {window_slug(event, window)} anew", fallen)


def _held(window: Window) -> list[tuple[Booking, list[Slot]]]:
    """The bookings that hold slots of the window, in time order, and these slots."""
    rows = db.session.execute(
        select(Booking, Slot)
        .join(BookingSlot, BookingSlot.booking_id == Booking.id)
        .join(Slot, Slot.id == BookingSlot.slot_id)
        .where(Slot.window_id == window.id)
        .order_by(Slot.starts_at, Booking.uid)
    )
    found: dict[str, tuple[Booking, list[Slot]]] = {}
    for booking, slot in rows:
        found.setdefault(booking.uid, (booking, []))[1].append(slot)
    return list(found.values())


def _replace_slots(event: Event, window: Window, intervals: Sequence[Interval]) -> None:
    """In three steps, for no two slots may have one number or code, not even for a moment."""
    kept = {slot.interval: slot for slot in window.slots if slot.interval in set(intervals)}
    window.slots = list(kept.values())
    db.session.flush()
    for slot in window.slots:
        slot.number = -slot.number
    db.session.flush()
    codes = fresh_codes(event, window_slug(event, window), [s.code for s in window.slots], window)
    for number, interval in enumerate(intervals, 1):
        if interval in kept:
            kept[interval].number = number
        else:
            window.slots.append(
                Slot(
                    event_id=event.id,
                    code=next(codes),
                    number=number,
                    starts_at=interval.start,
                    ends_at=interval.end,
                )
            )
    window.starts_at, window.ends_at = intervals[0].start, intervals[-1].end
    db.session.flush()
    _read_again(event, window)


def fresh_codes(
    event: Event, prefix: str, kept: Sequence[str], window: Window | None = None
) -> Iterator[str]:
    """``MonA1``, ``MonA2`` … without those in use and those that released bookings name."""
    taken = {code.casefold() for code in kept}
    for other in event.windows:
        if other is not window:
            taken |= {slot.code.casefold() for slot in other.slots}
    named = db.session.scalars(select(Booking.slot_codes).where(Booking.event_id == event.id))
    taken |= {str(code).casefold() for codes in named for code in codes}
    number = 0
    while True:
        number += 1
        code = f"{prefix}{number}"
        if code.casefold() not in taken:
            yield code


def _read_again(event: Event, window: Window | None = None) -> None:
    """Let what was read of slots before be read anew."""
    if window is not None:
        db.session.expire(window, ["slots"])
    db.session.expire(event, ["windows", "slots"])
    for room in event.rooms:
        db.session.expire(room, ["offered_slots"])
