"""Times in words, always with their zone: pages, mails, messages and bots say them alike."""

from __future__ import annotations

from datetime import datetime

from ptgsched.timezones import offset_label, to_local


def zone_name(at: datetime, zone: str) -> str:
    """``UTC`` or ``Asia/Tokyo (UTC+9)``: the name, and the offset that holds at `at`."""
    return "UTC" if zone == "UTC" else f"{zone} ({offset_label(at, zone)})"


def clock(at: datetime, zone: str) -> str:
    """``22:00``: only where the zone stands beside it."""
    return f"{to_local(at, zone):%H:%M}"


def day(at: datetime, zone: str) -> str:
    """``Mon 26 Oct``: the reader's date of an instant."""
    return f"{to_local(at, zone):%a %-d %b}"


def moment(at: datetime, zone: str) -> str:
    """``Tue 28 Apr 2026 09:00 UTC``; other zones say their name and offset."""
    return f"{to_local(at, zone):%a %-d %b %Y %H:%M} {zone_name(at, zone)}"


def stretch(start: datetime, end: datetime, zone: str) -> str:
    """``Mon 26 Oct 13:00-15:00 UTC``; the second day is named when it differs."""
    first, last = to_local(start, zone), to_local(end, zone)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%a %-d %b %H:%M}"
    return f"{first:%a %-d %b %H:%M}-{until} {zone}"


def hours(number: float) -> str:
    """``1 h``, ``1.75 h``."""
    return f"{round(number, 2):g} h"
