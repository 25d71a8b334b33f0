"""Local time and back, and the catalogue of zones: the only importer of pytz.

An hour that happens twice, or never, is refused with its way out, never guessed.

pytz's tables list every change of clocks before `TABLES_END`. After it each zone keeps its last
known offset, in both directions: round trips still hold, but a zone that changes clocks is an
hour off for half of each year. Forms that take dates so far away should say so.

Local datetimes are for showing: adding hours to one keeps its offset across a change of clocks.
"""

from __future__ import annotations

import difflib
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, tzinfo
from functools import cache

import pytz

from ptgsched.errors import Invalid

TABLES_END = datetime(2038, 1, 1, tzinfo=UTC)
"""No change of clocks is known from this instant on."""

_EVER = datetime(1, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_NOTHING = timedelta(0)
_MINUTE = timedelta(minutes=1)


class UnknownZone(Invalid):
    """No time zone has this name. Facts: `name`, `suggestions` (up to three, best first)."""

    code = "unknown_zone"

    def __init__(self, *, name: str, suggestions: list[str]) -> None:
        hint = f" Did you mean {' or '.join(suggestions)}?" if suggestions else ""
        super().__init__(
            f'"{name}" is not a time zone.{hint or " Write one like Europe/Berlin."}',
            name=name,
            suggestions=suggestions,
        )


class AmbiguousTime(Invalid):
    """The zone's clocks show this local time twice, since they were turned back.

    Facts: `local` (ISO 8601, without offset), `zone`, and the way out: the UTC instants
    `earlier` and `later`, one of which was meant.
    """

    code = "ambiguous_time"

    def __init__(self, *, local: datetime, zone: str, earlier: datetime, later: datetime) -> None:
        super().__init__(
            f"{_show(local)} happens twice in {zone}, at {_show(earlier)} UTC "
            f"({offset_label(earlier, zone)}) and at {_show(later)} UTC "
            f"({offset_label(later, zone)}). Choose one of the two in UTC.",
            local=local.isoformat(),
            zone=zone,
            earlier=earlier,
            later=later,
        )


class MissingTime(Invalid):
    """The zone's clocks never show this local time, since they jump over it.

    Facts: `local` (ISO 8601, without offset), `zone`, `jump_at` (the UTC instant of the jump),
    `jump_from` and `jump_to` (what the clocks show before and after, ISO 8601 without offset).
    """

    code = "missing_time"

    def __init__(self, *, local: datetime, zone: str, change: ClockChange) -> None:
        before, after = change.local_before, change.local_after
        super().__init__(
            f"{_show(local)} does not exist in {zone}: at {_show(change.at)} UTC its clocks "
            f"jump from {_show(before)} to {_show(after)}. "
            f"Choose a time before {_show(before)}, or {_show(after)} or later.",
            local=local.isoformat(),
            zone=zone,
            jump_at=change.at,
            jump_from=before.isoformat(),
            jump_to=after.isoformat(),
        )


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A moment when a zone's clocks jump: the UTC instant, and the offsets around it."""

    at: datetime
    offset_before: timedelta
    offset_after: timedelta

    @property
    def local_before(self) -> datetime:
        """What the clocks would show at `at` had they not been changed; naive."""
        return self.at.replace(tzinfo=None) + self.offset_before

    @property
    def local_after(self) -> datetime:
        """What the clocks show at `at`; naive."""
        return self.at.replace(tzinfo=None) + self.offset_after


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its ISO 3166 two-letter code, with its zones in the order of the tz database."""

    code: str
    name: str
    zones: tuple[str, ...]


def canonical(name: object) -> str:
    """Return the name as the tz database spells it, whatever the case it was typed in.

    An old name that is still kept, such as Asia/Calcutta, stays itself. Anything else,
    text or not, raises `UnknownZone` with the closest names.
    """
    text = name if isinstance(name, str) else ""
    found = _spellings().get(text.lower())
    if found is None:
        # Cut, since searching for the closest names takes time quadratic in the length.
        text = text[:64]
        raise UnknownZone(name=text, suggestions=_closest(text))
    return found


def current_name(name: object) -> str:
    """Return the name people use today: Asia/Kolkata for the Asia/Calcutta browsers still say.

    Names in common use stay themselves.  Raises `UnknownZone`.
    """
    known = canonical(name)
    if known in common_zones():
        return known
    link = _links().get(known, known)
    return "UTC" if link == "Etc/UTC" else link


def zone(name: object) -> tzinfo:
    """Return the pytz zone, to pass to `datetime.astimezone`, never as `tzinfo=`.

    Raises `UnknownZone`.
    """
    return pytz.timezone(canonical(name))


def to_local(instant: datetime, name: str) -> datetime:
    """Return an aware instant as an aware local time of the zone.

    Raises `UnknownZone`, and `Invalid` for a naive datetime (`not_an_instant`) or one in the
    year 1 or 9999 (`out_of_range`).
    """
    return _utc(instant).astimezone(zone(name))


def from_local(naive: datetime, name: str) -> datetime:
    """Return the UTC instant at which the zone's clocks show this naive local time.

    `fold` is ignored: forms cannot send it. Raises `AmbiguousTime` and `MissingTime` around
    changes of clocks, `UnknownZone`, and `Invalid` for an aware datetime (`not_local`) or one
    in the year 1 or 9999 (`out_of_range`).
    """
    if naive.tzinfo is not None:
        raise Invalid(f"{naive} is not a local time: it says its offset.", code="not_local")
    name = canonical(name)
    naive = _in_range(naive)
    instants = _table(name).readings(naive)
    if not instants:
        raise MissingTime(local=naive, zone=name, change=_table(name).jump_over(naive))
    if len(instants) > 1:
        raise AmbiguousTime(local=naive, zone=name, earlier=instants[0], later=instants[-1])
    return instants[0]


def offset_label(instant: datetime, name: str) -> str:
    """Return how far the zone is from UTC then: "UTC", "UTC+9", "UTC+5:30", "UTC-3"."""
    offset = to_local(instant, name).utcoffset() or _NOTHING
    hours, minutes = divmod(abs(offset) // _MINUTE, 60)
    if not hours and not minutes:
        return "UTC"
    sign = "-" if offset < _NOTHING else "+"
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


def local_date(instant: datetime, name: str) -> date:
    """Return the date on the zone's calendars at this aware instant."""
    return to_local(instant, name).date()


def start_of_day(day: date, name: str) -> datetime:
    """Return the UTC instant of the first moment of this date in the zone.

    The earlier midnight when there are two; the end of the jump when midnight is jumped over.
    A date the zone skipped altogether (Pacific/Apia, 30 December 2011) starts when the next
    one does, so that days always follow each other and that one has no length.
    """
    table = _table(canonical(name))
    midnight = _in_range(datetime.combine(day, time()))
    instants = table.readings(midnight)
    return instants[0] if instants else table.jump_over(midnight).at


def clock_changes(name: str, start: datetime, end: datetime) -> list[ClockChange]:
    """Return the zone's changes of clocks from `start` (included) to `end` (excluded), in order.

    Only those in which the clocks jump: a change of the abbreviation alone is none. Empty from
    `TABLES_END` on.
    """
    table = _table(canonical(name))
    first = bisect_left(table.times, _utc(start).replace(tzinfo=None))
    last = bisect_left(table.times, _utc(end).replace(tzinfo=None))
    return [table.change(index) for index in range(first, last)]


@cache
def common_zones() -> tuple[str, ...]:
    """Return the names worth offering, in alphabetical order."""
    return tuple(pytz.common_timezones)


@cache
def countries() -> tuple[Country, ...]:
    """Return the countries by name; those without a zone, two empty islands, are left out."""
    found = (
        Country(code, pytz.country_names[code], tuple(zones))
        for code, zones in pytz.country_timezones.items()
    )
    # "Åland Islands" beside "Albania", not after "Zimbabwe".
    return tuple(sorted(found, key=lambda c: unicodedata.normalize("NFKD", c.name).casefold()))


def zones_of(country_code: str) -> tuple[str, ...]:
    """Return a country's zones, in the order of the tz database.

    Raises `Invalid` (`unknown_country`) unless `countries()` has this code, in either case.
    """
    for country in countries():
        if country.code == country_code.upper():
            return country.zones
    said = country_code[:64]
    raise Invalid(f'"{said}" is no country with time zones.', code="unknown_country", country=said)


def country_of(name: str) -> str | None:
    """Return the code of the country a zone lies in, or None when the name does not tell.

    An old name browsers still send (Asia/Calcutta, Europe/Kiev) leads to the country of the
    zone it became, when that zone serves one country only. Raises `UnknownZone`.
    """
    return _country_by_zone().get(canonical(name))


@dataclass(frozen=True, slots=True)
class _Table:
    """A zone's offsets, each from its naive UTC instant on; the first since ever."""

    times: tuple[datetime, ...]
    offsets: tuple[timedelta, ...]

    def change(self, index: int) -> ClockChange:
        at = self.times[index].replace(tzinfo=UTC)
        return ClockChange(at, self.offsets[index - 1], self.offsets[index])

    def readings(self, naive: datetime) -> list[datetime]:
        """Return each UTC instant at which the clocks show this, in order: none, one or more."""
        instants = {naive - self.offsets[index] for index in self._around(naive)}
        return sorted(utc.replace(tzinfo=UTC) for utc in instants if self._shows(utc, naive))

    def jump_over(self, naive: datetime) -> ClockChange:
        """Return the change that skips a local time which the clocks never show."""
        changes = (self.change(index) for index in self._around(naive) if index > 0)
        return next(c for c in changes if c.local_before <= naive < c.local_after)

    def _shows(self, utc: datetime, naive: datetime) -> bool:
        return utc + self.offsets[bisect_right(self.times, utc) - 1] == naive

    def _around(self, naive: datetime) -> range:
        # No zone is 26 hours from UTC, so a local time and its instant are never further apart.
        first = bisect_right(self.times, naive - timedelta(hours=26)) - 1
        return range(first, bisect_right(self.times, naive + timedelta(hours=26)))


@cache  # as many entries as there are zones
def _table(name: str) -> _Table:
    # pytz publishes no reader of its tables; zones that never changed have none.
    found = pytz.timezone(name)
    times = getattr(found, "_utc_transition_times", [_EVER])
    infos = getattr(found, "_transition_info", None) or [(found.utcoffset(_EVER),)]
    rows = [(_EVER, infos[0][0])]
    for at, (offset, *_) in zip(times, infos, strict=True):
        if offset != rows[-1][1]:
            rows.append((at, offset))
    return _Table(tuple(at for at, _ in rows), tuple(offset for _, offset in rows))


def _utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise Invalid(f"{instant} does not say its offset from UTC.", code="not_an_instant")
    return _in_range(instant).astimezone(UTC)


def _in_range(moment: datetime) -> datetime:
    # Shifting by an offset overflows within a day of either end of the calendar.
    if not MINYEAR < moment.year < MAXYEAR:
        raise Invalid(f"The year {moment.year} is out of range.", code="out_of_range")
    return moment


def _show(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")


@cache
def _spellings() -> dict[str, str]:
    return {name.lower(): name for name in pytz.all_timezones}


def _closest(text: str) -> list[str]:
    """Return up to three names close to what was typed, a whole name or just its city."""
    names: dict[str, str] = {}
    for name in (*pytz.common_timezones, *pytz.all_timezones):
        names.setdefault(name.lower(), name)
        names.setdefault(name.lower().rpartition("/")[2], name)
    wanted = text.strip().lower().replace(" ", "_")
    close = difflib.get_close_matches(wanted, names, n=5, cutoff=0.7)
    return list(dict.fromkeys(names[spelling] for spelling in close))[:3]


@cache
def _country_by_zone() -> dict[str, str]:
    # A merged zone serves several
    # countries (Iceland is a link to Africa/Abidjan), so only one with a single country in
    # zone1970.tab speaks for its old names.
    places = (line.split("\t") for line in _lines("zone1970.tab"))
    alone = {zone: codes for codes, _, zone, *_ in places if "," not in codes}
    former = {old: alone[new] for old, new in _links().items() if new in alone}
    return former | {name: country.code for country in countries() for name in country.zones}


@cache
def _links() -> dict[str, str]:
    """Old names, and what each became."""
    links = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    return {old: new for _, new, old in links}


def _lines(resource: str) -> list[str]:
    with pytz.open_resource(resource) as file:  # type: ignore[attr-defined]  # not in the stubs
        return [line for line in file.read().decode().splitlines() if not line.startswith("#")]
