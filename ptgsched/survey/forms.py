"""The survey as a lead fills it in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import RadioField, SelectMultipleField, StringField

from ptgsched.accounts.passwords import clean_email
from ptgsched.errors import Invalid
from ptgsched.setup.form_fields import (
    address_field,
    hours_field,
    line_field,
    text_field,
    whole_field,
)
from ptgsched.setup.pasting import words
from ptgsched.survey.operations import NOTES_LENGTH
from ptgsched.survey.queries import Others
from ptgsched.teams.models import Team, TeamSurvey
from ptgsched.web.forms import BaseForm, line

ROOMS, MEETPAD, OWN = "rooms", "meetpad", "own"
MOST_DEPUTIES = 10


class SurveyForm(BaseForm):
    """What a team needs and wishes."""

    expected_attendance = whole_field(
        "How many people do you expect?",
        "At your best attended session. Rooms are chosen by it; a guess will do.",
        least=1,
    )
    hours_wanted = hours_field("How many hours would you like in all?", least=0.25)
    windows = SelectMultipleField("Which windows suit your people?", validate_choice=False)
    apart = SelectMultipleField("Never in parallel with", validate_choice=False)
    joint = SelectMultipleField("Joint sessions wanted with", validate_choice=False)
    call = RadioField(
        "Where do you meet?",
        choices={
            ROOMS: "In the rooms that we book",
            MEETPAD: "In a Meetpad call of our own, named after event and team",
            OWN: "In another call of our own",
        },
        default=ROOMS,
    )
    join_url = address_field(
        "Link of your own call", "A passcode in it (pwd=) keeps it from the public."
    )
    etherpad_url = address_field("Etherpad")
    chat_channel = line_field("Chat channel", "Such as #openstack-nova, or an address.")
    deputies = StringField(
        "Deputies to invite",
        filters=[line],
        description="E-mail addresses with commas between. They may book and fill this in, too.",
        render_kw={"autocomplete": "off"},
    )
    notes = text_field(
        "Anything else the organizers should know?",
        NOTES_LENGTH,
        "Only organizers and the team\u2019s leads read this.",
        rows=3,
    )

    def offer(self, windows: Mapping[str, str], teams: Iterable[Team]) -> None:
        """The windows by code and the other teams."""
        self.windows.choices = list(windows.items())
        choices = [(team.slug, team.name) for team in teams]
        self.apart.choices = choices
        self.joint.choices = list(choices)

    def given(self, meetpad: str) -> dict[str, Any]:
        """What `send_survey` takes; `meetpad` is the link of a Meetpad call of the team's own.

        Raises Invalid when an own call is told of without its link.
        """
        own = self.join_url.data or ""
        if self.call.data == OWN and not own:
            said = "Give the link, or choose another way to meet."
            raise Invalid(said, fields={"join_url": [said]})
        return {
            "expected_attendance": self.expected_attendance.data,
            "hours_wanted": self.hours_wanted.data,
            "windows": self.windows.data or [],
            "apart": self.apart.data or [],
            "joint": self.joint.data or [],
            "join_url": {MEETPAD: meetpad, OWN: own}.get(self.call.data or ""),
            "etherpad_url": self.etherpad_url.data,
            "chat_channel": self.chat_channel.data,
            "notes": self.notes.data or "",
        }

    def addresses(self) -> list[str]:
        """The deputies to invite.  Raises Invalid (field ``deputies``)."""
        try:
            found = [clean_email(word) for word in words(self.deputies.data or "")]
        except Invalid as error:
            raise Invalid(error.message, fields={"deputies": [error.message]}) from error
        if len(found) > MOST_DEPUTIES:
            said = f"At most {MOST_DEPUTIES} at once."
            raise Invalid(said, fields={"deputies": [said]})
        return list(dict.fromkeys(found))


def survey_values(
    team: Team, survey: TeamSurvey, others: Others, teams: Sequence[Team], meetpad: str
) -> dict[str, Any]:
    """What the form says of a team as it is."""
    slugs = {other.id: other.slug for other in teams}
    own = team.join_url
    return {
        "expected_attendance": team.expected_attendance,
        "hours_wanted": team.hours_wanted,
        "windows": list(survey.windows),
        "apart": [slugs[other] for other in others.apart if other in slugs],
        "joint": [slugs[other] for other in others.joint if other in slugs],
        "call": ROOMS if not own else MEETPAD if own == meetpad else OWN,
        "join_url": own if own and own != meetpad else "",
        "etherpad_url": team.etherpad_url or "",
        "chat_channel": team.chat_channel or "",
        "notes": survey.notes,
    }
