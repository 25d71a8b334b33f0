"""What a reader chose to see of the schedule: filters and day, as they stand in the URL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from ptgsched.events.models import Slot
from ptgsched.schedule.models import Booking
from ptgsched.schedule.policy import Session
from ptgsched.teams.models import Team

WHOLE_EVENT = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The filters of the page; what does not match stays in the grid, faded."""

    team: Team | None = None
    project: str = ""  # slug
    window: str = ""  # code
    mine: frozenset[int] = frozenset()  # team ids; empty: not asked for
    free: bool = False

    @property
    def any_chosen(self) -> bool:
        """Whether the page shows less than everything."""
        chosen = (self.team is not None, self.project, self.window, self.mine, self.free)
        return any(chosen)

    def match(self, booking: Booking) -> bool:
        """Whether this booking is one of those asked for."""
        if self.free:
            return False
        teams = booking.teams
        if self.team is not None and self.team.id not in {team.id for team in teams}:
            return False
        if self.project and self.project not in {t.project.slug for t in teams if t.project}:
            return False
        return not self.mine or not self.mine.isdisjoint(team.id for team in teams)


@dataclass(frozen=True, slots=True)
class Day:
    """One event day: its date and its slots in time order."""

    date: date
    slots: tuple[Slot, ...] = field(repr=False)

    @property
    def starts_at(self) -> datetime:
        """When its first slot starts, in UTC."""
        return self.slots[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """When its last slot ends, in UTC; often on the next date."""
        return max(slot.ends_at for slot in self.slots)


def days_of(slots: Sequence[Slot]) -> list[Day]:
    """The event days in order, each with its slots."""
    found: dict[date, list[Slot]] = {}
    for slot in slots:
        found.setdefault(slot.day, []).append(slot)
    return [Day(day, tuple(found[day])) for day in sorted(found)]


def chosen_days(
    days: Sequence[Day], asked: str, at: datetime, sessions: Collection[Session] = ()
) -> list[Day]:
    """The days to show: the one asked for by date, all, or the one that matters at `at`.

    That is the day of the next of `sessions` (a chosen team's), else the day under way or
    next, else the first.
    """
    if asked == WHOLE_EVENT or not days:
        return list(days)
    by_date = {day.date.isoformat(): day for day in days}
    if asked in by_date:
        return [by_date[asked]]
    coming = sorted(s.interval.start for s in sessions if s.interval.end > at)
    past = sorted(s.interval.start for s in sessions)
    for start in (*coming[:1], *past[:1]):
        for day in days:
            if any(slot.interval.contains(start) for slot in day.slots):
                return [day]
    return [next((day for day in days if day.ends_at > at), days[0])]


def find_team(teams: Sequence[Team], asked: str) -> Team | None:
    """The team somebody typed: its slug, its name, or the start of either, in any case."""
    wanted = asked.strip().casefold()
    if not wanted:
        return None
    for team in teams:
        if wanted in {team.slug.casefold(), team.name.casefold()}:
            return team
    for team in teams:
        if team.slug.casefold().startswith(wanted) or team.name.casefold().startswith(wanted):
            return team
    return next((team for team in teams if wanted in team.name.casefold()), None)


def choices(values: Mapping[str, str]) -> dict[str, str]:
    """The filters that are set, as they go back into a link."""
    known = ("team", "project", "window", "mine", "free", "day")
    return {name: values[name] for name in known if values.get(name)}
