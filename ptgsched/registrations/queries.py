"""Reading registrations."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.registrations.models import Registration, Status
from ptgsched.teams.models import Project
from ptgsched.text import plain_address


def by_email(event: Event, email: str) -> Registration | None:
    """The registration under an address, in any case; a cancelled one too."""
    return db.session.scalar(
        select(Registration).where(
            Registration.event_id == event.id, Registration.email == plain_address(email)
        )
    )


def all_of(email: str) -> list[Registration]:
    """Every event's registration under an address, in any case; the newest first."""
    query = select(Registration).where(Registration.email == plain_address(email))
    return list(db.session.scalars(query.order_by(Registration.registered_at.desc())))


def count(event: Event, status: Status) -> int:
    """How many stand so."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Registration)
            .where(Registration.event_id == event.id, Registration.status == status)
        )
        or 0
    )


def counts(event: Event) -> dict[Status, int]:
    """How many stand where; each status is named."""
    rows = db.session.execute(
        select(Registration.status, func.count())
        .where(Registration.event_id == event.id)
        .group_by(Registration.status)
    )
    return dict.fromkeys(Status, 0) | {Status(status): number for status, number in rows}


def last_place(event: Event) -> int:
    """The highest place that was given; 0 before the first."""
    highest = select(func.max(Registration.place)).where(Registration.event_id == event.id)
    return db.session.scalar(highest) or 0


def waitlist(event: Event, most: int | None = None) -> list[Registration]:
    """Who waits, first come first."""
    query = (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status == Status.WAITLISTED)
        .order_by(Registration.place)
    )
    return list(db.session.scalars(query if most is None else query.limit(most)))


def ahead(registration: Registration) -> int:
    """How many on the waitlist come before this person."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Registration)
            .where(
                Registration.event_id == registration.event_id,
                Registration.status == Status.WAITLISTED,
                Registration.place < registration.place,
            )
        )
        or 0
    )


def confirmed(event: Event, *, behind: int = 0, most: int | None = None) -> list[Registration]:
    """Those who come and can be written to, with what they follow; by place, `behind` one."""
    query = (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
            Registration.email.is_not(None),
            Registration.place > behind,
        )
        .options(selectinload(Registration.teams), selectinload(Registration.starred))
        .order_by(Registration.place)
        .limit(most)
    )
    return list(db.session.scalars(query))


def listed(event: Event) -> list[tuple[str, str]]:
    """Name and affiliation of those who come and agreed to be listed, by name."""
    rows = db.session.execute(
        select(Registration.name, Registration.affiliation).where(
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
            Registration.listed,
            Registration.email.is_not(None),
        )
    )
    return sorted(((name, from_) for name, from_ in rows), key=lambda row: row[0].casefold())


def projects(event: Event) -> list[Project]:
    """The event's projects by name."""
    rows = db.session.scalars(select(Project).where(Project.event_id == event.id))
    return sorted(rows, key=lambda project: project.name.casefold())


def fitting(event: Event, *, query: str = "", status: str = "") -> list[ColumnElement[bool]]:
    """What holds of registrations with all words of `query` in name, address or affiliation."""
    chosen: list[ColumnElement[bool]] = [Registration.event_id == event.id]
    if status:
        chosen.append(Registration.status == status)
    for word in query.split():
        columns = (Registration.name, Registration.email, Registration.affiliation)
        # SQLite knows the case of ASCII letters alone: others are looked for as people write them.
        ways = dict.fromkeys([word.casefold(), word, word.capitalize()])
        patterns = [f"%{_literal(way)}%" for way in ways]
        found = [c.ilike(pattern, escape="\\") for c in columns for pattern in patterns]
        chosen.append(or_(*found))
    return chosen


def how_many(fitting: Sequence[ColumnElement[bool]]) -> int:
    """How many registrations there are of which this holds."""
    return db.session.scalar(select(func.count()).select_from(Registration).where(*fitting)) or 0


def page_of(
    fitting: Sequence[ColumnElement[bool]], *, offset: int = 0, most: int = 50
) -> list[Registration]:
    """These registrations with their teams, newest first."""
    query = select(Registration).where(*fitting).order_by(Registration.place.desc())
    query = query.options(selectinload(Registration.teams)).offset(offset).limit(most)
    return list(db.session.scalars(query))


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
