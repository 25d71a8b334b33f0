"""Add many rooms or teams at once: tried row by row under the event's lock, for real or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.passwords import clean_email
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, PtgschedError
from ptgsched.events.models import Event
from ptgsched.schedule.journal import lock
from ptgsched.setup.fields import Given
from ptgsched.setup.pasting import (
    Column,
    Pasted,
    Row,
    decimal,
    lower,
    whole_number,
    words,
    yes_or_no,
)
from ptgsched.setup.rooms import add_room
from ptgsched.setup.teams import add_project, add_team, projects_of
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of

Adder = Callable[[Event, Given, Actor, datetime], object]


class Fate(StrEnum):
    """What becomes of a pasted row."""

    ADDED = "added"
    KNOWN = "known"  # there is one of this name: it stays as it is
    INVITED = "invited"  # likewise, and people are invited to it
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Line:
    """A pasted row with its fate, and what is to be said of it."""

    row: Row
    fate: Fate
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What becomes, or became, of all that was pasted."""

    lines: tuple[Line, ...]

    def count(self, fate: str) -> int:
        """How many rows have this fate."""
        return sum(line.fate == fate for line in self.lines)

    @property
    def wrong(self) -> set[int]:
        """The numbers of the rows that could not be taken."""
        return {line.row.number for line in self.lines if line.fate is Fate.WRONG}


def text(value: str) -> str:
    """A cell as it is."""
    return value


def room_kind(value: str) -> str:
    """A kind of room by its name, or as pages call it."""
    return {"on site": "physical", "onsite": "physical"}.get(lower(value), lower(value))


def addresses(value: str) -> list[str]:
    """E-mail addresses.  Raises Invalid."""
    return [clean_email(word) for word in words(value)]


ROOM_COLUMNS = (
    Column("name", ("name", "room", "room name"), text),
    Column("slug", ("slug", "short name"), lower),
    Column("kind", ("kind", "type"), room_kind),
    Column("join_url", ("link", "join url", "url", "join link"), text),
    Column("join_public", ("public", "link public"), yes_or_no),
    Column("passcode", ("passcode", "password", "pin"), text),
    Column("capacity", ("capacity", "seats", "places", "size"), whole_number),
    Column("features", ("features", "equipment"), words),
    Column("description", ("description", "notes"), text),
)
TEAM_COLUMNS = (
    Column("name", ("name", "team", "team name"), text),
    Column("slug", ("slug", "short name", "track"), lower),
    Column("kind", ("kind", "type"), lower),
    Column("project", ("project", "community"), text),
    Column("color", ("color", "colour"), text),
    Column("expected_attendance", ("people", "expected attendance", "attendance"), whole_number),
    Column("hours_wanted", ("hours", "hours wanted"), decimal),
    Column("chat_channel", ("chat", "chat channel", "irc", "channel"), text),
    Column("etherpad_url", ("etherpad", "pad"), text),
    Column("join_url", ("link", "join url", "url"), text),
    Column("description", ("description", "notes"), text),
    Column("lead", ("lead", "leads", "ptl", "lead e mail", "lead email", "chair"), addresses),
    Column("deputy", ("deputy", "deputies", "liaison"), addresses),
)
PEOPLE = ("lead", "deputy")
Inviter = Callable[[Team, str, str], object]
"""Invites to a team, as lead or deputy, an e-mail address."""


def add_rooms(
    event: Event, pasted: Pasted, defaults: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Report:
    """Add each row that can be, with `defaults` where it says nothing; tells of every row.

    The caller commits, or rolls back what was only tried.
    """

    def add(event: Event, given: Given, actor: Actor, at: datetime) -> object:
        return add_room(event, given, actor=actor, at=at)

    return _each(event, pasted.rows, defaults, add, actor=actor, at=at)


def add_teams(
    event: Event,
    pasted: Pasted,
    defaults: Mapping[str, Any],
    *,
    invite: Inviter,
    actor: Actor,
    at: datetime,
) -> Report:
    """Likewise; a project that is not there yet is added with its first team.

    Who is named as a lead or deputy is invited with its team, also with one that is there.
    """

    def add(event: Event, given: Given, actor: Actor, at: datetime) -> object:
        facts = {name: value for name, value in given.items() if name not in PEOPLE}
        if facts.get("project"):
            facts["project"] = _project(event, str(facts["project"]), actor, at)
        team = add_team(event, facts, actor=actor, at=at)
        _invite(team, given, invite)
        return team

    report = _each(event, pasted.rows, defaults, add, actor=actor, at=at)
    known = {team.name.casefold(): team for team in teams_of(event)}
    return Report(tuple(_with_people(line, known, invite) for line in report.lines))


def _with_people(line: Line, known: Mapping[str, Team], invite: Inviter) -> Line:
    """A team that is there already stays as it is, but whoever is named for it is invited."""
    asked = sum(len(line.row.given.get(role, ())) for role in PEOPLE)
    if line.fate is not Fate.KNOWN or not asked:
        return line
    try:
        with db.session.begin_nested():
            _invite(known[line.row.name.casefold()], line.row.given, invite)
    except PtgschedError as error:
        return Line(line.row, Fate.WRONG, _said(error))
    said = "There is one of this name already; who is named for it is invited."
    return Line(line.row, Fate.INVITED, (said,))


def _invite(team: Team, given: Given, invite: Inviter) -> None:
    for role in PEOPLE:
        for email in given.get(role, ()):
            invite(team, role, email)


def _project(event: Event, named: str, actor: Actor, at: datetime) -> str:
    """The slug of the project of this name or slug, made when there is none."""
    asked = named.casefold()
    for project in projects_of(event):
        if asked in {project.slug, project.name.casefold()}:
            return project.slug
    return add_project(event, {"name": named}, actor=actor, at=at).slug


def _each(
    event: Event,
    rows: Iterable[Row],
    defaults: Mapping[str, Any],
    add: Adder,
    *,
    actor: Actor,
    at: datetime,
) -> Report:
    lock(event)
    lines = []
    for row in rows:
        if row.problems:
            lines.append(Line(row, Fate.WRONG, row.problems))
            continue
        given = {**defaults, **row.given}
        try:
            # A row that fails takes back what it began, and nothing of the others.
            with db.session.begin_nested():
                add(event, given, actor, at)
        except PtgschedError as error:
            fate = Fate.KNOWN if error.code == "name_taken" else Fate.WRONG
            lines.append(Line(row, fate, _said(error)))
        else:
            lines.append(Line(row, Fate.ADDED))
    return Report(tuple(lines))


def _said(error: PtgschedError) -> tuple[str, ...]:
    if isinstance(error, Conflict) and error.code == "name_taken":
        return ("There is one of this name already; it stays as it is.",)
    if isinstance(error, Invalid) and error.fields:
        return tuple(f"{name}: {' '.join(said)}" for name, said in error.fields.items())
    return (error.message,)
