"""What a stretch of an event's journal means to those who follow teams and sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
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
    """A session before and after, as one reader sees it: facts as the journal has them.

    `before` None: it is new to them; `after` None: their teams are not in it any more.
    """

    event: str
    heading: str
    before: Facts | None
    after: Facts | None
    rooms: Mapping[str, str]
    by: frozenset[int | str]  # the accounts that changed it; of who has none, as the journal says

    @property
    def now(self) -> Facts:
        """The session as it is, whoever takes part."""
        return self.after or self.before or {}

    def seen_by(self, teams: AbstractSet[str], *, marked: bool = False) -> Line | None:
        """To those who follow `teams`, or have marked the session; None: no news to them."""
        before = self.before if marked or _teams(self.before) & teams else None
        after = self.after if marked or _teams(self.after) & teams else None
        stands = after is not None and after["status"] != BookingStatus.CANCELLED
        if before is None:
            return replace(self, before=None) if stands else None
        if stands and after is not None and all(before[name] == after[name] for name in SEEN):
            return None
        return replace(self, after=after)

    def facts(self, links: Links) -> dict[str, Any]:
        """For the mail."""
        before, after = self.before, self.after
        return {
            "heading": self.heading,
            "gone": after is not None and after["status"] == BookingStatus.CANCELLED,
            "left": after is None,
            "start": _instant(self.now["start"]),
            "end": _instant(self.now["end"]),
            "room": self._room(self.now),
            "before_start": _instant(before["start"]) if before else None,
            "before_end": _instant(before["end"]) if before else None,
            "before_room": self._room(before) if before else None,
            "url": links.booking(self.event, self.now["uid"]),
        }

    def _room(self, facts: Facts) -> str:
        return self.rooms.get(facts["room"], str(facts["room"]))


def lines_of(event: Event, changes: Sequence[Change], at: datetime) -> list[Line]:
    """What became of each session that is not over, in order of time.

    What was taken back in between is left out.
    """
    spans: dict[str, tuple[Facts | None, Facts]] = {}
    by: dict[str, set[int | str]] = defaultdict(set)
    for change in changes:
        uid, after = str(change.booking_uid), change.after
        if after is not None:
            first = spans[uid][0] if uid in spans else _standing(change.before)
            spans[uid] = first, after
            by[uid].add(change.actor if change.user_id is None else change.user_id)
    rooms = {room.slug: room.name for room in event.rooms}
    names = {team.slug: team.name for team in teams_of(event)}
    lines = [
        Line(event.slug, _heading(after, names), before, after, rooms, frozenset(by[uid]))
        for uid, (before, after) in spans.items()
        if max(_instant((before or after)["end"]), _instant(after["end"])) > at
    ]
    return sorted(lines, key=lambda line: (line.now["start"], line.now["uid"]))


def news_for(lines: Sequence[Line], registration: Registration, *, new: bool) -> list[Line]:
    """What is news to this person, who follows teams and has marked sessions; `new` ones too."""
    teams = {team.slug for team in registration.teams}
    starred = {booking.uid for booking in registration.starred}
    seen = [line.seen_by(teams, marked=line.now["uid"] in starred) for line in lines]
    return [line for line in seen if line is not None and (new or line.before is not None)]


def news_for_lead(
    lines: Sequence[Line], teams: AbstractSet[str], leads: Mapping[str, AbstractSet[int]]
) -> list[Line]:
    """What others did to sessions of these teams, which one leads; `leads` are those of each."""
    news = []
    for line in lines:
        concerned = teams & (_teams(line.before) | _teams(line.after))
        colleagues = {who for slug in concerned for who in (f"lead:{slug}", *leads[slug])}
        seen = line.seen_by(teams)
        if seen is not None and line.by - colleagues:
            news.append(seen)
    return news


def _standing(before: Facts | None) -> Facts | None:
    """What stood before; nothing, if it was released."""
    return None if before is None or before["status"] == BookingStatus.CANCELLED else before


def _heading(facts: Facts, names: Mapping[str, str]) -> str:
    team = names.get(facts["team"], str(facts["team"]))
    return f"{team}: {facts['title']}" if facts["title"] else team


def _teams(facts: Facts | None) -> set[str]:
    return set() if facts is None else {facts["team"], *facts["with_teams"]}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
