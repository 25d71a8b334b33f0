"""What feeds say of a session: resolved facts, free of the database, comparable at no cost."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from ptgsched.schedule.models import CANCELLED_FOR


class Party(NamedTuple):
    """A team, with its pad."""

    slug: str
    name: str
    color: str | None
    expected: int | None
    etherpad_url: str


class Place(NamedTuple):
    """A room."""

    slug: str
    name: str
    kind: str
    capacity: int | None


class Cell(NamedTuple):
    """A slot of the grid."""

    code: str
    day: date
    start: datetime
    end: datetime


class Session(NamedTuple):
    """A booking as the world may see it; links are those that may be published."""

    number: int
    uid: str
    confirmed: bool
    sequence: int
    created: datetime
    updated: datetime
    start: datetime
    end: datetime
    title: str
    description: str
    team: Party
    joint: tuple[Party, ...]
    room: Place
    slots: tuple[str, ...]
    join_url: str | None
    url: str
    passcode: str | None = None  # in a person's own calendar only, and only in its time

    @property
    def parties(self) -> tuple[Party, ...]:
        """All who take part, the booking team first."""
        return (self.team, *self.joint)

    @property
    def heading(self) -> str:
        """``Nova: Placement``, or the team alone."""
        return f"{self.team.name}: {self.title}" if self.title else self.team.name

    @property
    def expected(self) -> int | None:
        """How many are expected in all; None when no team has said."""
        said = [party.expected for party in self.parties if party.expected is not None]
        return sum(said) if said else None

    @property
    def announced_until(self) -> datetime | None:
        """When a released session leaves the feeds; None while it stands."""
        return None if self.confirmed else self.end + CANCELLED_FOR
