"""The form of a new token."""

from __future__ import annotations

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from ptgsched.profile.policy import Grant
from ptgsched.web.forms import BaseForm, line

LASTS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "a year"}
SCOPES_IN_WORDS = {
    "booking:write": "book, change and release sessions",
    "live:write": "say what is on now and next",
    "registrations:read": "read who is registered: personal data",
    "manage": "set up the event; includes all others",
}


class TokenForm(BaseForm):
    """What a program is called, and what it may do for how long."""

    name = StringField(
        "What is it for?",
        filters=[line],
        validators=[
            DataRequired("Say what it is for, so that you know it again."),
            Length(max=100, message="At most 100 characters."),
        ],
        description="The public journal names the program by it: booked by token:nova-bot.",
        render_kw={"maxlength": 100, "autocomplete": "off"},
    )
    scopes = SelectMultipleField(
        "It may", validators=[InputRequired("Choose what it may do.")], validate_choice=False
    )
    teams = SelectMultipleField("Teams", validate_choice=False)
    days = SelectField("It lasts", choices=LASTS, default="90")

    def offer(self, grant: Grant) -> None:
        """Offer what may be given; what was sent beyond it is refused by the operation."""
        self.scopes.choices = {scope: SCOPES_IN_WORDS[scope] for scope in grant.scopes}
        self.teams.choices = {team.slug: team.name for team in grant.teams}
