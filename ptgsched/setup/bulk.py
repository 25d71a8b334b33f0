"""Add many rooms or teams at once: looked at first, then row by row under the event's lock."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.passwords import clean_email
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, PtgschedError
from ptgsched.events.models import Event
from ptgsched.invitations.models import Invited
from ptgsched.invitations.operations import require_new
from ptgsched.schedule.journal import lock
from ptgsched.setup import rooms, teams
from ptgsched.setup.fields import Given, cleaned
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
from ptgsched.teams.models import Project, Team
from ptgsched.teams.permissions import teams_of

Trial = Callable[[], AbstractContextManager[object]]


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


def look_at_rooms(event: Event, pasted: Pasted, defaults: Given) -> Report:
    """What `add_rooms` would do; nothing is written, and nobody has to wait."""
    taken = rooms.taken_by(event)
    return _each(pasted, defaults, lambda given: rooms.new_room(event, given, taken))


def add_rooms(
    event: Event, pasted: Pasted, defaults: Given, *, actor: Actor, at: datetime
) -> Report:
    """Add each row that can be, with `defaults` where it says nothing; tells of every row."""
    lock(event)
    return _each(
        pasted,
        defaults,
        lambda given: rooms.add_room(event, given, actor=actor, at=at),
        db.session.begin_nested,
    )


def look_at_teams(event: Event, pasted: Pasted, defaults: Given) -> Report:
    """Likewise for `add_teams`."""
    projects, taken = teams.taken_by(event, Project), teams.taken_by(event, Team)

    def look(given: Given) -> None:
        named = given.get("project")
        if named and named not in projects:
            projects.claim(cleaned({"name": named}, teams.PROJECT_FIELDS))
        own = {name: value for name, value in given.items() if name in teams.TEAM_FIELDS}
        taken.claim(cleaned(own, teams.TEAM_FIELDS))

    def invite(team: Team, role: str, email: str) -> None:
        require_new(event, team, Invited(role), email)

    return _with_people(event, _each(pasted, defaults, look), invite)


def add_teams(
    event: Event,
    pasted: Pasted,
    defaults: Given,
    *,
    invite: Inviter,
    actor: Actor,
    at: datetime,
) -> Report:
    """Likewise; a project that is not there yet is added with its first team.

    Who is named as a lead or deputy is invited with its team, also with one that is there.
    """

    def add(given: Given) -> None:
        facts = {name: value for name, value in given.items() if name not in PEOPLE}
        if facts.get("project"):
            facts["project"] = _project(event, str(facts["project"]), actor, at)
        _invite(teams.add_team(event, facts, actor=actor, at=at), given, invite)

    lock(event)
    report = _each(pasted, defaults, add, db.session.begin_nested)
    return _with_people(event, report, invite, db.session.begin_nested)


def _with_people(
    event: Event, report: Report, invite: Inviter, trial: Trial = contextlib.nullcontext
) -> Report:
    """A team that is there already stays as it is, but whoever is named for it is invited."""
    known = {team.name.casefold(): team for team in teams_of(event)}

    def told(line: Line) -> Line:
        given = line.row.given
        team = known.get(line.row.name.casefold())
        if line.fate is not Fate.KNOWN or team is None or not any(map(given.get, PEOPLE)):
            return line
        said = "There is one of this name already; who is named for it is invited."
        try:
            with trial():
                _invite(team, given, invite)
        except PtgschedError as error:
            return Line(line.row, Fate.WRONG, _said(error))
        return Line(line.row, Fate.INVITED, (said,))

    return Report(tuple(told(line) for line in report.lines))


def _invite(team: Team, given: Given, invite: Inviter) -> None:
    for role in PEOPLE:
        for email in given.get(role, ()):
            invite(team, role, email)


def _project(event: Event, named: str, actor: Actor, at: datetime) -> str:
    """The slug of the project of this name or slug, made when there is none."""
    asked = named.casefold()
    known = select(Project.slug, Project.name).where(Project.event_id == event.id)
    for slug, name in db.session.execute(known.order_by(Project.slug)):
        if asked in {slug, name.casefold()}:
            return str(slug)
    return teams.add_project(event, {"name": named}, actor=actor, at=at).slug


def _each(
    pasted: Pasted,
    defaults: Given,
    take: Callable[[Given], object],
    trial: Trial = contextlib.nullcontext,
) -> Report:
    """Take each row; one that fails takes back in its `trial` what it began."""
    lines = []
    for row in pasted.rows:
        if row.problems:
            lines.append(Line(row, Fate.WRONG, row.problems))
            continue
        try:
            with trial():
                take({**defaults, **row.given})
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
