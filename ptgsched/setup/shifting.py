"""Instants moved by whole days with their local hour: what changes of clocks do not change."""

from __future__ import annotations

from datetime import datetime, timedelta

from ptgsched.events.models import Slot
from ptgsched.intervals import Interval
from ptgsched.timezones import AmbiguousTime, MissingTime, from_local, to_local


def moved(at: datetime, days: int, zone: str, new_zone: str | None = None) -> datetime:
    """The instant at which clocks in `new_zone` show what they show in `zone` at `at`.

    Of an hour that happens twice the first is taken, of one that is jumped over the end of the
    jump: an hour that people read on a clock, nearest to the one that was meant.
    """
    local = to_local(at, zone).replace(tzinfo=None) + timedelta(days=days)
    try:
        return from_local(local, new_zone or zone)
    except (AmbiguousTime, MissingTime) as error:
        found: datetime = error.facts.get("earlier") or error.facts["jump_at"]
        return found


def moved_slots(
    slots: list[Slot], days: int, zone: str, new_zone: str | None = None
) -> list[Interval]:
    """A window's slots with its first one moved so; lengths and gaps stay, in hours that pass."""
    first = slots[0].starts_at
    by = moved(first, days, zone, new_zone) - first
    return [slot.interval.shift(by) for slot in slots]
