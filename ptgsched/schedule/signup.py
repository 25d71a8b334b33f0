"""Where sign-up stands, in words: phases with their countdown, and hours used of the caps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ptgsched.events.models import Phase
from ptgsched.schedule.policy import Session, next_opening, ruling_phase
from ptgsched.teams.models import Team, TeamKind
from ptgsched.timewords import hours


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """What holds now or comes next; `at` is the deadline to count down to."""

    text: str
    at: datetime | None = None
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Hours of a team, on a day and in all, against the caps that hold now."""

    by_day: Mapping[date, float]
    total: float
    day_cap: float | None
    total_cap: float | None

    def on(self, day: date) -> float:
        """The hours of that day."""
        return self.by_day.get(day, 0.0)


def usage(
    team: Team,
    sessions: Iterable[Session],
    phases: Iterable[Phase],
    at: datetime,
    *,
    asked: Mapping[date, float] | None = None,
) -> Usage:
    """What `team` has booked, joint sessions included, plus what it asks for."""
    by_day: dict[date, float] = dict(asked or {})
    for session in sessions:
        if team.id in session.teams:
            for day, number in session.hours_by_day.items():
                by_day[day] = by_day.get(day, 0.0) + number
    ruling = ruling_phase(phases, team.kind, at)
    return Usage(
        by_day,
        sum(by_day.values()),
        ruling.max_hours_per_day if ruling else None,
        ruling.max_hours_total if ruling else None,
    )


def of_cap(used: float, cap: float | None) -> str:
    """``2 of 4 h``; without a cap ``2 h``."""
    return hours(used) if cap is None else f"{round(used, 2):g} of {hours(cap)}"


def phase_lines(phases: Iterable[Phase], team: Team | None, at: datetime) -> list[PhaseLine]:
    """What holds and what opens next: for the kind of `team`, or for every kind."""
    phases = list(phases)
    kinds = [team.kind] if team else list(TeamKind)
    lines: dict[str, PhaseLine] = {}
    for kind in kinds:
        ruling = ruling_phase(phases, kind, at)
        coming = next_opening(phases, kind, at)
        if ruling is not None:
            lines.setdefault(f"open {ruling.id}", _open(ruling))
        if coming is not None:
            lines.setdefault(f"next {coming.id}", _next(coming, ruling))
        if phases and ruling is None and coming is None:
            lines.setdefault("closed", PhaseLine("Sign-up is closed"))
    return list(lines.values())


def _open(phase: Phase) -> PhaseLine:
    until = ", until" if phase.closes_at else ""
    return PhaseLine(f"Sign-up is open for {_who(phase)}, {_limit(phase)}{until}", phase.closes_at)


def _next(phase: Phase, ruling: Phase | None) -> PhaseLine:
    if ruling is None:
        return PhaseLine(f"Sign-up for {_who(phase)} opens", phase.opens_at, opens=True)
    text = f"Then {_limit(phase)} ({phase.name}), from"
    return PhaseLine(text, phase.opens_at, opens=True)


def _who(phase: Phase) -> str:
    kinds = set(phase.team_kinds) or set(TeamKind)
    return "all teams" if kinds == set(TeamKind) else f"{' and '.join(sorted(kinds))} teams"


def _limit(phase: Phase) -> str:
    caps = []
    if phase.max_hours_per_day is not None:
        caps.append(f"{hours(phase.max_hours_per_day)} a day")
    if phase.max_hours_total is not None:
        caps.append(f"{hours(phase.max_hours_total)} in all")
    return f"at most {' and '.join(caps)}" if caps else "without caps"
