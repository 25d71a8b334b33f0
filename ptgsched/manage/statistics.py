"""What organizers see of who comes: the way the numbers grew, from where, awake when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise

from sqlalchemy import select

from ptgsched.accounts.models import User
from ptgsched.db import db
from ptgsched.events.models import Event, Window
from ptgsched.manage.charts import Point
from ptgsched.registrations.models import Registration
from ptgsched.registrations.statistics import Statistics, days
from ptgsched.teams.permissions import is_organizer
from ptgsched.timezones import local_date, to_local, zones_of

AWAKE = range(8, 22)  # o'clock
NOW, DAY = timedelta(), timedelta(days=1)
MOST_MARKS = 4
MOST_BARS = 20
KEPT = 1024  # zones and countries, of the days of a few events


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How many had registered by each day, counted from the first day of the event."""

    event: Event
    points: Sequence[Point]

    @property
    def total(self) -> int:
        """All in all."""
        return int(self.points[-1][1]) if self.points else 0

    def at(self, day: float) -> int:
        """How many there were by then."""
        return int(max((number for when, number in self.points if when <= day), default=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An instant that the curve is looked at: a phase of sign-up opens."""

    name: str
    at: datetime
    day: float
    number: int  # registered by then
    is_past: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AwakeWindow:
    """A window of the event's day, and how many are awake in it."""

    code: str
    name: str
    starts_at: datetime
    ends_at: datetime
    throughout: int  # awake from its start to its end
    partly: int  # for some of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Awake:
    """Who is awake when, on the first day of the event; 8 to 22 o'clock of one's own."""

    known: int  # people whose zone is known, or follows from their country
    unknown: int
    by_hour: Sequence[int]  # of UTC
    windows: Sequence[AwakeWindow]


def growth(event: Event, at: datetime, by_day: Mapping[date, int] | None = None) -> Growth:
    """The curve of an event, up to today or its last day."""
    found = by_day if by_day is not None else days(event)
    dates = sorted(found)
    sums = accumulate(found[day] for day in dates)
    points: list[Point] = [
        (float((day - event.starts_on).days), float(total))
        for day, total in zip(dates, sums, strict=True)
    ]
    if points:
        end = float((min(local_date(at, event.timezone), event.ends_on) - event.starts_on).days)
        points.insert(0, (points[0][0] - 1, 0.0))
        if end > points[-1][0]:
            points.append((end, points[-1][1]))
    return Growth(event=event, points=points)


def by_date(numbers: Statistics) -> dict[date, int]:
    """The days of the statistics as dates."""
    return {date.fromisoformat(day): number for day, number in numbers.by_day.items()}


def marks(event: Event, curve: Growth, at: datetime) -> list[Mark]:
    """Where registration and the phases of sign-up open, in order."""
    named = [(phase.name, phase.opens_at) for phase in event.phases]
    if event.registration_opens_at is not None:
        named.append(("Registration opens", event.registration_opens_at))
    found = []
    for name, opens_at in sorted(named, key=lambda pair: pair[1]):
        local = to_local(opens_at, event.timezone)
        part = (local.hour * 60 + local.minute) / 1440
        day = (local.date() - event.starts_on).days + part
        found.append(
            Mark(name=name, at=opens_at, day=day, number=curve.at(day), is_past=opens_at <= at)
        )
    return found


def earlier_events(user: User, event: Event) -> list[Event]:
    """Those before it with registrations that `user` may look at, the latest first."""
    query = (
        select(Event)
        .where(Event.id != event.id, Event.starts_on <= event.starts_on)
        .where(select(Registration.id).where(Registration.event_id == Event.id).exists())
        .order_by(Event.starts_on.desc(), Event.slug)
    )
    return [each for each in db.session.scalars(query) if is_organizer(user, each)]


def compared(events: Sequence[Event], event: Event, slug: str | None) -> Event | None:
    """The one that is asked for; without a wish the latest of the same kind."""
    if slug is not None:
        return next((each for each in events if each.slug == slug), None)
    return next((each for each in events if each.kind == event.kind), None)


def awake(event: Event, numbers: Statistics) -> Awake:
    """Who is awake in which window, by the zones of those who come."""
    first = _first_day(event)
    midnight = datetime.combine(first, time(), UTC)
    zones, unknown = _zones(numbers, midnight)
    hours = [
        sum(n for zone, n in zones.items() if _is_awake(midnight + timedelta(hours=hour), zone))
        for hour in range(24)
    ]
    windows = [
        AwakeWindow(
            code=window.code,
            name=window.name,
            starts_at=window.starts_at,
            ends_at=window.ends_at,
            throughout=sum(n for zone, n in zones.items() if _throughout(window, zone)),
            partly=sum(n for zone, n in zones.items() if _partly(window, zone)),
        )
        for window in event.windows
        if window.day == first
    ]
    return Awake(known=sum(zones.values()), unknown=unknown, by_hour=hours, windows=windows)


def strip(found: Awake) -> dict[str, list[int | None]]:
    """The 24 hours by the window that each lies in, for a chart."""
    series: dict[str, list[int | None]] = {}
    free: list[int | None] = list(found.by_hour)
    for window in found.windows:
        label = f"{window.code} {window.name}".strip()
        values: list[int | None] = [None] * 24
        hour = window.starts_at
        while hour < window.ends_at:
            at = hour.astimezone(UTC).hour
            values[at], free[at] = found.by_hour[at], None
            hour += timedelta(hours=1)
        series[label] = values
    return {**series, "Outside the windows" if series else "Awake": free}


def first(groups: Mapping[str, int]) -> dict[str, int]:
    """The first groups by size."""
    return dict(list(groups.items())[:MOST_BARS])


def largest(groups: Mapping[str, int]) -> dict[str, int]:
    """The first groups by size, and all others as one: where each person is in one group."""
    kept = first(groups)
    rest = sum(groups.values()) - sum(kept.values())
    return {**kept, f"{len(groups) - len(kept)} others": rest} if rest else kept


def _first_day(event: Event) -> date:
    return min((window.day for window in event.windows), default=event.starts_on)


def _zones(numbers: Statistics, at: datetime) -> tuple[Counter[str], int]:
    """People by zone; who named only a country counts when its clocks all agree.

    Zones whose clocks show the same all day are one.
    """
    known: Counter[str] = Counter()
    alike: dict[tuple[timedelta | None, ...], str] = {}
    unknown = 0
    for (zone, country), number in numbers.by_zone.items():
        found = zone or _only_zone(country, at)
        if found is None:
            unknown += number
        else:
            known[alike.setdefault(_clocks(found, at), found)] += number
    return known, unknown


@lru_cache(maxsize=KEPT)
def _clocks(zone: str, at: datetime) -> tuple[timedelta | None, ...]:
    return tuple(to_local(at + day, zone).utcoffset() for day in (NOW, DAY, 2 * DAY))


@lru_cache(maxsize=KEPT)
def _only_zone(country: str | None, at: datetime) -> str | None:
    zones = zones_of(country) if country else ()
    # Stops at the first that differs: to know a zone, its file has to be read once.
    offsets = (to_local(at, zone).utcoffset() for zone in zones)
    alike = all(before == after for before, after in pairwise(offsets))
    return zones[0] if zones and alike else None


def _is_awake(at: datetime, zone: str) -> bool:
    return to_local(at, zone).hour in AWAKE


def _throughout(window: Window, zone: str) -> bool:
    start, end = to_local(window.starts_at, zone), to_local(window.ends_at, zone)
    return start.hour in AWAKE and start.date() == end.date() and end.time() <= time(AWAKE.stop)


def _partly(window: Window, zone: str) -> bool:
    hours = int((window.ends_at - window.starts_at) / timedelta(hours=1))
    return any(
        _is_awake(window.starts_at + timedelta(hours=number), zone)
        for number in range(max(hours, 1))
    )
