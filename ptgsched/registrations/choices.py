"""The teams and projects that a form offers."""

from __future__ import annotations

from ptgsched.events.models import Event
from ptgsched.registrations import queries
from ptgsched.teams.models import Project, Team
from ptgsched.teams.permissions import teams_of


def choices(event: Event) -> tuple[list[Team], list[Project]]:
    """Both by name."""
    by_name = sorted(teams_of(event), key=lambda team: team.name.casefold())
    return by_name, queries.projects(event)


def by_project(event: Event) -> list[tuple[str, list[Team]]]:
    """The teams under their projects' names, those of none last."""
    groups: dict[str, list[Team]] = {}
    for team in choices(event)[0]:
        groups.setdefault(team.project.name if team.project else "", []).append(team)
    return sorted(groups.items(), key=lambda group: (not group[0], group[0].casefold()))
