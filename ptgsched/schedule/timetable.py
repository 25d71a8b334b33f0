"""Sessions as lines of a table: the reader's time and UTC, by the reader's date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ptgsched.events.models import Room, Slot
from ptgsched.schedule.models import Booking
from ptgsched.timewords import clock
from ptgsched.timewords import day as day_in_words
from ptgsched.timezones import local_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One session, or (in a room's table) a stretch that is free or not offered."""

    starts_at: datetime
    ends_at: datetime
    codes: tuple[str, ...]
    booking: Booking | None
    offered: bool
    local: str  # 22:00-00:00, by the reader's clock
    utc: str
    event_day: str  # Monday, where the reader's date is another; else empty

    @property
    def hours(self) -> float:
        """How long, in hours."""
        return (self.ends_at - self.starts_at).total_seconds() / 3600


@dataclass(frozen=True, slots=True)
class DayTable:
    """The lines that start on one date of the reader's."""

    label: str  # Tue 27 Oct
    lines: tuple[Line, ...]


def sessions_by_day(
    bookings: Iterable[Booking], slots: Iterable[Slot], zone: str
) -> list[DayTable]:
    """`bookings`, in time order, by the reader's date."""
    days = {slot.code: slot.day for slot in slots}
    return _by_day([_of_booking(booking, days, zone) for booking in bookings], zone)


def room_by_day(
    room: Room, bookings: Iterable[Booking], slots: Sequence[Slot], zone: str
) -> list[DayTable]:
    """All hours of a room: its sessions, and between them what is free or not offered."""
    days = {slot.code: slot.day for slot in slots}
    holders = {code: booking for booking in bookings for code in booking.slot_codes}
    lines: list[Line] = []
    for stretch in _stretches(room, slots, holders):
        holder = holders.get(stretch[0].code)
        if holder is not None:
            lines.append(_of_booking(holder, days, zone))
        else:
            lines.append(
                _line(
                    starts_at=stretch[0].starts_at,
                    ends_at=stretch[-1].ends_at,
                    codes=tuple(slot.code for slot in stretch),
                    booking=None,
                    offered=room.offers(stretch[0]),
                    event_day=stretch[0].day,
                    zone=zone,
                )
            )
    return _by_day(lines, zone)


def _stretches(
    room: Room, slots: Sequence[Slot], holders: dict[str, Booking]
) -> Iterator[list[Slot]]:
    """Runs of slots with the same holder, or free, or not offered, each in one window."""
    run: list[Slot] = []
    for slot in sorted(slots, key=_by_window):
        if run and not (
            run[-1].window_id == slot.window_id
            and holders.get(run[-1].code) is holders.get(slot.code)
            and room.offers(run[-1]) == room.offers(slot)
        ):
            yield run
            run = []
        run.append(slot)
    if run:
        yield run


def _by_window(slot: Slot) -> tuple[datetime, int, int]:
    return slot.window.starts_at, slot.window_id, slot.number


def _of_booking(booking: Booking, days: dict[str, date], zone: str) -> Line:
    return _line(
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        codes=tuple(booking.slot_codes),
        booking=booking,
        offered=True,
        # A slot that was named anew since the slots were read is not among them.
        event_day=days.get(booking.slot_codes[0], local_date(booking.starts_at, zone)),
        zone=zone,
    )


def _line(
    *,
    starts_at: datetime,
    ends_at: datetime,
    codes: tuple[str, ...],
    booking: Booking | None,
    offered: bool,
    event_day: date,
    zone: str,
) -> Line:
    differs = local_date(starts_at, zone) != event_day
    return Line(
        starts_at=starts_at,
        ends_at=ends_at,
        codes=codes,
        booking=booking,
        offered=offered,
        local=f"{clock(starts_at, zone)}\u2013{clock(ends_at, zone)}",
        utc=f"{clock(starts_at, 'UTC')}\u2013{clock(ends_at, 'UTC')}",
        event_day=f"{event_day:%A}" if differs else "",
    )


def _by_day(lines: Sequence[Line], zone: str) -> list[DayTable]:
    found: dict[date, list[Line]] = {}
    for line in sorted(lines, key=lambda line: (line.starts_at, line.codes)):
        found.setdefault(local_date(line.starts_at, zone), []).append(line)
    return [
        DayTable(day_in_words(lines[0].starts_at, zone), tuple(lines)) for lines in found.values()
    ]
