"""The form with which a moderator says what is on."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import SelectField, StringField
from wtforms.validators import Length

from ptgsched.live.operations import LONGEST_TEXT
from ptgsched.teams.models import Team
from ptgsched.web.forms import BaseForm, line


class TopicForm(BaseForm):
    """A team and a text; which button was pressed says what becomes of it."""

    team = SelectField("Team")
    text = StringField(
        "Topic",
        filters=[line],
        validators=[Length(max=LONGEST_TEXT)],
        render_kw={"maxlength": LONGEST_TEXT, "autocomplete": "off", "enterkeyhint": "send"},
    )

    def offer(self, teams: Sequence[Team]) -> None:
        """Let one choose among `teams`."""
        self.team.choices = [(team.slug, team.name) for team in teams]
