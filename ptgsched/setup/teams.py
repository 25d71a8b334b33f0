"""Add, change and remove teams and projects; each through the door of `schedule.journal`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound
from ptgsched.events.models import Event
from ptgsched.schedule import queries
from ptgsched.schedule.journal import door
from ptgsched.setup.consequences import announced, forget, require_past
from ptgsched.setup.fields import (
    MOST_PEOPLE,
    NAME_LENGTH,
    Cleaner,
    Given,
    Taken,
    address,
    as_it_is,
    choice,
    cleaned,
    color,
    line,
    number,
    optional_line,
    public_address,
    require_free_name,
    text,
)
from ptgsched.setup.shapes import project_facts, team_facts, with_changed_links
from ptgsched.teams.models import Project, Team, TeamKind
from ptgsched.teams.permissions import teams_of

DESCRIPTION_LENGTH = 1000
MOST_HOURS = 1000
OF_CHAT = frozenset({"in", "out", "seen", "subscribe", "unsubscribe", "share", "help"})
"""Words that chat reads otherwise: a team of that slug could never be addressed there."""

TEAM_FIELDS: dict[str, Cleaner] = {
    "slug": as_it_is,
    "name": line(NAME_LENGTH, least=1),
    "kind": choice(TeamKind),
    "project": as_it_is,
    "color": color,
    "description": text(DESCRIPTION_LENGTH),
    "etherpad_url": public_address,
    "join_url": address,
    "chat_channel": optional_line(NAME_LENGTH),
    "expected_attendance": number(MOST_PEOPLE),
    "hours_wanted": number(MOST_HOURS),
}
PROJECT_FIELDS: dict[str, Cleaner] = {"slug": as_it_is, "name": line(NAME_LENGTH, least=1)}


def add_team(event: Event, given: Given, *, actor: Actor, at: datetime) -> Team:
    """A new team, vertical unless `given` says otherwise, without a lead yet.

    `given` has at least a name.  Raises Invalid with all wrong fields, Conflict for a name or
    slug in use.
    """
    with door(event, actor=actor, at=at) as journal:
        facts = _team_fields(event, given)
        team = Team(
            event_id=event.id,
            slug=taken_by(event, Team).claim(facts),
            name=facts["name"],
            kind=TeamKind.VERTICAL,
            description="",
            project=None,
        )
        db.session.add(team)
        _write(team, facts)
        db.session.flush()
        journal.append("team.created", after=team_facts(team), subject=team.slug)
    return team


def taken_by(event: Event, model: type[Team | Project]) -> Taken:
    """What new teams, or projects, cannot be called."""
    known = db.session.execute(select(model.name, model.slug).where(model.event_id == event.id))
    kind = _TakenByTeams if model is Team else Taken
    return kind(model.__name__.lower(), ((name, slug) for name, slug in known))


class _TakenByTeams(Taken):
    """Likewise; nor can a team have a slug that is a word of chat."""

    def claim(self, given: Given) -> str:
        slug = super().claim(given)
        if slug in OF_CHAT:
            said = f"Chat reads #{slug} otherwise, so no team can be {slug!r}; give another slug."
            raise Invalid(f"slug: {said}", fields={"slug": [said]})
        return slug


def change_team(event: Event, team: Team, given: Given, *, actor: Actor, at: datetime) -> Team:
    """Change what is given; its slug, and so its address and its calendar's, stays.

    Bookings that show what was changed are announced anew to calendars.  A change that changes
    nothing writes nothing.  Raises as `add_team`.
    """
    with door(event, actor=actor, at=at) as journal:
        facts = _team_fields(event, given)
        if "name" in facts:
            others = [other.name for other in teams_of(event) if other is not team]
            require_free_name(facts["name"], others, "team")
        before = team_facts(team)
        with announced(journal, queries.bookings(event, team=team)):
            changed = _write(team, facts)
            if changed:
                after = with_changed_links(team_facts(team), changed)
                journal.append("team.updated", before=before, after=after, subject=team.slug)
    return team


def remove_team(event: Event, team: Team, *, actor: Actor, at: datetime) -> None:
    """Delete it, with its place on the live board and its leads' right to book.

    Raises InUse while it holds or joins bookings, StillAnnounced while feeds tell of released
    ones.
    """
    with door(event, actor=actor, at=at) as journal:
        before = team_facts(team)
        concerned = queries.bookings(event, team=team, cancelled=True)
        require_past(f"deleting {team.name}", concerned, at=at)
        forget([booking for booking in concerned if booking.team is team])
        for booking in concerned:
            if booking.team is not team:
                booking.with_teams.remove(team)
        db.session.delete(team)
        journal.append("team.deleted", before=before, subject=team.slug)
        event.live_revision += 1


def project_of(event: Event, slug: str) -> Project:
    """A project of the event; raises NotFound."""
    found = db.session.scalar(
        select(Project).where(Project.event_id == event.id, Project.slug == slug)
    )
    if found is None:
        raise NotFound(f"There is no project {slug!r} at this event.", project=slug)
    return found


def projects_of(event: Event) -> list[Project]:
    """All projects of the event, by slug, with their teams."""
    query = select(Project).where(Project.event_id == event.id).order_by(Project.slug)
    return list(db.session.scalars(query.options(selectinload(Project.teams))))


def add_project(event: Event, given: Given, *, actor: Actor, at: datetime) -> Project:
    """A new project.  Raises as `add_team`."""
    with door(event, actor=actor, at=at) as journal:
        facts = cleaned(given, PROJECT_FIELDS)
        slug = taken_by(event, Project).claim(facts)
        project = Project(event_id=event.id, slug=slug, name=facts["name"])
        db.session.add(project)
        journal.append("project.created", after=project_facts(project), subject=slug)
    return project


def change_project(
    event: Event, project: Project, given: Given, *, actor: Actor, at: datetime
) -> Project:
    """Rename it; its slug stays.  Raises as `change_team`."""
    with door(event, actor=actor, at=at) as journal:
        facts = cleaned(given, PROJECT_FIELDS)
        others = [other.name for other in projects_of(event) if other is not project]
        require_free_name(facts.get("name", project.name), others, "project")
        before = project_facts(project)
        if _write(project, facts):
            after = project_facts(project)
            journal.append("project.updated", before=before, after=after, subject=project.slug)
    return project


def remove_project(event: Event, project: Project, *, actor: Actor, at: datetime) -> None:
    """Delete it.  Raises Conflict while it has teams."""
    with door(event, actor=actor, at=at) as journal:
        slugs = [team.slug for team in project.teams]
        if slugs:
            raise Conflict(
                f"{project.name} has teams ({len(slugs)}); give them another or none first.",
                code="in_use",
                count=len(slugs),
                teams=slugs,
            )
        before = project_facts(project)
        db.session.delete(project)
        journal.append("project.deleted", before=before, subject=project.slug)


def _team_fields(event: Event, given: Given) -> dict[str, Any]:
    facts = cleaned(given, TEAM_FIELDS)
    if facts.get("project") is not None:
        try:
            facts["project"] = project_of(event, facts["project"])
        except NotFound as error:
            raise Invalid(f"project: {error}", fields={"project": [error.message]}) from error
    return facts


def _write(row: Team | Project, facts: Given) -> set[str]:
    """Set the fields that differ; their names."""
    changed = {
        name: value
        for name, value in facts.items()
        if name != "slug" and getattr(row, name) != value
    }
    for name, value in changed.items():
        setattr(row, name, value)
    return set(changed)
