"""The form of what one wants to be told of."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, SelectMultipleField, StringField
from wtforms.validators import Length

from ptgsched.live.patterns import LONGEST
from ptgsched.teams.models import Team
from ptgsched.web.forms import BaseForm, line


class PingForm(BaseForm):
    """Teams, a pattern, and how."""

    teams = SelectMultipleField("Teams")
    pattern = StringField(
        "Words in the topic of any team",
        filters=[line],
        validators=[Length(max=LONGEST, message=f"At most {LONGEST} characters.")],
        description="A regular expression, as in chat: placement|cyborg finds either word. "
        "It is searched in “#team now topic”.",
        render_kw={"maxlength": LONGEST, "autocomplete": "off", "spellcheck": "false"},
    )
    by_mail = BooleanField("Send me a mail")

    def offer(self, teams: Sequence[Team]) -> None:
        """These teams can be chosen."""
        by_name = sorted(teams, key=lambda team: team.name.casefold())
        self.teams.choices = {team.slug: team.name for team in by_name}
