"""What a team could do at an instant of choice: the rules asked, nothing booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ptgsched.events.models import Event, EventStatus, Phase, Slot
from ptgsched.schedule import queries
from ptgsched.schedule.barring import IN_SHORT, barred_slots
from ptgsched.schedule.policy import next_opening, ruling_phase
from ptgsched.schedule.signup import Usage, usage
from ptgsched.schedule.wording import in_words
from ptgsched.setup.rooms import rooms_of
from ptgsched.teams.models import Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One slot for the team: what bars it, briefly and in words; how many rooms are free."""

    slot: Slot
    short: str
    reasons: Sequence[str]
    rooms: int

    @property
    def is_open(self) -> bool:
        """Whether the team could book it."""
        return not self.reasons and self.rooms > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What `team` could do at `at`."""

    team: Team
    at: datetime
    phase: Phase | None
    next: Phase | None
    used: Usage
    days: Sequence[tuple[date, Sequence[Cell]]]
    is_draft: bool  # nothing holds before it is published; judged as if it were

    @property
    def open_slots(self) -> int:
        """How many slots it could book, each on its own."""
        return sum(cell.is_open for _, cells in self.days for cell in cells)

    @property
    def slots(self) -> int:
        """How many there are."""
        return sum(len(cells) for _, cells in self.days)


def try_out(event: Event, team: Team, *, at: datetime, zone: str) -> Trial:
    """Ask the rules for every slot; `zone` is the one that reasons speak."""
    sessions = queries.all_sessions(event)
    barred = barred_slots(
        event,
        team,
        event.slots,
        sessions=sessions,
        declared=queries.declared_conflicts([team.id]),
        at=at,
    )
    rooms = rooms_of(event)
    taken: dict[int, int] = {}
    for session in sessions:
        for slot_id in session.slot_ids:
            taken[slot_id] = taken.get(slot_id, 0) + 1
    days: dict[date, list[Cell]] = {}
    for slot in event.slots:
        broken = [v for v in barred.get(slot.code, ()) if v.rule != "event_closed"]
        offered = sum(room.offers(slot) for room in rooms)
        cell = Cell(
            slot=slot,
            short=IN_SHORT.get(broken[0].rule, broken[0].rule) if broken else "",
            reasons=[in_words(violation, zone, {}) for violation in broken],
            rooms=max(0, offered - taken.get(slot.id, 0)),
        )
        days.setdefault(slot.day, []).append(cell)
    return Trial(
        team=team,
        at=at,
        phase=ruling_phase(event.phases, team.kind, at),
        next=next_opening(event.phases, team.kind, at),
        used=usage(team, sessions, event.phases, at),
        days=sorted(days.items()),
        is_draft=event.status == EventStatus.DRAFT,
    )
