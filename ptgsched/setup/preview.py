"""What hours mean in three zones, before anybody is asked to meet then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from ptgsched.errors import Invalid
from ptgsched.events.models import Event, Room, Window
from ptgsched.intervals import Interval
from ptgsched.schedule.clocks import clock_notes
from ptgsched.setup.hours import Plan, falling_at_cut, in_the_way
from ptgsched.setup.removal import Falling
from ptgsched.setup.rooms import rooms_of
from ptgsched.timezones import UnknownZone, current_name, to_local

OFTEN = ("UTC", "America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo")
SHOWN = 3
MORNING, NIGHT = 7, 23  # hours of the day between which most people can meet


@dataclass(frozen=True, slots=True)
class LocalHours:
    """A stretch on the clocks of one zone; `day` is said where it is not the event's."""

    day: str
    text: str
    at_night: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a window would be on its first day, and what stands in the way on any."""

    zones: Sequence[str]
    first: date | None = None
    days: int = 0
    slots: Sequence[tuple[str, Sequence[LocalHours]]] = ()
    notes: Sequence[str] = ()
    overlaps: Sequence[str] = ()
    problems: Sequence[str] = ()
    falling: Falling = field(default_factory=Falling)
    narrowed: Sequence[str] = ()  # rooms offered in slots that would go


def three_zones(event: Event, reader: str, asked: Iterable[str] = ()) -> list[str]:
    """The zones asked for, filled up with the event's, the reader's, and far ones."""
    found: dict[str, None] = {}
    for name in (*asked, event.timezone, reader, *OFTEN):
        try:
            found[current_name(name)] = None
        except UnknownZone:
            continue
    return list(found)[:SHOWN]


def hours_in(interval: Interval, zone: str, day: date) -> LocalHours:
    """``13:00-14:00``, with the date where it is not `day`."""
    start, end = to_local(interval.start, zone), to_local(interval.end, zone)
    named = "" if start.date() == day else f"{start:%a %-d %b}"
    asleep = not MORNING <= start.hour < NIGHT
    return LocalHours(named, f"{start:%H:%M}\u2013{end:%H:%M}", asleep)


def preview(
    event: Event,
    plan: Plan,
    days: Sequence[date],
    *,
    code: str,
    zones: Sequence[str],
    changing: Sequence[Window] = (),
    at: datetime,
) -> Preview:
    """Say what `plan` means; `changing` are the windows that it would be in place of."""
    if not days:
        return Preview(zones=zones, problems=["Tick at least one day."])
    try:
        cuts = {day: plan.on(event, day) for day in days}
    except Invalid as error:
        said = [text for texts in error.fields.values() for text in texts]
        return Preview(zones=zones, problems=said or [error.message])
    first, last = cuts[days[0]], cuts[days[-1]]
    return Preview(
        zones=zones,
        first=days[0],
        days=len(days),
        slots=[
            (f"{code}{number}", [hours_in(interval, zone, days[0]) for zone in zones])
            for number, interval in enumerate(first, 1)
        ],
        notes=clock_notes(zones, first[0].start, last[-1].end),
        overlaps=in_the_way(event, plan, days, but=changing),
        falling=falling_at_cut(event, changing, plan, at) if changing else Falling(),
        narrowed=[room.name for room in narrowed_rooms(rooms_of(event), changing, cuts.values())],
    )


def narrowed_rooms(
    rooms: Iterable[Room], windows: Sequence[Window], kept: Iterable[Sequence[Interval]] = ()
) -> list[Room]:
    """The rooms that are offered in slots of `windows` which would not stay."""
    stays = {interval for intervals in kept for interval in intervals}
    going = {slot.id for w in windows for slot in w.slots if slot.interval not in stays}
    return [
        room
        for room in rooms
        if not room.offered_always and any(slot.id in going for slot in room.offered_slots)
    ]


def in_days(days: Sequence[date]) -> str:
    """``Mon 26 to Fri 30 Oct``, ``Mon 26 Oct, Wed 28 Oct``: runs of days, briefly."""
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run(run[0], run[-1]) for run in runs)


def _run(first: date, last: date) -> str:
    end = f"{last:%a %-d %b}"
    if first == last:
        return end
    return f"{first:%a %-d}{'' if first.month == last.month else f'{first: %b}'} to {end}"
