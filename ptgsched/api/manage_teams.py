"""Teams and projects: add, change, delete; read projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from ptgsched.api import auth, examples
from ptgsched.api import manage_schemas as schemas
from ptgsched.api.answers import (
    listed,
    read_answer,
    require_unchanged,
    tag_of,
    write_answer,
)
from ptgsched.api.base import ETAG, LOCATION, Answer, read, write
from ptgsched.api.manage import TAG, changed, created, organizing
from ptgsched.api.manage_requests import ProjectChange, ProjectRequest, TeamChange, TeamRequest
from ptgsched.api.parsing import require_slug
from ptgsched.api.requests import PageQuery
from ptgsched.api.schemas import TeamSchema
from ptgsched.api.shapes import team_shape
from ptgsched.events.models import Event
from ptgsched.setup import teams as setup
from ptgsched.teams.models import Project
from ptgsched.teams.permissions import team_of
from ptgsched.web.context import links, now

MADE = Answer("Added.", TeamSchema, examples.TEAM, ETAG | LOCATION)
ALLOWED = Answer("With `dry_run=true`: as it would be.", TeamSchema, examples.TEAM, {})
CHANGED = Answer("As it is now.", TeamSchema, examples.TEAM)
DELETED = Answer("Deleted; as it was.", TeamSchema, examples.TEAM, {})
PROJECT_MADE = Answer("Added.", schemas.ProjectSchema, schemas.PROJECT, ETAG | LOCATION)
PROJECT_ALLOWED = Answer(
    "With `dry_run=true`: as it would be.", schemas.ProjectSchema, schemas.PROJECT, {}
)
PROJECT_CHANGED = Answer("As it is now.", schemas.ProjectSchema, schemas.PROJECT)
PROJECT_DELETED = Answer("Deleted; as it was.", schemas.ProjectSchema, schemas.PROJECT, {})


@write(
    "POST",
    "/events/<event>/teams",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=TeamRequest,
    body_example=schemas.TEAM_REQUEST,
    answers={201: MADE, 200: ALLOWED},
)
def add_team(event: Event, body: Mapping[str, Any]) -> Response:
    """Add a team."""
    made = setup.add_team(event, body, actor=organizing(event), at=now())
    where = links().api(event.slug, "teams", made.slug)
    return created(team_shape(event, made, links()), where)


@write(
    "PATCH",
    "/events/<event>/teams/<team>",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=TeamChange,
    body_example=schemas.TEAM_CHANGE,
    answers={200: CHANGED},
)
def change_team(event: Event, team: str, body: Mapping[str, Any]) -> Response:
    """Change a team; its slug stays.

    Bookings whose calendar entries show what was changed get a higher `sequence`.
    """
    actor = organizing(event)
    found = team_of(event, require_slug(team))
    require_unchanged(lambda: tag_of(team_shape(event, found, links())))
    setup.change_team(event, found, body, actor=actor, at=now())
    return changed(team_shape(event, found, links()))


@write(
    "DELETE",
    "/events/<event>/teams/<team>",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    answers={200: DELETED},
)
def delete_team(event: Event, team: str) -> Response:
    """Delete a team.

    A conflict while it holds or joins bookings, which are named, and until a day after the end
    of those released.
    """
    actor = organizing(event)
    found = team_of(event, require_slug(team))
    was = team_shape(event, found, links())
    require_unchanged(lambda: tag_of(was))
    setup.remove_team(event, found, actor=actor, at=now())
    return write_answer(was)


@read(
    "/events/<event>/projects",
    tag="Events",
    answer=schemas.ProjectListSchema,
    example=examples.page_of(schemas.PROJECT),
    query=PageQuery,
)
def projects(event: str, query: Mapping[str, Any]) -> Response:
    """The projects by slug."""
    return listed(setup.projects_of(auth.readable_event(event)), _shape, query)


@read(
    "/events/<event>/projects/<project>",
    tag="Events",
    answer=schemas.ProjectSchema,
    example=schemas.PROJECT,
)
def project(event: str, project: str) -> Response:
    """One project."""
    found = auth.readable_event(event)
    return read_answer(_shape(setup.project_of(found, require_slug(project))))


@write(
    "POST",
    "/events/<event>/projects",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=ProjectRequest,
    body_example=schemas.PROJECT_REQUEST,
    answers={201: PROJECT_MADE, 200: PROJECT_ALLOWED},
)
def add_project(event: Event, body: Mapping[str, Any]) -> Response:
    """Add a project."""
    made = setup.add_project(event, body, actor=organizing(event), at=now())
    where = links().api(event.slug, "projects", made.slug)
    return created(_shape(made), where)


@write(
    "PATCH",
    "/events/<event>/projects/<project>",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    body=ProjectChange,
    body_example=schemas.PROJECT_REQUEST,
    answers={200: PROJECT_CHANGED},
)
def change_project(event: Event, project: str, body: Mapping[str, Any]) -> Response:
    """Rename a project; its slug stays."""
    actor = organizing(event)
    found = setup.project_of(event, require_slug(project))
    require_unchanged(lambda: tag_of(_shape(found)))
    setup.change_project(event, found, body, actor=actor, at=now())
    return changed(_shape(found))


@write(
    "DELETE",
    "/events/<event>/projects/<project>",
    tag=TAG,
    scope=auth.MANAGE,
    dry_run=True,
    answers={200: PROJECT_DELETED},
)
def delete_project(event: Event, project: str) -> Response:
    """Delete a project; a conflict while it has teams, which are named."""
    actor = organizing(event)
    found = setup.project_of(event, require_slug(project))
    was = _shape(found)
    require_unchanged(lambda: tag_of(was))
    setup.remove_project(event, found, actor=actor, at=now())
    return write_answer(was)


def _shape(project: Project) -> dict[str, Any]:
    return {
        "slug": project.slug,
        "name": project.name,
        "teams": [team.slug for team in project.teams],
    }
