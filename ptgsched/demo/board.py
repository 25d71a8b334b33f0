"""Finding room for the demo's sessions, as careful leads would: by the rules, spread evenly.

Pure: it remembers what it has given away and asks no database.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ptgsched.events.models import Room, Slot, Window

MOST_A_DAY = 4  # hours, DOMAIN.md 3
MOST_IN_ALL = 16  # DOMAIN.md 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a session fits."""

    room: Room
    slots: tuple[Slot, ...]


class Board:
    """All cells of an event of 1-hour slots, and who has which."""

    def __init__(
        self,
        windows: Sequence[Window],
        rooms: Sequence[Room],
        conflicts: Iterable[tuple[str, str]],
        *,
        seed: int,
    ) -> None:
        self._windows = windows
        self._rooms = rooms
        self._days = sorted({window.day for window in windows})
        self._chance = random.Random(seed)  # noqa: S311 -- the same demo each time, no secret
        self._taken: set[tuple[int, int]] = set()
        self._busy: dict[int, list[str]] = defaultdict(list)
        self._hours: Counter[tuple[str, date]] = Counter()
        self._totals: Counter[str] = Counter()
        self._usual: dict[str, Room] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for one, other in conflicts:
            self._apart[one].add(other)
            self._apart[other].add(one)

    def find(
        self,
        teams: Sequence[str],
        *,
        people: int,
        hours: int,
        windows: str,
        days: Sequence[int] = (),
        capped: bool = True,
    ) -> Place | None:
        """The best place for `teams` to meet for `hours`; not taken yet; None: nothing fits.

        `windows` are codes, best first; `days` are numbers from 0, all equally good; no
        days means any.  Without `capped` the hours they have already do not matter.
        """
        best: tuple[float, Place] | None = None
        for window in self._windows:
            if window.code not in windows:
                continue
            if days and self._days.index(window.day) not in days:
                continue
            if capped and any(self._over(team, window.day, hours) for team in teams):
                continue
            for first in range(len(window.slots) - hours + 1):
                slots = tuple(window.slots[first : first + hours])
                room = self._room(teams[0], slots, people)
                if room is None or any(self._kept_from(teams, slot) for slot in slots):
                    continue
                crowd = sum(len(self._busy[slot.id]) for slot in slots) / hours
                score = crowd + 1.5 * windows.index(window.code) + 3 * self._chance.random()
                if best is None or score < best[0]:
                    best = score, Place(room, slots)
        return best[1] if best else None

    def take(self, teams: Sequence[str], place: Place) -> None:
        """The place is theirs from now on."""
        self._usual[teams[0]] = place.room
        for slot in place.slots:
            self._taken.add((place.room.id, slot.id))
            self._busy[slot.id].extend(teams)
            for team in teams:
                self._hours[team, slot.day] += 1
                self._totals[team] += 1

    def give_back(self, teams: Sequence[str], place: Place) -> None:
        """The place is free again."""
        for slot in place.slots:
            self._taken.discard((place.room.id, slot.id))
            for team in teams:
                self._busy[slot.id].remove(team)
                self._hours[team, slot.day] -= 1
                self._totals[team] -= 1

    def hours_on(self, team: str, day: date) -> int:
        """How long the team meets that day."""
        return self._hours[team, day]

    def _over(self, team: str, day: date, hours: int) -> bool:
        return (
            self._hours[team, day] + hours > MOST_A_DAY or self._totals[team] + hours > MOST_IN_ALL
        )

    def _kept_from(self, teams: Sequence[str], slot: Slot) -> bool:
        there = self._busy[slot.id]
        return any(team in there or self._apart[team].intersection(there) for team in teams)

    def _room(self, team: str, slots: Sequence[Slot], people: int) -> Room | None:
        """The team's usual room, else the smallest that is free and large enough."""
        fitting = [
            room
            for room in self._rooms
            if (room.capacity or 0) >= people
            and all((room.id, slot.id) not in self._taken and room.offers(slot) for slot in slots)
        ]
        usual = self._usual.get(team)
        if usual in fitting:
            return usual
        return min(fitting, key=lambda room: (room.capacity or 0, room.position), default=None)
