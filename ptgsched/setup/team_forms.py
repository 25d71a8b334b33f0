"""The forms of a team and of a project, as their organizers fill them in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import SelectField, StringField

from ptgsched.setup.form_fields import (
    address_field,
    hours_field,
    line_field,
    name_field,
    text_field,
    whole_field,
)
from ptgsched.setup.teams import DESCRIPTION_LENGTH
from ptgsched.teams.models import Project, Team, TeamKind
from ptgsched.web.forms import BaseForm, line

KINDS: dict[str, str] = {
    TeamKind.VERTICAL.value: "Vertical: a project\u2019s own team",
    TeamKind.HORIZONTAL.value: "Horizontal: cuts across projects and signs up first",
}


class TeamForm(BaseForm):
    """A team; what its leads tell in their survey can be filled in for them."""

    name = name_field()
    kind = SelectField("Kind", choices=KINDS)
    project = SelectField("Project")
    color = StringField(
        "Colour",
        filters=[line],
        description="A CSS name like steelblue, or #rrggbb; empty: made from the name.",
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": 32},
    )
    description = text_field("Description", DESCRIPTION_LENGTH)
    expected_attendance = whole_field("People expected")
    hours_wanted = hours_field("Hours wanted")
    chat_channel = line_field("Chat channel")
    etherpad_url = address_field("Etherpad", "Empty: named after event and team.")
    join_url = address_field(
        "Own call", "Instead of the rooms\u2019 links; empty: it joins where it books."
    )

    def offer(self, projects: Iterable[Project]) -> None:
        """The projects to choose from."""
        self.project.choices = [("", "None"), *((p.slug, p.name) for p in projects)]

    def given(self) -> dict[str, Any]:
        """The fields that `setup.teams` takes."""
        names = ("name", "kind", "color", "description", "expected_attendance", "hours_wanted")
        links = ("chat_channel", "etherpad_url", "join_url")
        return {
            **{name: self._fields[name].data for name in (*names, *links)},
            "project": self.project.data or None,
        }


class ProjectForm(BaseForm):
    """A project."""

    name = name_field()


def team_values(team: Team) -> dict[str, Any]:
    """What the form says of a team as it is."""
    return {
        "name": team.name,
        "kind": team.kind,
        "project": team.project.slug if team.project else "",
        "color": team.color or "",
        "description": team.description,
        "expected_attendance": team.expected_attendance,
        "hours_wanted": team.hours_wanted,
        "chat_channel": team.chat_channel or "",
        "etherpad_url": team.etherpad_url or "",
        "join_url": team.join_url or "",
    }
