"""When the slots of a ptgbot database are: from weekdays, hours and instants to UTC.

The file names weekdays, not dates, and says hours twice: `realtime` is an instant, `desc` what
a local clock shows.  Instants are believed when every slot has one; a few strays are older than
the rest of the file and are only reported.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ptgsched.errors import Invalid
from ptgsched.feeds.ptgbot import WEEKDAYS
from ptgsched.feeds.ptgbot_windows import SlotPlan, WindowPlan, windows
from ptgsched.intervals import Interval
from ptgsched.timezones import from_local, local_date, to_local

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
USUAL_LENGTH = timedelta(minutes=60)
"""What ptgbot itself takes for the length of a slot that tells none."""
PAST_MIDNIGHT = timedelta(hours=2)
"""How soon a slot follows on one that reached midnight, to be taken for the same night."""
LONGEST = 24 * 60  # minutes

_CLOCK = r"(\d{1,2})(?:[:.h](\d{2}))?"
_HOURS = re.compile(rf"{_CLOCK}(?:\s*[-\u2010-\u2015]\s*{_CLOCK})?")
_CODE = re.compile(r"[!-~]{1,32}")
_DAY = re.compile(r"(?P<word>[a-z]+)(?P<week>\d{0,2})")


@dataclass(frozen=True, slots=True)
class _Listed:
    """A slot as it is written; what could not be read is None."""

    code: str
    day: date
    realtime: datetime | None
    start: timedelta | None  # since midnight on a local clock
    end: timedelta | None
    minutes: int | None

    @property
    def said_length(self) -> timedelta | None:
        """The length in `desc`; an end that is not after the start lies past midnight."""
        if self.start is None or self.end is None:
            return None
        return (self.end - self.start) % DAY or DAY


def read_slots(days: object, *, start: date, zone: str, notes: list[str]) -> tuple[WindowPlan, ...]:
    """The windows of the file's `slots`, in time order; remarks are added to `notes`.

    Raises Invalid for what leaves no way to know when a slot is: a first day that is not
    `start`'s weekday, a slot without hours, two slots at the same time.
    """
    listed = _listed(days, start=start, notes=notes)
    starts = _by_realtime(listed, zone, notes) or _by_hours(listed, zone)
    plans = _with_ends(listed, starts, zone, notes)
    plans.sort(key=lambda plan: plan.interval)
    for one, other in itertools.pairwise(plans):
        if one.interval.overlaps(other.interval):
            raise Invalid(
                f"Slots {one.code} ({one.interval}) and {other.code} ({other.interval}) overlap."
            )
    return tuple(windows(plans))


def _listed(days: object, *, start: date, notes: list[str]) -> list[_Listed]:
    if not isinstance(days, Mapping) or not days:
        raise Invalid("The file lists no days under 'slots'.")
    listed: list[_Listed] = []
    for (name, slots), day in zip(days.items(), _dates(list(days), start), strict=True):
        if not isinstance(slots, list):
            raise Invalid(f"{name} is not a list of slots.")
        listed += [_slot(name, slot, day, notes) for slot in slots]
    if not listed:
        raise Invalid("The file lists no slot.")
    seen: dict[str, date] = {}
    for slot in listed:
        if slot.code.casefold() in seen:
            first = seen[slot.code.casefold()]
            raise Invalid(f"Slot {slot.code} is listed twice, on {first:%A} and {slot.day:%A}.")
        seen[slot.code.casefold()] = slot.day
    return listed


def _slot(day_name: str, slot: object, day: date, notes: list[str]) -> _Listed:
    facts: Mapping[str, Any] = slot if isinstance(slot, Mapping) else {}
    code = facts.get("name")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise Invalid(
            f"{day_name} has a slot whose name is not 1 to 32 letters, digits or signs: {code!r}."
        )
    minutes = facts.get("duration")
    if minutes is not None and not (type(minutes) is int and 1 <= minutes <= LONGEST):
        notes.append(f"duration of {code} is not 1 to {LONGEST} minutes and not believed")
        minutes = None
    first, last = _hours(facts.get("desc"))
    return _Listed(code, day, _instant(facts.get("realtime")), first, last, minutes)


def _dates(names: Sequence[str], start: date) -> Iterator[date]:
    """The date of each listed day: the first is `start`, each other comes after the one before."""
    day = start
    for number, name in enumerate(names):
        weekday, week = _weekday(name)
        if number == 0 and weekday != start.weekday():
            raise Invalid(
                f"{start} is a {WEEKDAYS[start.weekday()]} and the first day of the file is "
                f"{name}: give the date of that {WEEKDAYS[weekday]}.",
                code="wrong_weekday",
            )
        if week:
            in_first_week = start + DAY * ((weekday - start.weekday()) % 7)
            day = in_first_week + 7 * DAY * (week - 1)
        elif number:
            day += DAY * ((weekday - day.weekday() - 1) % 7 + 1)
        yield day


def _weekday(name: str) -> tuple[int, int]:
    """``Friday`` -> (4, 0); ``Friday2``, the second one of the event -> (4, 2)."""
    found = _DAY.fullmatch(name.strip().casefold())
    if found:
        for number, full in enumerate(WEEKDAYS):
            if found["word"] in {full.casefold(), full[:3].casefold()}:
                return number, int(found["week"] or 0)
    raise Invalid(f"{name!r} is not a day of the week.")


def _instant(text: object) -> datetime | None:
    """The instant that `realtime` names; None unless it says its offset."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        return found.astimezone(UTC) if found is not None and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _hours(text: object) -> tuple[timedelta | None, timedelta | None]:
    """``09:00-10:45`` as what local clocks show at the start and the end."""
    found = _HOURS.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        return None, None
    return _since_midnight(found[1], found[2]), _since_midnight(found[3], found[4])


def _since_midnight(hour: str | None, minute: str | None) -> timedelta | None:
    if hour is None:
        return None
    since = timedelta(hours=int(hour), minutes=int(minute or 0))
    return since % DAY if since <= DAY and int(minute or 0) < 60 else None


def _by_realtime(listed: Sequence[_Listed], zone: str, notes: list[str]) -> list[datetime]:
    """The starts by `realtime`; none, with a remark, unless every slot has one."""
    known = [(slot, slot.realtime) for slot in listed if slot.realtime is not None]
    if len(known) < len(listed):
        if known:
            codes = ", ".join(slot.code for slot, _ in known)
            notes.append(f"realtime of {codes} is not believed: the other slots have none")
        return []
    for slot, realtime in known:
        if abs(local_date(realtime, zone) - slot.day) > DAY:
            raise Invalid(
                f"{slot.code} is listed on {slot.day:%A %Y-%m-%d} and its realtime is "
                f"{realtime:%Y-%m-%d %H:%M} UTC: give the start that belongs to the file."
            )
    differ = [slot.code for slot, realtime in known if not _shows(realtime, slot.start, zone)]
    if differ:
        codes = ", ".join(differ)
        notes.append(f"desc of {codes} is not their realtime in {zone}; realtime is believed")
    return [realtime for _, realtime in known]


def _shows(realtime: datetime, start: timedelta | None, zone: str) -> bool:
    local = to_local(realtime, zone)
    return start in {None, timedelta(hours=local.hour, minutes=local.minute)}


def _by_hours(listed: Sequence[_Listed], zone: str) -> list[datetime]:
    """The starts by `desc` on the zone's clocks.

    What follows soon on a slot that reached midnight, at a smaller hour, lies past midnight and
    belongs to its day all the same.
    """
    starts: list[datetime] = []
    day, reached = listed[0].day, timedelta(0)
    for slot in listed:
        if slot.start is None:
            raise Invalid(
                f"Slot {slot.code} has no hours: its desc must be like 09:00-10:45, or every "
                "slot must have a realtime."
            )
        if slot.day != day:
            day, reached = slot.day, timedelta(0)
        start = slot.start
        if reached >= DAY and timedelta(0) <= start + DAY - reached <= PAST_MIDNIGHT:
            start += DAY
        starts.append(_clock(slot, start, zone))
        minutes = slot.minutes * MINUTE if slot.minutes else USUAL_LENGTH
        reached = start + (slot.said_length or minutes)
    return starts


def _clock(slot: _Listed, since_midnight: timedelta, zone: str) -> datetime:
    """The instant at which the zone's clocks show this on the slot's day, or the night after."""
    try:
        return from_local(datetime.combine(slot.day, time()) + since_midnight, zone)
    except Invalid as error:
        raise Invalid(f"Slot {slot.code}: {error.message}", code=error.code) from error


def _with_ends(
    listed: Sequence[_Listed], starts: Sequence[datetime], zone: str, notes: list[str]
) -> list[SlotPlan]:
    """Each slot with its end: by `duration`, else by `desc`, else as the next one begins."""
    plans, guessed = [], []
    for slot, start in zip(listed, starts, strict=True):
        if slot.minutes is not None:
            length = slot.minutes * MINUTE
            if slot.said_length not in {None, length}:
                notes.append(f"desc of {slot.code} is not as long as its duration, which counts")
        elif slot.said_length is not None:
            length = _end_on_clocks(slot, start, slot.said_length, zone) - start
        else:
            length = _until_next(listed, starts, start)
            guessed.append(f"{slot.code} ({length // MINUTE} minutes)")
        plans.append(SlotPlan(slot.code, slot.day, Interval(start, start + length)))
    if guessed:
        notes.append(f"length guessed, since the file tells none: {', '.join(guessed)}")
    return plans


def _end_on_clocks(slot: _Listed, start: datetime, length: timedelta, zone: str) -> datetime:
    """Where clocks show the end, which a change of clocks may bring nearer or put off."""
    local = to_local(start, zone).replace(tzinfo=None)
    try:
        end = from_local(local + length, zone)
    except Invalid as error:
        raise Invalid(f"Slot {slot.code}: {error.message}", code=error.code) from error
    return end if end > start else start + length


def _until_next(
    listed: Sequence[_Listed], starts: Sequence[datetime], start: datetime
) -> timedelta:
    """The shortest step from slot to slot of one day, and never beyond the next slot."""
    steps = [
        later - earlier
        for (slot, earlier), (other, later) in itertools.pairwise(
            sorted(zip(listed, starts, strict=True), key=lambda pair: pair[1])
        )
        if slot.day == other.day and later > earlier
    ]
    following = [later - start for later in starts if later > start]
    return min([min(steps, default=USUAL_LENGTH), *following, DAY])
