"""The hours of an event over all its days: windows of one code laid out, cut anew, taken away.

A window belongs to a day, and most events have the same windows on each.  So organizers say the
hours once and tick the days; each window is then added or changed by `setup.windows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ptgsched.accounts.actor import Actor
from ptgsched.errors import Invalid
from ptgsched.events.models import Event, Window
from ptgsched.intervals import Interval
from ptgsched.schedule.journal import lock
from ptgsched.schedule.models import Booking
from ptgsched.setup import windows as setup
from ptgsched.setup.removal import Falling, release_all, require_known
from ptgsched.setup.shapes import window_slug
from ptgsched.timezones import from_local, local_date, to_local

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a window is cut: from `start` on clocks in `zone`, `slots` of `minutes`."""

    zone: str
    start: time
    slots: int
    minutes: int
    gap: int = 0

    @property
    def length(self) -> timedelta:
        """From the first slot's start to the last one's end."""
        return timedelta(minutes=self.slots * self.minutes + (self.slots - 1) * self.gap)

    def on(self, event: Event, day: date) -> list[Interval]:
        """The slots on this event day.

        Raises Invalid (field ``start``) for an hour that clocks show twice, or never, that day.
        """
        start = _instant(event, day, self.start, self.zone)
        return setup.cut(start, start + self.length, self.minutes, self.gap)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Windows that are alike but for their days, in order; a page shows them as one."""

    plan: Plan | None  # None: its slots differ in length or in the gaps between
    windows: tuple[Window, ...]

    @property
    def first(self) -> Window:
        """The one that stands for all."""
        return self.windows[0]

    @property
    def whole(self) -> Interval:
        """The first one from its start to its end."""
        return Interval(self.first.starts_at, self.first.ends_at)

    @property
    def days(self) -> tuple[date, ...]:
        """The event days it is on."""
        return tuple(window.day for window in self.windows)


def patterns(event: Event) -> list[Pattern]:
    """The event's windows, those of one code, name, hour and cut together, by their first start."""
    found: dict[object, list[Window]] = {}
    plans: dict[object, Plan | None] = {}
    zone = hours_zone(event)
    for window in setup.windows_of(event):
        if not window.slots:
            continue
        plan = plan_of(window, zone)
        key = (window.code, window.name, plan or window.id)
        found.setdefault(key, []).append(window)
        plans[key] = plan
    return [Pattern(plans[key], tuple(windows)) for key, windows in found.items()]


def pattern_of(event: Event, window: Window) -> Pattern:
    """The windows that are like this one, itself among them."""
    return next(found for found in patterns(event) if window in found.windows)


def plan_of(window: Window, zone: str) -> Plan | None:
    """How the window is cut, by the clocks in `zone`; None when unevenly."""
    lengths = {slot.ends_at - slot.starts_at for slot in window.slots}
    pairs = zip(window.slots, window.slots[1:], strict=False)
    gaps = {later.starts_at - earlier.ends_at for earlier, later in pairs} or {timedelta(0)}
    if len(lengths) != 1 or len(gaps) != 1:
        return None
    return Plan(
        zone=zone,
        start=to_local(window.starts_at, zone).time(),
        slots=len(window.slots),
        minutes=lengths.pop() // MINUTE,
        gap=gaps.pop() // MINUTE,
    )


def hours_zone(event: Event) -> str:
    """The event's zone where its windows keep their hour in it, else UTC if they do there.

    A virtual event that counts its days in Berlin may still have its hours in UTC.
    """
    for zone in (event.timezone, "UTC"):
        hours: dict[str, set[time]] = {}
        for window in event.windows:
            hours.setdefault(window.code, set()).add(to_local(window.starts_at, zone).time())
        if all(len(starts) == 1 for starts in hours.values()):
            return zone
    return event.timezone


def days_of(event: Event) -> list[date]:
    """All days of the event."""
    length = (event.ends_on - event.starts_on).days + 1
    return [event.starts_on + timedelta(days=number) for number in range(length)]


def lay_out(
    event: Event,
    plan: Plan,
    days: Iterable[date],
    *,
    code: str,
    name: str,
    actor: Actor,
    at: datetime,
) -> list[Window]:
    """A new window on each of `days`.  Raises as `setup.windows.add_window`."""
    lock(event)
    return [
        setup.add_window(
            event, {"code": code, "name": name, **_given(event, plan, day)}, actor=actor, at=at
        )
        for day in days
    ]


def falling_at_cut(event: Event, windows: Sequence[Window], plan: Plan, at: datetime) -> Falling:
    """What cutting these windows so would release."""
    fallen = (setup.fallen_at_cut(window, plan.on(event, window.day)) for window in windows)
    return falling(fallen, at)


def falling_with(windows: Sequence[Window], at: datetime) -> Falling:
    """What taking these windows away would release."""
    return falling((setup.booked_in(window) for window in windows), at)


def falling(groups: Iterable[Iterable[Booking]], at: datetime) -> Falling:
    """The bookings of all groups, each once, in time order."""
    found = {booking.uid: booking for group in groups for booking in group}
    ordered = sorted(found.values(), key=lambda booking: (booking.starts_at, booking.uid))
    return Falling(
        own=tuple(booking for booking in ordered if booking.starts_at > at),
        held=tuple(booking for booking in ordered if booking.starts_at <= at),
    )


def cut_anew(
    event: Event,
    slugs: Iterable[str],
    plan: Plan,
    *,
    name: str,
    seen: Iterable[str],
    reason: str,
    actor: Actor,
    at: datetime,
) -> list[Window]:
    """Release what would lose its slots, and cut the windows so; slots whose time stays do too.

    Raises Stale when a booking falls that is not among `seen`, TookPlace, Invalid without a
    `reason` where one is needed, and as `setup.windows.change_window`.
    """
    lock(event)
    windows = [setup.window_of(event, slug) for slug in slugs]
    fallen = falling_at_cut(event, windows, plan, at)
    require_known(fallen, seen, "the window")
    release_all(event, fallen, reason=reason, actor=actor, at=at)
    for window in windows:
        given: Mapping[str, object] = {"name": name, **_given(event, plan, window.day)}
        setup.change_window(event, window, given, actor=actor, at=at)
    return windows


def take_away(
    event: Event,
    slugs: Iterable[str],
    *,
    seen: Iterable[str],
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Release what is booked in these windows, and delete them.  Raises as `cut_anew`."""
    lock(event)
    windows = [setup.window_of(event, slug) for slug in slugs]
    fallen = falling_with(windows, at)
    require_known(fallen, seen, "the window")
    release_all(event, fallen, reason=reason, actor=actor, at=at)
    for window in windows:
        setup.remove_window(event, window, actor=actor, at=at)


def in_the_way(
    event: Event, plan: Plan, days: Iterable[date], but: Sequence[Window] = ()
) -> list[str]:
    """The windows that it would overlap, by day and code."""
    others = [window for window in event.windows if window not in but]
    return [
        window_slug(event, window)
        for day in days
        for window in _overlapped(plan.on(event, day), others)
    ]


def _overlapped(intervals: Sequence[Interval], windows: Iterable[Window]) -> Iterator[Window]:
    whole = Interval(intervals[0].start, intervals[-1].end)
    for window in windows:
        if any(slot.interval.overlaps(whole) for slot in window.slots):
            yield window


def _given(event: Event, plan: Plan, day: date) -> dict[str, object]:
    intervals = plan.on(event, day)
    return {
        "start": intervals[0].start,
        "end": intervals[-1].end,
        "minutes": plan.minutes,
        "gap": plan.gap,
    }


def _instant(event: Event, day: date, hour: time, zone: str) -> datetime:
    """When clocks in `zone` show `hour` on this day of the event, which counts in its own zone."""
    for near in (day, day - timedelta(days=1), day + timedelta(days=1)):
        try:
            start = from_local(datetime.combine(near, hour), zone)
        except Invalid as error:
            if near == day:
                raise Invalid(error.message, fields={"start": [error.message]}) from error
            continue
        if local_date(start, event.timezone) == day:
            return start
    said = f"{hour:%H:%M} in {zone} is at no moment of {day:%a %-d %b} in {event.timezone}."
    raise Invalid(said, fields={"start": [said]})
