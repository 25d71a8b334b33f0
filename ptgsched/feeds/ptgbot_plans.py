"""What a ptgbot database plans: tracks, rooms and windows, free of its spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ptgsched.events.models import RoomKind
from ptgsched.feeds.ptgbot_windows import WindowPlan

_CAPACITY = re.compile(
    r"\b(?:team of|fits|seats|holds|capacity:?|up to)\s+(?P<before>\d{1,5})\b"
    r"|\b(?P<after>\d{1,5})[\s-]*(?:persons?|people|seats?|chairs?|attendees)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class TrackPlan:
    """A track, which becomes a team."""

    name: str
    color: str | None = None
    url: str | None = None
    etherpad: str | None = None
    now: str = ""
    next: list[str] = field(default_factory=list)
    location: str = ""


@dataclass(slots=True)
class RoomPlan:
    """A room: the slots it is offered in, and the track in each booked cell."""

    name: str
    url: str | None = None
    description: str = ""
    caps: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)  # slot code -> track, "" when free

    @property
    def kind(self) -> RoomKind:
        """By its address; without one it is a room to walk into."""
        if self.url is None:
            return RoomKind.PHYSICAL
        host = urlsplit(self.url).hostname or ""
        if "zoom" in host:
            return RoomKind.ZOOM
        return RoomKind.MEETPAD if "meetpad" in host or "jit.si" in host else RoomKind.OTHER

    @property
    def capacity(self) -> int | None:
        """How many it takes, when its description says so plainly."""
        found = _CAPACITY.search(self.description)
        return int(found["before"] or found["after"]) or None if found else None


@dataclass(slots=True)
class PtgbotFile:
    """All that is taken; `remarks` names the rest."""

    eventid: str
    voice: int
    links: dict[str, str]
    motd: list[dict[str, str]]
    windows: tuple[WindowPlan, ...]
    tracks: dict[str, TrackPlan]  # by name
    rooms: list[RoomPlan]
    remarks: list[str]
