"""The state of an event for its organizers: what stands, what is missing, what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select

from ptgsched.db import db
from ptgsched.events.models import Event, EventStatus, Phase, Room, Slot
from ptgsched.manage.overview import overview_of
from ptgsched.registrations import queries as registrations
from ptgsched.registrations.models import Registration, Status
from ptgsched.schedule import queries
from ptgsched.teams.models import Membership, Team
from ptgsched.teams.permissions import LEADING, teams_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that makes an event ready: done or not, and the page where it is done."""

    done: bool
    text: str
    endpoint: str
    action: str  # what the link says while it is not done


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The figures of the event, and the way to being ready."""

    slots: int
    rooms: int
    teams: int
    leaderless: int
    without_survey: int
    without_hours: int
    signed_up: int  # with both (DOMAIN 6)
    sessions: int
    hours: float
    capacity_hours: float  # of all rooms in all slots
    clashes: int  # teams, people or their wishes in two places at once
    crowded: int  # sessions of more people than their room takes
    registered: int
    registered_lately: int  # in the last day
    first_at: datetime | None
    last_at: datetime | None
    steps: Sequence[Step]

    @property
    def next_step(self) -> Step | None:
        """The first thing that is missing."""
        return next((step for step in self.steps if not step.done), None)


def state_of(event: Event, at: datetime) -> State:
    """Read it; a fixed number of queries, however large the event."""
    found = overview_of(event, at)
    slots = db.session.execute(
        select(func.count(), func.min(Slot.starts_at), func.max(Slot.ends_at)).where(
            Slot.event_id == event.id
        )
    ).one()
    counted = select(func.count()).select_from(Room).where(Room.event_id == event.id)
    rooms = db.session.scalar(counted) or 0
    teams = teams_of(event)
    led = _led(event)
    sessions = queries.all_sessions(event)
    meeting = {team_id for session in sessions for team_id in session.teams}
    leaderless = sum(team.id not in led for team in teams)
    return State(
        slots=slots[0],
        rooms=rooms,
        teams=len(teams),
        leaderless=leaderless,
        without_survey=sum(team.survey_completed_at is None for team in teams),
        without_hours=sum(team.id not in meeting for team in teams),
        signed_up=sum(t.survey_completed_at is not None and t.id in meeting for t in teams),
        sessions=len(sessions),
        hours=sum(session.interval.hours for session in sessions),
        capacity_hours=rooms * sum(slot.hours for slot in event.slots),
        clashes=len(found.declared) + len(found.people) + len(found.doubled),
        crowded=len(found.crowded),
        registered=registrations.count(event, Status.CONFIRMED),
        registered_lately=_registered_since(event, at - DAY),
        first_at=slots[1],
        last_at=slots[2],
        steps=_steps(event.status, slots[0], rooms, len(teams), len(event.phases), leaderless),
    )


def step_of_draft(event: Event) -> Step | None:
    """What is missing first before a draft can be published; briefly asked, for every page."""
    if event.status != EventStatus.DRAFT:
        return None
    found = db.session.execute(
        select(*(_any_of(event, model) for model in (Slot, Room, Team, Phase)))
    ).one()
    steps = _steps(event.status, found[0], found[1], found[2], found[3], 0)
    return next((step for step in steps if not step.done), None)


def _any_of(event: Event, model: type[Slot | Room | Team | Phase]) -> ColumnElement[bool]:
    return exists().where(model.event_id == event.id)


def _steps(
    status: str, slots: int, rooms: int, teams: int, phases: int, leaderless: int
) -> list[Step]:
    """In the order in which they are best done: leads may follow when all can look around."""
    planned = "No sign-up phases: every team may book as soon as the event is published"
    led = "Every team has a lead" if teams else "No team has a lead yet"
    if leaderless:
        led = f"{leaderless} team{'' if leaderless == 1 else 's'} without a lead"
    return [
        _step(slots, "Windows and slots", "No windows yet", "setup.windows", "Lay out the hours"),
        _step(rooms, "Rooms", "No rooms yet", "setup.rooms", "Add rooms"),
        _step(teams, "Teams", "No teams yet", "setup.teams", "Add teams"),
        _step(phases, "Sign-up phases", planned, "setup.phases", "Plan sign-up"),
        Step(status != EventStatus.DRAFT, _STATUS[status], "setup.status", "Publish"),
        Step(teams > 0 and not leaderless, led, "setup.teams", "Name leads"),
    ]


_STATUS: dict[str, str] = {
    EventStatus.DRAFT: "A draft: only organizers see it",
    EventStatus.PUBLISHED: "Published",
    EventStatus.ARCHIVED: "Archived",
}


def _step(number: int, what: str, missing: str, endpoint: str, action: str) -> Step:
    return Step(number > 0, f"{what}: {number}" if number else missing, endpoint, action)


def _registered_since(event: Event, since: datetime) -> int:
    query = select(func.count()).where(
        Registration.event_id == event.id,
        Registration.status == Status.CONFIRMED,
        Registration.registered_at >= since,
    )
    return db.session.scalar(query) or 0


def _led(event: Event) -> set[int]:
    rows = (
        select(Membership.team_id)
        .join(Team, Team.id == Membership.team_id)
        .where(Team.event_id == event.id, Membership.role.in_(LEADING))
    )
    return set(db.session.scalars(rows))
