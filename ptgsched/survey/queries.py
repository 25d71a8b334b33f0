"""What surveys say, and what each team is missing to be signed up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.invitations.queries import leading_by_team, pending_counts
from ptgsched.schedule import queries
from ptgsched.teams.models import DeclaredConflict, Membership, Team, TeamSurvey, TeamWish, Wish
from ptgsched.teams.permissions import teams_of


@dataclass(frozen=True, slots=True)
class Others:
    """A team and the others: ids of teams."""

    apart: frozenset[int] = frozenset()  # it asked to be kept apart from these
    asked_by: frozenset[int] = frozenset()  # these asked to be kept apart from it
    joint: frozenset[int] = frozenset()
    joint_asked_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class TeamState:
    """How far a team is with its sign-up (DOMAIN 6)."""

    team: Team
    booked: float
    leading: tuple[Membership, ...] = ()
    invited: int = 0
    survey: TeamSurvey | None = field(default=None)

    @property
    def has_survey(self) -> bool:
        """Whether its survey was sent."""
        return self.team.survey_completed_at is not None

    @property
    def missing(self) -> tuple[str, ...]:
        """``survey``, ``hours``: what it lacks."""
        lacks = {"survey": not self.has_survey, "hours": self.booked <= 0}
        return tuple(name for name, missing in lacks.items() if missing)

    @property
    def below(self) -> float:
        """How many hours fewer it has than it wanted."""
        return max(0.0, (self.team.hours_wanted or 0.0) - self.booked)

    @property
    def reminded_at(self) -> datetime | None:
        """When its leads were last reminded."""
        return self.survey.reminded_at if self.survey else None


def survey_of(team: Team) -> TeamSurvey:
    """The team's survey; an empty one, not yet in the database, before it was sent."""
    return db.session.get(TeamSurvey, team.id) or TeamSurvey(team_id=team.id, windows=[], notes="")


def others_of(team: Team) -> Others:
    """What the team asked for with regard to others, and they with regard to it.

    A declared conflict that no survey asks for (imported, or the organizers') counts as its own.
    """
    mine: dict[str, set[int]] = defaultdict(set)
    theirs: dict[str, set[int]] = defaultdict(set)
    rows = db.session.execute(
        select(TeamWish.team_id, TeamWish.other_id, TeamWish.kind).where(
            or_(TeamWish.team_id == team.id, TeamWish.other_id == team.id)
        )
    )
    for team_id, other_id, kind in rows:
        if team_id == team.id:
            mine[kind].add(other_id)
        else:
            theirs[kind].add(team_id)
    declared = queries.declared_conflicts([team.id]).get(team.id, frozenset())
    return Others(
        apart=frozenset(mine[Wish.APART] | (declared - theirs[Wish.APART])),
        asked_by=frozenset(theirs[Wish.APART]),
        joint=frozenset(mine[Wish.JOINT]),
        joint_asked_by=frozenset(theirs[Wish.JOINT]),
    )


def team_states(event: Event, at: datetime) -> list[TeamState]:
    """Every team with what it has and lacks, by name; a fixed number of queries."""
    teams = teams_of(event)
    booked: dict[int, float] = defaultdict(float)
    for session in queries.all_sessions(event):
        for team_id in session.teams:
            booked[team_id] += sum(session.hours_by_day.values())
    leading = leading_by_team(event)
    invited = pending_counts(event, at)
    ids = [team.id for team in teams]
    rows = db.session.scalars(select(TeamSurvey).where(TeamSurvey.team_id.in_(ids)))
    surveys = {row.team_id: row for row in rows}
    states = [
        TeamState(
            team=team,
            booked=booked[team.id],
            leading=tuple(leading.get(team.id, ())),
            invited=invited.get(team.id, 0),
            survey=surveys.get(team.id),
        )
        for team in teams
    ]
    return sorted(states, key=lambda state: state.team.name.casefold())


def declared_pairs(event: Event) -> list[tuple[int, int]]:
    """The pairs of teams that must not meet in parallel, by id."""
    rows = db.session.execute(
        select(DeclaredConflict.team_id, DeclaredConflict.other_id)
        .join(Team, Team.id == DeclaredConflict.team_id)
        .where(Team.event_id == event.id)
    )
    return [(one, other) for one, other in rows]
