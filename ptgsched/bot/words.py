"""Times, slots and people as chat says them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ptgsched.timewords import day, stretch


def hours(start: datetime, end: datetime, zone: str) -> str:
    """``Mon 1 Jun 13:00-16:00 UTC = 09:00-12:00 America/New_York``; UTC alone for UTC."""
    said = stretch(start, end, "UTC")
    if zone == "UTC":
        return said
    local = stretch(start, end, zone)
    if day(start, zone) == day(start, "UTC"):
        local = local.removeprefix(f"{day(start, zone)} ")
    return f"{said} = {local}"


def slots(codes: Sequence[str]) -> str:
    """``MonA1`` or ``MonA1..MonA3``."""
    return codes[0] if len(codes) == 1 else f"{codes[0]}..{codes[-1]}"


def owner(label: str) -> str:
    """Who made a booking, from its Actor.label."""
    source, _, name = label.partition(":")
    if source == "chat":
        return name
    if source == "lead":
        return f"a lead of {name}"
    if source == "token":
        return f"the program {name}"
    return f"an {label}" if label == "organizer" else label or "somebody"
