"""The report of an event: what took place, who came, from where; ready for a board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from ptgsched.attendance.models import Guest, HeadCount
from ptgsched.attendance.queries import guests
from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.registrations.statistics import Statistics, statistics
from ptgsched.schedule.models import Booking, BookingStatus
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """A session that has begun, with its attendance."""

    booking: Booking
    counted: int | None  # by its moderator
    said_here: int  # registered people who said so themselves

    @property
    def people(self) -> int | None:
        """How many were there: as counted, else as many as said so; None: not known."""
        return self.counted if self.counted is not None else self.said_here or None


@dataclass(slots=True, kw_only=True)
class TeamLine:
    """What a team did; joint sessions are the one's that booked them."""

    team: Team
    sessions: int = 0
    hours: float = 0.0
    joined: int = 0  # sessions of others
    known: int = 0  # sessions whose attendance is known
    attendance: int = 0  # summed over its sessions
    largest: int = 0
    unique: int = 0  # different registered people who said that they were in any of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The event in numbers, as of an instant."""

    event: Event
    at: datetime
    teams: Sequence[TeamLine]  # those that met, by name
    idle: Sequence[Team]
    sessions: Sequence[SessionLine]
    planned: int  # sessions that have not begun
    hours: float
    known: int
    attendance: int
    unique: int
    numbers: Statistics

    @property
    def average(self) -> float | None:
        """People in a session whose attendance is known."""
        return self.attendance / self.known if self.known else None


def report_of(event: Event, at: datetime) -> Report:
    """Read it; a fixed number of queries, however many sessions there were."""
    begun = _begun(event, at)
    heads = _heads(event)
    said = guests(event)
    sessions = [
        SessionLine(booking=b, counted=heads.get(b.id), said_here=said.get(b.id, 0)) for b in begun
    ]
    everybody = teams_of(event)
    lines = {team.id: TeamLine(team=team) for team in everybody}
    for session in sessions:
        _add(lines, session)
    for team_id, unique in _unique_by_team(event).items():
        lines[team_id].unique = unique
    met = [line for line in lines.values() if line.sessions or line.joined]
    known = [session.people for session in sessions if session.people is not None]
    numbers = statistics(event)
    return Report(
        event=event,
        at=at,
        teams=sorted(met, key=lambda line: line.team.name.casefold()),
        idle=[team for team in everybody if not (lines[team.id].sessions or lines[team.id].joined)],
        sessions=sessions,
        planned=_planned(event, at),
        hours=sum(session.booking.hours for session in sessions),
        known=len(known),
        attendance=sum(known),
        unique=_unique(event),
        numbers=numbers,
    )


def _add(lines: dict[int, TeamLine], session: SessionLine) -> None:
    line = lines[session.booking.team_id]
    line.sessions += 1
    line.hours += session.booking.hours
    if session.people is not None:
        line.known += 1
        line.attendance += session.people
        line.largest = max(line.largest, session.people)
    for other in session.booking.with_teams:
        lines[other.id].joined += 1


def _begun(event: Event, at: datetime) -> list[Booking]:
    query = (
        select(Booking)
        .where(
            Booking.event_id == event.id,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.starts_at <= at,
        )
        .options(joinedload(Booking.team), joinedload(Booking.room))
        .options(selectinload(Booking.with_teams))
        .order_by(Booking.starts_at, Booking.uid)
    )
    return list(db.session.scalars(query))


def _planned(event: Event, at: datetime) -> int:
    query = (
        select(func.count())
        .select_from(Booking)
        .where(
            Booking.event_id == event.id,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.starts_at > at,
        )
    )
    return db.session.scalar(query) or 0


def _heads(event: Event) -> dict[int, int]:
    rows = db.session.execute(
        select(HeadCount.booking_id, HeadCount.people)
        .join(Booking, Booking.id == HeadCount.booking_id)
        .where(Booking.event_id == event.id)
    )
    return {row[0]: row[1] for row in rows}


def _unique(event: Event) -> int:
    query = (
        select(func.count(Guest.registration_id.distinct()))
        .join(Booking, Booking.id == Guest.booking_id)
        .where(Booking.event_id == event.id, Booking.status == BookingStatus.CONFIRMED)
    )
    return db.session.scalar(query) or 0


def _unique_by_team(event: Event) -> dict[int, int]:
    rows = db.session.execute(
        select(Booking.team_id, func.count(Guest.registration_id.distinct()))
        .join(Guest, Guest.booking_id == Booking.id)
        .where(Booking.event_id == event.id, Booking.status == BookingStatus.CONFIRMED)
        .group_by(Booking.team_id)
    )
    return {row[0]: row[1] for row in rows}
