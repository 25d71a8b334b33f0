"""Other days for an event: what goes, what comes and what moves is named first, then done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.events.layout import day_code, wrong_days
from ptgsched.events.models import Event, Slot, Window
from ptgsched.schedule import queries
from ptgsched.schedule.journal import Journal, door
from ptgsched.schedule.models import Booking
from ptgsched.schedule.operations import touch
from ptgsched.schedule.shapes import booking_facts
from ptgsched.schedule.texts import reason_of
from ptgsched.setup import windows as setup
from ptgsched.setup.fields import refuse
from ptgsched.setup.hours import days_of, falling, falling_with
from ptgsched.setup.removal import Falling, release_all, require_known
from ptgsched.setup.shapes import event_facts, window_facts
from ptgsched.setup.shifting import moved_slots

FAR = timedelta(days=100_000)
"""Where windows wait while others take their days."""


class Windows(StrEnum):
    """What becomes of the windows when the days change."""

    STAY = "stay"  # on their dates; those outside the new days go
    MOVE = "move"  # along with the first day, with all that is booked


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What other days would mean."""

    starts_on: date
    ends_on: date
    days: int  # by how many the windows move
    moving: Falling  # `own` would take place on another day; `held` forbids it
    going: tuple[Window, ...]
    falling: Falling
    coming: tuple[date, ...]  # days that get windows like the nearest day's

    @property
    def seen(self) -> set[str]:
        """The bookings that the asker has to have seen."""
        return self.moving.uids | self.falling.uids

    @property
    def asks(self) -> bool:
        """Whether anybody has to agree: something booked falls or moves, or windows go."""
        return bool(self.moving or self.falling or self.going)


def consequences(
    event: Event, starts_on: date, ends_on: date, how: str, *, fill: bool, at: datetime
) -> Consequences:
    """What these days would mean.  Raises Invalid for days that cannot be."""
    wrong = wrong_days(starts_on, ends_on)
    if wrong:
        refuse({f"{which}s_on": said for which, said in wrong.items()})
    windows = setup.windows_of(event)
    days = (starts_on - event.starts_on).days if how == Windows.MOVE else 0
    by = timedelta(days=days)
    going = tuple(w for w in windows if not starts_on <= w.day + by <= ends_on)
    fallen = falling_with(going, at)
    bookings = queries.bookings(event) if days else []
    moving = [booking for booking in bookings if booking.uid not in fallen.uids]
    return Consequences(
        starts_on=starts_on,
        ends_on=ends_on,
        days=days,
        moving=falling([moving], at),
        going=going,
        falling=fallen,
        coming=tuple(_coming(event, windows, starts_on, ends_on, by)) if fill else (),
    )


def change_days(
    event: Event,
    starts_on: date,
    ends_on: date,
    how: str,
    *,
    fill: bool,
    seen: Iterable[str] = (),
    reason: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """Let the event last from `starts_on` to `ends_on`.

    Windows that go release what is booked in them; windows that move take it along, and calendars
    learn of its new time.  Raises Stale when a booking is concerned that is not among `seen`,
    TookPlace when one has begun, Invalid for days that cannot be and without a `reason` where
    one is needed.
    """
    with door(event, actor=actor, at=at) as journal:
        meant = consequences(event, starts_on, ends_on, how, fill=fill, at=at)
        known = list(seen)
        require_known(meant.falling, known, "the window")
        require_known(meant.moving, known, "its day")
        if meant.moving.own and reason_of(reason) is None:
            refuse({"reason": ["Say why: the reason is kept with each booking that moves."]})
        release_all(event, meant.falling, reason=reason, actor=actor, at=at)
        before, first = event_facts(event), event.starts_on
        patterns = _by_day(event) if meant.coming else {}
        for window in meant.going:
            setup.remove_window(event, window, actor=actor, at=at)
        event.starts_on, event.ends_on = starts_on, ends_on
        if meant.days:
            _move(journal, meant.days, first, reason)
        for day in meant.coming:
            _fill(journal, day, patterns, timedelta(days=meant.days))
        after = event_facts(event)
        if after != before:
            journal.append("event.updated", before=before, after=after)
    db.session.expire(event, ["windows", "slots"])


def _coming(
    event: Event, windows: Sequence[Window], first: date, last: date, by: timedelta
) -> Iterable[date]:
    """The days that are new; weekends only where the event had some."""
    if not windows:
        return
    old = {day + by for day in days_of(event)}
    weekends = any(window.day.weekday() >= 5 for window in windows)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day not in old and (weekends or day.weekday() < 5):
            yield day


def _by_day(event: Event) -> dict[date, list[tuple[str, str, list[Slot]]]]:
    """Each day's windows, with copies of their slots: some of them may go."""
    found: dict[date, list[tuple[str, str, list[Slot]]]] = {}
    for window in setup.windows_of(event):
        slots = [Slot(starts_at=slot.starts_at, ends_at=slot.ends_at) for slot in window.slots]
        if slots:
            found.setdefault(window.day, []).append((window.code, window.name, slots))
    return found


def _fill(
    journal: Journal,
    day: date,
    patterns: dict[date, list[tuple[str, str, list[Slot]]]],
    by: timedelta,
) -> None:
    """Windows like those of the nearest day that had some, at the same local hours."""
    event = journal.event
    if not patterns:
        return
    nearest = min(patterns, key=lambda known: (abs(known + by - day), known))
    for code, name, slots in patterns[nearest]:
        intervals = moved_slots(slots, (day - nearest).days, event.timezone)
        setup.require_room_in_time(event, intervals)
        window = setup.lay_window(event, code, name, intervals, day=day)
        db.session.flush()
        facts = window_facts(event, window)
        journal.append("window.created", after=facts, subject=facts["slug"])


def _move(journal: Journal, days: int, first: date, reason: str) -> None:
    """All windows, slots and bookings by so many days, at the hours of the event's zone."""
    event = journal.event
    windows = setup.windows_of(event)
    bookings = queries.bookings(event, cancelled=True)
    was_event = Event(starts_on=first)  # for the codes of days, which count from it
    before = {booking.uid: booking_facts(booking) for booking in bookings}
    was = [window_facts(was_event, window) for window in windows]
    old_codes = {slot.id: slot.code for window in windows for slot in window.slots}
    for window in windows:  # nobody may stand in another one's place, not even for a moment
        window.day += FAR
        for slot in window.slots:
            slot.code = f"~{slot.id}"
    db.session.flush()
    renamed: dict[str, str] = {}
    for window in windows:
        old_prefix = f"{day_code(was_event, window.day - FAR)}{window.code}"
        window.day += timedelta(days=days) - FAR
        intervals = moved_slots(window.slots, days, event.timezone)
        prefix = f"{day_code(event, window.day)}{window.code}"
        for slot, interval in zip(window.slots, intervals, strict=True):
            slot.starts_at, slot.ends_at = interval.start, interval.end
            code = old_codes[slot.id]
            if code.startswith(old_prefix):
                renamed[code] = prefix + code.removeprefix(old_prefix)
            slot.code = renamed.get(code, code)
        window.starts_at, window.ends_at = intervals[0].start, intervals[-1].end
    db.session.flush()
    db.session.expire(event, ["windows", "slots"])
    for window, facts in zip(windows, was, strict=True):
        after = window_facts(event, window)
        journal.append("window.updated", before=facts, after=after, subject=after["slug"])
    for booking in bookings:
        _move_booking(journal, booking, before[booking.uid], renamed, reason)
    db.session.flush()


def _move_booking(
    journal: Journal,
    booking: Booking,
    before: dict[str, object],
    renamed: dict[str, str],
    reason: str,
) -> None:
    """Follow its slots; a released one keeps its time, as calendars were told, and its slots."""
    booking.slot_codes = [renamed.get(code, code) for code in booking.slot_codes]
    if not booking.is_confirmed:
        return
    db.session.expire(booking, ["slots"])
    booking.starts_at, booking.ends_at = booking.slots[0].starts_at, booking.slots[-1].ends_at
    touch(booking, journal.at)
    journal.append(
        "booking.moved",
        before=before,
        after=booking_facts(booking),
        booking=booking,
        reason=reason_of(reason),
    )
