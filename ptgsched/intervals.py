"""Spans of time, half-open: the start belongs to a span, the end does not.

So two bookings that follow each other, 13:00-14:00 and 14:00-15:00, touch and do not overlap,
and the lengths of the parts of a span add up to the length of the whole. Everything here is
aware UTC and pure: no clock, no zone, no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from ptgsched.errors import Invalid

T = TypeVar("T")
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_NOTHING = timedelta(0)


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """The instants from `start`, included, to `end`, excluded.

    Both are aware datetimes at offset zero, kept with `datetime.UTC` whichever UTC object they
    came with. Ordered by start, then by end. Never empty.

    Raises `Invalid` with code `not_utc` for a naive datetime or another offset, and
    `empty_interval` when the end is not after the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        # Europe/London in winter is at offset zero too, and would leave it in spring.
        object.__setattr__(self, "start", _as_utc(self.start))
        object.__setattr__(self, "end", _as_utc(self.end))
        if self.end <= self.start:
            raise Invalid(
                f"It ends at {self.end:%Y-%m-%d %H:%M} UTC, "
                f"which is not after its start at {self.start:%Y-%m-%d %H:%M} UTC.",
                code="empty_interval",
                start=self.start,
                end=self.end,
            )

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} - {self.end:%Y-%m-%d %H:%M} UTC"

    @property
    def duration(self) -> timedelta:
        """The length, exact and positive."""
        return self.end - self.start

    @property
    def hours(self) -> float:
        """The length in hours."""
        return self.duration / _HOUR

    @property
    def minutes(self) -> int:
        """The length in whole minutes; seconds beyond the last one are dropped."""
        return self.duration // _MINUTE

    def overlaps(self, other: Interval) -> bool:
        """Say whether some instant lies in both."""
        return self.start < other.end and other.start < self.end

    def contains(self, instant: datetime) -> bool:
        """Say whether an aware instant lies inside: the start does, the end does not."""
        return self.start <= instant < self.end

    def touches(self, other: Interval) -> bool:
        """Say whether one ends exactly where the other starts, in either order."""
        return self.end == other.start or other.end == self.start

    def shift(self, by: timedelta) -> Interval:
        """Return an interval of the same length, later by `by` (earlier when negative).

        Raises `Invalid` with code `out_of_range` beyond the years 1 to 9999.
        """
        try:
            return Interval(self.start + by, self.end + by)
        except OverflowError:
            raise Invalid("That is too far away in time.", code="out_of_range") from None

    def split(self, length: timedelta, gap: timedelta = _NOTHING) -> list[Interval]:
        """Return the parts of exactly `length` that fit, from the start on, in order.

        `gap` is left free between two parts. What remains at the end and is too short for
        another part is left out, so the list is empty when `length` exceeds the duration.

        Raises `Invalid` with code `bad_split` unless `length` is positive and `gap` is zero or
        more.
        """
        if length <= _NOTHING or gap < _NOTHING:
            raise Invalid(
                "A part must last longer than nothing, and the gap between two parts "
                "cannot be negative.",
                code="bad_split",
                length_minutes=length / _MINUTE,
                gap_minutes=gap / _MINUTE,
            )
        # Counted before cutting, so that no instant past the end is ever computed.
        count = (self.duration + gap) // (length + gap)
        starts = (self.start + n * (length + gap) for n in range(count))
        return [Interval(start, start + length) for start in starts]


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the union as intervals in order, none of which overlaps or touches another."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and interval.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, interval.end))
        else:
            merged.append(interval)
    return merged


def by_utc_day(interval: Interval) -> list[tuple[date, Interval]]:
    """Cut at each midnight UTC; return each UTC date with the part on it, in order."""
    parts: list[tuple[date, Interval]] = []
    start = interval.start
    while start.date() < interval.end.date():
        midnight = datetime.combine(start.date() + timedelta(days=1), time(), UTC)
        parts.append((start.date(), Interval(start, midnight)))
        start = midnight
    if start < interval.end:
        parts.append((start.date(), Interval(start, interval.end)))
    return parts


def runs(things: Iterable[T], goes_on: Callable[[T, T], bool]) -> list[list[T]]:
    """Return the stretches of neighbours in each of which every thing goes on from the last."""
    found: list[list[T]] = []
    for thing in things:
        if found and goes_on(found[-1][-1], thing):
            found[-1].append(thing)
        else:
            found.append([thing])
    return found


def _as_utc(moment: datetime) -> datetime:
    offset = moment.utcoffset()
    if offset != _NOTHING:  # None when naive
        raise Invalid(
            f"{moment.isoformat()} is not a UTC time.", code="not_utc", moment=moment.isoformat()
        )
    return moment.replace(tzinfo=UTC)
