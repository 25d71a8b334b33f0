"""A day as a list by hour, for small screens: the grid's facts without its empty cells."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ptgsched.schedule.grid import Cell, CellKind, Column, DayGrid, Row, WindowGroup
from ptgsched.timewords import day as day_in_words


@dataclass(frozen=True, slots=True)
class Entry:
    """One session of the list."""

    row: Row
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What starts at one instant, and how many rooms one could still book."""

    column: Column
    window: WindowGroup
    entries: tuple[Entry, ...]
    free_rooms: int

    @property
    def is_running(self) -> bool:
        """Whether something that began then is on now, perhaps hours later."""
        return any(entry.cell.is_now for entry in self.entries)


@dataclass(frozen=True, slots=True)
class LocalDay:
    """The hours that fall on one date of the reader's."""

    label: str  # Tue 27 Oct
    other_date: bool  # that is not the event day
    hours: tuple[Hour, ...]


def agenda(grid: DayGrid, zone: str, *, with_free: bool = True) -> list[LocalDay]:
    """The grid by the reader's dates and hours, with only the sessions that the filters match.

    Without `with_free`, for who cannot book, hours in which nothing begins are left out.
    """
    starting: dict[str, list[Entry]] = defaultdict(list)
    free: dict[str, int] = defaultdict(int)
    for row in grid.rows:
        for cell in row.cells:
            if cell.kind == CellKind.BOOKED and not cell.faded:
                starting[cell.first.code].append(Entry(row, cell))
            elif cell.kind == CellKind.FREE and with_free:
                free[cell.first.code] += 1
    days: list[LocalDay] = []
    for window in grid.windows:
        for column in window.columns:
            hour = Hour(
                column=column,
                window=window,
                entries=tuple(starting[column.code]),
                free_rooms=free[column.code],
            )
            _append(days, hour, day_in_words(column.slot.starts_at, zone), grid)
    return days


def _append(days: list[LocalDay], hour: Hour, label: str, grid: DayGrid) -> None:
    if not hour.entries and not hour.free_rooms:
        return
    if days and days[-1].label == label:
        days[-1] = LocalDay(label, days[-1].other_date, (*days[-1].hours, hour))
    else:
        days.append(LocalDay(label, label != f"{grid.day:%a %-d %b}", (hour,)))
