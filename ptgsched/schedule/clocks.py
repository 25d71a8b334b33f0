"""Warnings about changes of clocks around an event, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ptgsched.timezones import clock_changes

NEAR = timedelta(days=7)


def clock_notes(zones: Iterable[str], start: datetime, end: datetime) -> list[str]:
    """A sentence for each zone that changes its clocks during the event or a week around it."""
    notes = []
    for zone in dict.fromkeys(zones):
        for change in clock_changes(zone, start - NEAR, end + NEAR):
            before, after = change.local_before, change.local_after
            way = "forward" if after > before else "back"
            when = "During" if start <= change.at < end else "Before"
            if change.at >= end:
                when = "After"
            notes.append(
                f"{when} the event clocks in {zone} go {way}: on {before:%a %-d %b} from "
                f"{before:%H:%M} to {after:%H:%M}. The times here take this into account."
            )
    return notes
