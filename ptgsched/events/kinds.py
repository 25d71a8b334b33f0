"""The templates of event kinds, as data: which windows a day has and how they are cut.

Hours are local to `zone`: None is the event's own zone.  A virtual PTG's are UTC, because
people of all zones meet in them (DOMAIN.md, "How a virtual PTG is laid out").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """One window of a day: `slots` slots of `minutes`, `gap` minutes between them."""

    code: str
    name: str
    start: time
    slots: int
    minutes: int
    gap: int = 0


@dataclass(frozen=True, slots=True)
class EventTemplate:
    """How an event of this kind is laid out on each of its days."""

    name: str
    title: str
    windows: tuple[WindowPlan, ...]
    zone: str | None = None
    weekdays_only: bool = False


TEMPLATES: dict[str, EventTemplate] = {
    template.name: template
    for template in (
        EventTemplate(
            "virtual-ptg",
            "Virtual PTG: Monday to Friday, three 4-hour windows around the clock, 1-hour slots",
            (
                WindowPlan("A", "Americas/Europe", time(13), 4, 60),
                WindowPlan("B", "Europe/APAC", time(5), 4, 60),
                WindowPlan("C", "APAC/Americas", time(21), 4, 60),
            ),
            zone="UTC",
            weekdays_only=True,
        ),
        EventTemplate(
            "ptg",
            "PTG in person: 1 h 45 slots from 09:00 to 17:00",
            (
                WindowPlan("A", "Morning", time(9), 2, 105),
                WindowPlan("P", "Afternoon", time(13, 30), 2, 105),
            ),
            weekdays_only=True,
        ),
        EventTemplate(
            "summit",
            "Summit: a keynote hour, then 40-minute sessions with 10-minute gaps in tracks",
            (
                WindowPlan("K", "Keynotes", time(9), 1, 60),
                WindowPlan("A", "Morning sessions", time(10, 20), 3, 40, 10),
                WindowPlan("P", "Afternoon sessions", time(13, 40), 4, 40, 10),
            ),
        ),
        EventTemplate(
            "opendev",
            "OpenDev: three days of discussion blocks",
            (
                WindowPlan("A", "First block", time(13), 2, 60),
                WindowPlan("B", "Second block", time(15, 30), 2, 60),
            ),
            zone="UTC",
        ),
        EventTemplate(
            "training",
            "Training: two 3-hour blocks",
            (
                WindowPlan("A", "First block", time(9), 1, 180),
                WindowPlan("B", "Second block", time(13), 1, 180),
            ),
        ),
        EventTemplate(
            "days",
            "Two days of talks: 45-minute slots, morning and afternoon",
            (
                WindowPlan("A", "Morning", time(9), 4, 45),
                WindowPlan("P", "Afternoon", time(13), 5, 45),
            ),
        ),
    )
}

KINDS = (*TEMPLATES, "forum", "hackathon", "other")
"""What an event can be; a kind without a template of its name starts without windows."""
