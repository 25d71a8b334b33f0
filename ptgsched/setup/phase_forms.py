"""The forms of a sign-up phase, and of trying out what a team could do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms import (
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ptgsched.errors import Invalid
from ptgsched.events.models import Event, Phase
from ptgsched.setup.fields import NAME_LENGTH
from ptgsched.setup.form_fields import HoursField
from ptgsched.setup.settings import MOST_HOURS
from ptgsched.teams.models import Team, TeamKind
from ptgsched.timezones import from_local, to_local
from ptgsched.web.forms import BaseForm, ZoneField, line

EVERYBODY = ""
HOURS = NumberRange(0, MOST_HOURS, "Hours, from 0 on.")


class LocalTimesForm(BaseForm):
    """Times typed as clocks in `zone` show them."""

    class Meta(BaseForm.Meta):
        """The token is left to the service-wide check of every POST."""

        csrf = False

    zone = ZoneField("by the clocks of", nothing="UTC")

    def instant(self, name: str) -> datetime | None:
        """The instant typed into this field; None for a blank one.

        Raises Invalid (that field) for an hour that clocks show twice, or never.
        """
        typed = self[name].data
        if typed is None:
            return None
        try:
            return from_local(typed, self.zone.data or "UTC")
        except Invalid as error:
            raise Invalid(error.message, fields={name: [error.message]}) from error


class PhaseForm(LocalTimesForm):
    """Who may book from when, and how many hours."""

    name = StringField(
        "Name",
        filters=[line],
        validators=[InputRequired("Give it a name, like “All teams”."), Length(max=NAME_LENGTH)],
        render_kw={"maxlength": NAME_LENGTH, "autocomplete": "off"},
    )
    kinds = RadioField(
        "Who may book",
        choices={
            EVERYBODY: "All teams",
            TeamKind.HORIZONTAL.value: "Horizontal teams only: SIGs and working groups",
            TeamKind.VERTICAL.value: "Vertical teams only: those of one project",
        },
        default=EVERYBODY,
    )
    opens_at = DateTimeLocalField(
        "Opens",
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[InputRequired("Say when it opens.")],
    )
    closes_at = DateTimeLocalField(
        "Closes",
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[Optional()],
        description="Empty: stays open. A newer phase takes over by itself.",
    )
    max_hours_per_day = HoursField(
        "Hours a day", validators=[Optional(), HOURS], description="Empty: no cap."
    )
    max_hours_total = HoursField(
        "Hours in all", validators=[Optional(), HOURS], description="Empty: no cap."
    )
    mark = HiddenField()

    def facts(self) -> dict[str, Any]:
        """The phase as `setup.settings` takes it.  Raises Invalid as `instant`."""
        return {
            "name": self.name.data or "",
            "team_kinds": [self.kinds.data] if self.kinds.data else [],
            "opens_at": self.instant("opens_at"),
            "closes_at": self.instant("closes_at"),
            "max_hours_per_day": self.max_hours_per_day.data,
            "max_hours_total": self.max_hours_total.data,
        }


class TrialForm(LocalTimesForm):
    """A team and a moment; nothing is booked."""

    team = SelectField("Team")
    moment = DateTimeLocalField("at", format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])

    def offer(self, teams: list[Team]) -> None:
        """The teams that can be tried."""
        self.team.choices = {team.slug: team.name for team in teams}


def phase_values(event: Event, phase: Phase) -> dict[str, Any]:
    """A phase as the form's values, in the event's zone."""
    return {
        "name": phase.name,
        "max_hours_per_day": _short(phase.max_hours_per_day),
        "max_hours_total": _short(phase.max_hours_total),
        "kinds": phase.team_kinds[0] if len(phase.team_kinds) == 1 else EVERYBODY,
        "zone": event.timezone,
        "opens_at": as_typed(phase.opens_at, event.timezone),
        "closes_at": as_typed(phase.closes_at, event.timezone) if phase.closes_at else None,
    }


def as_typed(at: datetime, zone: str) -> datetime:
    """An instant as a form shows it: local, to the minute."""
    return to_local(at, zone).replace(tzinfo=None, second=0, microsecond=0)


def _short(hours: float | None) -> float | None:
    """4 rather than 4.0."""
    return int(hours) if hours is not None and hours.is_integer() else hours
