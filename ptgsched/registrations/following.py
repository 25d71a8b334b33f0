"""What a stretch of an event's journal means to those who follow teams and sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ptgsched.events.models import Event
from ptgsched.registrations.models import Registration
from ptgsched.schedule.models import BookingStatus, Change
from ptgsched.teams.permissions import teams_of
from ptgsched.web.links import Links

ACTIONS = (
    "booking.created",
    "booking.moved",
    "booking.edited",
    "booking.released",
    "booking.restored",
)
SEEN = ("start", "end", "room", "status")
"""What one has to know of; another title is not worth a mail."""

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A session before and after: facts as the journal has them; `before` None: it is new."""

    event: str
    heading: str
    before: Facts | None
    after: Facts
    rooms: Mapping[str, str]
    teams: frozenset[str]  # of before and after

    def facts(self, links: Links) -> dict[str, Any]:
        """For the mail."""
        before = self.before
        return {
            "heading": self.heading,
            "gone": self.after["status"] == BookingStatus.CANCELLED,
            "start": _instant(self.after["start"]),
            "end": _instant(self.after["end"]),
            "room": self._room(self.after),
            "before_start": _instant(before["start"]) if before else None,
            "before_end": _instant(before["end"]) if before else None,
            "before_room": self._room(before) if before else None,
            "url": links.booking(self.event, self.after["uid"]),
        }

    def _room(self, facts: Facts) -> str:
        return self.rooms.get(facts["room"], str(facts["room"]))


def lines_of(event: Event, changes: Sequence[Change], at: datetime, *, news: bool) -> list[Line]:
    """What became of each session, in order of time; with `news`, new ones as well.

    What was taken back in between, or is over, is left out.
    """
    spans: dict[str, tuple[Facts | None, Facts]] = {}
    for change in changes:
        uid, after = str(change.booking_uid), change.after
        if after is not None:
            first = spans[uid][0] if uid in spans else _standing(change.before)
            spans[uid] = first, after
    rooms = {room.slug: room.name for room in event.rooms}
    names = {team.slug: team.name for team in teams_of(event)}
    lines = [
        Line(event.slug, _heading(after, names), before, after, rooms, _teams(before, after))
        for before, after in spans.values()
        if _is_worth(before, after, at, news=news)
    ]
    return sorted(lines, key=lambda line: (line.after["start"], line.after["uid"]))


def concerns(line: Line, registration: Registration) -> bool:
    """Whether this person follows a team of the session, or has marked it."""
    if line.teams & {team.slug for team in registration.teams}:
        return True
    return line.after["uid"] in {booking.uid for booking in registration.starred}


def _standing(before: Facts | None) -> Facts | None:
    """What stood before; nothing, if it was released."""
    return None if before is None or before["status"] == BookingStatus.CANCELLED else before


def _is_worth(before: Facts | None, after: Facts, at: datetime, *, news: bool) -> bool:
    stands = after["status"] != BookingStatus.CANCELLED
    if before is None:
        return news and stands and _instant(after["end"]) > at
    if max(_instant(before["end"]), _instant(after["end"])) <= at:
        return False
    return any(before[name] != after[name] for name in SEEN)


def _heading(facts: Facts, names: Mapping[str, str]) -> str:
    team = names.get(facts["team"], str(facts["team"]))
    return f"{team}: {facts['title']}" if facts["title"] else team


def _teams(before: Facts | None, after: Facts) -> frozenset[str]:
    return frozenset(
        slug
        for facts in (before, after)
        if facts is not None
        for slug in (facts["team"], *facts["with_teams"])
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
