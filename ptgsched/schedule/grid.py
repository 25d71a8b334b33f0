"""The schedule grid as plain facts: days, windows, slots, rooms and the cells between them.

Pure: templates and tests read it; times in words are the reader's, with UTC beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby

from ptgsched.events.models import Room, Slot
from ptgsched.schedule.barring import IN_SHORT
from ptgsched.schedule.models import Booking
from ptgsched.schedule.policy import Violation
from ptgsched.schedule.selection import Day, Filters
from ptgsched.schedule.wording import in_words
from ptgsched.timewords import clock
from ptgsched.timewords import day as day_in_words
from ptgsched.timezones import local_date


class CellKind(StrEnum):
    """What a cell of the grid is for this reader."""

    BOOKED = "booked"
    FREE = "free"
    BARRED = "barred"  # free, but not for the chosen team
    NOT_OFFERED = "not-offered"
    OVER = "over"  # nobody took it and its time has passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A slot as the reader sees it."""

    slot: Slot
    local: str  # 22:00
    local_end: str
    utc: str
    new_date: str  # "Tue 27 Oct" where the reader's date turns inside a window, else empty
    starts_window: bool
    is_now: bool
    is_over: bool
    reasons: tuple[str, ...]  # why it is barred for the chosen team, in sentences
    reason: str  # the first of them in a word or two

    @property
    def code(self) -> str:
        """The slot's code."""
        return self.slot.code


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowGroup:
    """The columns of one window."""

    code: str
    name: str
    columns: tuple[Column, ...]
    utc: str  # 13:00-17:00
    date: str  # the reader's date when it starts: Mon 26 Oct
    other_date: bool  # that is not the event day


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell, over one or more columns of one window."""

    kind: CellKind
    columns: tuple[Column, ...]
    booking: Booking | None = None
    faded: bool = False
    mine: bool = False
    movable: bool = False

    @property
    def first(self) -> Column:
        """Where it starts."""
        return self.columns[0]

    @property
    def last(self) -> Column:
        """Where it ends."""
        return self.columns[-1]

    @property
    def span(self) -> int:
        """How many slots it covers."""
        return len(self.columns)

    @property
    def is_now(self) -> bool:
        """Whether its time is now."""
        return any(column.is_now for column in self.columns)


@dataclass(frozen=True, slots=True)
class Row:
    """A room and its cells from left to right."""

    room: Room
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class DayGrid:
    """One event day."""

    day: date
    windows: tuple[WindowGroup, ...]
    rows: tuple[Row, ...]

    @property
    def columns(self) -> list[Column]:
        """All slots shown, in time order."""
        return [column for window in self.windows for column in window.columns]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks, as far as the grid cares."""

    zone: str
    at: datetime
    led: frozenset[int] = frozenset()  # ids of teams
    may_change_all: bool = False
    is_kept: bool = False  # the event is archived, so that nobody may
    filters: Filters = field(default_factory=Filters)
    names: Mapping[str, str] = field(default_factory=dict)  # of teams, by slug

    def is_mine(self, booking: Booking) -> bool:
        """Whether one of the reader's teams takes part."""
        return not self.led.isdisjoint(team.id for team in booking.teams)

    def may_change(self, booking: Booking) -> bool:
        """Whether the reader books for its team, and it is not over."""
        allowed = self.may_change_all or booking.team_id in self.led
        return allowed and not self.is_kept and booking.ends_at > self.at


def day_grid(
    day: Day,
    *,
    rooms: Sequence[Room],
    bookings: Sequence[Booking],
    reader: Reader,
    barred: Mapping[str, tuple[Violation, ...]],
) -> DayGrid:
    """One day's grid for this reader; `barred` holds what forbids its slots to their team."""
    windows = tuple(window_groups(day, reader=reader, barred=barred))
    held = {(b.room_id, code): b for b in bookings for code in b.slot_codes}
    rows = tuple(Row(room, tuple(_cells(room, windows, held, reader))) for room in rooms)
    return DayGrid(day.date, windows, rows)


def window_groups(
    day: Day, *, reader: Reader, barred: Mapping[str, tuple[Violation, ...]]
) -> Iterator[WindowGroup]:
    """The day's windows with their columns, those filtered out left out."""
    for _, slots in groupby(sorted(day.slots, key=_by_window), key=lambda slot: slot.window_id):
        inside = tuple(slots)
        window = inside[0].window
        if reader.filters.window not in {"", window.code}:
            continue
        start, end = inside[0].starts_at, inside[-1].ends_at
        yield WindowGroup(
            code=window.code,
            name=window.name,
            columns=tuple(_columns(inside, reader, barred)),
            utc=f"{clock(start, 'UTC')}-{clock(end, 'UTC')}",
            date=day_in_words(start, reader.zone),
            other_date=local_date(start, reader.zone) != day.date,
        )


def _by_window(slot: Slot) -> tuple[datetime, int, int]:
    return slot.window.starts_at, slot.window_id, slot.number


def _columns(
    slots: Sequence[Slot], reader: Reader, barred: Mapping[str, tuple[Violation, ...]]
) -> Iterator[Column]:
    date_before = local_date(slots[0].starts_at, reader.zone)
    for slot in slots:
        date_here = local_date(slot.starts_at, reader.zone)
        broken = barred.get(slot.code, ())
        yield Column(
            slot=slot,
            local=clock(slot.starts_at, reader.zone),
            local_end=clock(slot.ends_at, reader.zone),
            utc=clock(slot.starts_at, "UTC"),
            new_date=day_in_words(slot.starts_at, reader.zone) if date_here != date_before else "",
            starts_window=slot is slots[0],
            is_now=slot.interval.contains(reader.at),
            is_over=slot.ends_at <= reader.at,
            reasons=tuple(in_words(v, reader.zone, reader.names) for v in broken),
            reason=IN_SHORT[broken[0].rule] if broken else "",
        )
        date_before = date_here


def _cells(
    room: Room,
    windows: Sequence[WindowGroup],
    held: Mapping[tuple[int, str], Booking],
    reader: Reader,
) -> Iterator[Cell]:
    offered = None if room.offered_always else {slot.id for slot in room.offered_slots}
    for window in windows:
        # Neighbours of one booking become one cell; free cells stay apart.
        run: list[Column] = []
        for column in window.columns:
            booking = held.get((room.id, column.code))
            if run and booking is not held.get((room.id, run[0].code)):
                yield _booked(run, held[room.id, run[0].code], reader)
                run = []
            if booking is not None:
                run.append(column)
            else:
                yield Cell(kind=_kind(column, offered), columns=(column,))
        if run:
            yield _booked(run, held[room.id, run[0].code], reader)


def _kind(column: Column, offered: set[int] | None) -> CellKind:
    if offered is not None and column.slot.id not in offered:
        return CellKind.NOT_OFFERED
    if column.is_over:
        return CellKind.OVER
    return CellKind.BARRED if column.reasons else CellKind.FREE


def _booked(columns: Sequence[Column], booking: Booking, reader: Reader) -> Cell:
    return Cell(
        kind=CellKind.BOOKED,
        columns=tuple(columns),
        booking=booking,
        faded=not reader.filters.match(booking),
        mine=reader.is_mine(booking),
        movable=reader.may_change(booking),
    )
