"""Which slots are barred for a team whatever the room, judged once per slot.

A grid asks for hundreds of cells; all but three rules look at the team and the time only, so
one judgement per column serves every room.  The three left out are what the grid shows by
itself: who holds a cell, which room is offered, and contiguity, which one slot cannot break.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from ptgsched.events.models import Event, Room, Slot
from ptgsched.schedule import policy
from ptgsched.schedule.policy import Proposal, Session, Situation, Violation
from ptgsched.teams.models import Team

OF_THE_CELL = frozenset({policy.room_taken, policy.room_not_offered, policy.not_contiguous})
OF_THE_SLOT = tuple(rule for rule in policy.RULES if rule not in OF_THE_CELL)

IN_SHORT = {
    "event_closed": "closed",
    "phase_closed": "not open",
    "slot_over": "over",
    "team_busy": "busy",
    "daily_cap": "day full",
    "total_cap": "hours used up",
    "declared_conflict": "shares people",
}


def barred_slots(
    event: Event,
    team: Team,
    slots: Iterable[Slot],
    *,
    sessions: Iterable[Session],
    declared: Mapping[int, frozenset[int]],
    at: datetime,
) -> dict[str, tuple[Violation, ...]]:
    """Slot code -> what forbids `team` to book it in any room; free slots are left out.

    `sessions` are all confirmed bookings of the event (`queries.all_sessions`).
    """
    ours: list[Session] = []
    others: list[Session] = []
    for session in sessions:
        (ours if team.id in session.teams else others).append(session)
    anywhere = Room(name="", offered_always=True)
    phases = tuple(event.phases)
    barred = {}
    for slot in slots:
        time = slot.interval
        near = (*ours, *(s for s in others if s.interval.overlaps(time)))
        situation = Situation(event=event, phases=phases, sessions=near, declared=declared, at=at)
        proposal = Proposal(team=team, room=anywhere, slots=(slot,))
        broken = tuple(v for rule in OF_THE_SLOT for v in rule(proposal, situation))
        if broken:
            barred[slot.code] = broken
    return barred
