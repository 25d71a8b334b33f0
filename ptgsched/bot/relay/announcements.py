"""Which sessions a channel is told of ten minutes before they start."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Session:
    """A booking as a channel hears of it."""

    uid: str
    start: datetime
    teams: tuple[str, ...]
    room: str
    title: str
    address: str

    @property
    def words(self) -> str:
        """``nova with cinder in Bexar (Cells)``."""
        first, *others = self.teams
        joint = f" with {', '.join(others)}" if others else ""
        title = f" ({self.title})" if self.title else ""
        return f"{first}{joint} in {self.room}{title}"


def sessions(schedule: Mapping[str, Any]) -> list[Session]:
    """Those of the API's schedule, in order."""
    rooms = {room["slug"]: room["name"] for room in schedule["rooms"]}
    found = [
        Session(
            uid=booking["uid"],
            start=datetime.fromisoformat(booking["start"]),
            teams=(booking["team"], *booking["with_teams"]),
            room=rooms.get(booking["room"], booking["room"]),
            title=booking["title"],
            address=booking["join_url"] or booking["url"],
        )
        for booking in schedule["bookings"]
    ]
    return sorted(found, key=lambda session: (session.start, session.teams))


def concerns(channel: str, session: Session, teams: Iterable[str]) -> bool:
    """Whether a channel hears of the session: one of a team's own hears of its team's only.

    ``#nova`` and ``#openstack-nova`` are nova's; any other channel is everybody's.
    """
    name = channel.lstrip("#&+!").lower()
    own = {team for team in teams if name == team or name.endswith(f"-{team}")}
    # `#openstack-release-management` is not also of the team `management`.
    longest = max(own, key=len, default=None)
    return longest is None or longest in session.teams


class Announcements:
    """What is due, once for each session and start."""

    def __init__(self) -> None:
        self._said: set[tuple[str, datetime]] = set()

    def due(
        self,
        planned: Sequence[Session],
        *,
        channels: Iterable[str],
        teams: Iterable[str],
        at: datetime,
    ) -> list[tuple[str, str]]:
        """Channels and what to say there at `at`.

        A relay that starts anew says what starts within ten minutes once more: still true then.
        """
        new = [
            session
            for session in planned
            if at < session.start <= at + AHEAD and (session.uid, session.start) not in self._said
        ]
        self._said |= {(session.uid, session.start) for session in new}
        self._said = {known for known in self._said if known[1] > at}
        known = list(teams)
        said = []
        for channel in channels:
            heard = [session for session in new if concerns(channel, session, known)]
            for start in sorted({session.start for session in heard}):
                together = [session for session in heard if session.start == start]
                said.append((channel, _words(together, start, at)))
        return said


def _words(together: Sequence[Session], start: datetime, at: datetime) -> str:
    minutes = math.ceil((start - at) / timedelta(minutes=1))
    when = f"In {minutes} minute{'' if minutes == 1 else 's'}, at {start:%H:%M} UTC: "
    what = "; ".join(session.words for session in together)
    return f"{when}{what} | {together[0].address}" if len(together) == 1 else when + what
