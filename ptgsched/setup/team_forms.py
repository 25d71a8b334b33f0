"""The forms of a team and of a project, as their organizers fill them in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import (
    FloatField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ptgsched.setup.fields import ADDRESS_LENGTH, NAME_LENGTH
from ptgsched.setup.teams import DESCRIPTION_LENGTH, MOST_HOURS, MOST_PEOPLE
from ptgsched.teams.models import Project, Team, TeamKind
from ptgsched.web.forms import BaseForm, line, lines

KINDS: dict[str, str] = {
    TeamKind.VERTICAL.value: "Vertical: a project\u2019s own team",
    TeamKind.HORIZONTAL.value: "Horizontal: cuts across projects and signs up first",
}


class TeamForm(BaseForm):
    """A team; what its leads tell in their survey can be filled in for them."""

    name = StringField(
        "Name",
        filters=[line],
        validators=[InputRequired("Give it a name."), Length(max=NAME_LENGTH)],
        render_kw={"autocomplete": "off", "maxlength": NAME_LENGTH},
    )
    kind = SelectField("Kind", choices=KINDS)
    project = SelectField("Project")
    color = StringField(
        "Colour",
        filters=[line],
        description="A CSS name like steelblue, or #rrggbb; empty: made from the name.",
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": 32},
    )
    description = TextAreaField(
        "Description",
        filters=[lines],
        validators=[Length(max=DESCRIPTION_LENGTH)],
        render_kw={"rows": 2},
    )
    expected_attendance = IntegerField(
        "People expected",
        validators=[Optional(), NumberRange(0, MOST_PEOPLE, "From %(min)s to %(max)s.")],
        render_kw={"inputmode": "numeric"},
    )
    hours_wanted = FloatField(
        "Hours wanted",
        validators=[Optional(), NumberRange(0, MOST_HOURS, "From %(min)s to %(max)s.")],
        render_kw={"inputmode": "decimal"},
    )
    chat_channel = StringField(
        "Chat channel",
        filters=[line],
        validators=[Length(max=NAME_LENGTH)],
        render_kw={"autocomplete": "off", "maxlength": NAME_LENGTH},
    )
    etherpad_url = URLField(
        "Etherpad",
        filters=[line],
        validators=[Length(max=ADDRESS_LENGTH)],
        description="Empty: named after event and team.",
        render_kw={"autocomplete": "off"},
    )
    join_url = URLField(
        "Own call",
        filters=[line],
        validators=[Length(max=ADDRESS_LENGTH)],
        description="Instead of the rooms\u2019 links; empty: it joins where it books.",
        render_kw={"autocomplete": "off"},
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

    name = StringField(
        "Name",
        filters=[line],
        validators=[InputRequired("Give it a name."), Length(max=NAME_LENGTH)],
        render_kw={"autocomplete": "off", "maxlength": NAME_LENGTH},
    )


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
