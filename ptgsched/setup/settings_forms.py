"""The form of an event's settings."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from ptgsched.events.models import Event, OverlapPolicy, QuotaDay
from ptgsched.setup.days import Windows
from ptgsched.setup.settings import DESCRIPTION_LENGTH
from ptgsched.web.forms import BaseForm, ZoneField, line, lines


class SettingsForm(BaseForm):
    """What the event is, when, and by which rules."""

    title = StringField(
        "Title",
        filters=[line],
        validators=[InputRequired("Give it a title."), Length(max=200)],
        render_kw={"maxlength": 200},
    )
    description = TextAreaField(
        "Description",
        filters=[lines],
        validators=[Length(max=DESCRIPTION_LENGTH, message="At most %(max)d characters.")],
        render_kw={"rows": 3},
    )
    starts_on = DateField("First day", validators=[InputRequired("Choose the first day.")])
    ends_on = DateField("Last day", validators=[InputRequired("Choose the last day.")])
    how = RadioField(
        "When the first day changes",
        choices={
            Windows.STAY.value: "Windows stay on their dates; those outside the new days go",
            Windows.MOVE.value: "Windows move along, with all that is booked in them",
        },
        default=Windows.STAY,
    )
    fill = BooleanField("Days that are new get windows like the nearest day\u2019s", default=True)
    timezone = ZoneField(
        "Time zone of the event",
        nothing="UTC",
        description="Days are counted in it, and it is shown where readers chose none. "
        "Windows stay at the instants they are at.",
    )
    quota_day = SelectField(
        "A day, for the daily cap",
        choices={
            QuotaDay.EVENT.value: "The event day, also past midnight",
            QuotaDay.UTC.value: "The calendar day in UTC",
        },
    )
    overlap_policy = SelectField(
        "Teams that asked not to meet in parallel",
        choices={
            OverlapPolicy.BLOCK.value: "Cannot book at the same time",
            OverlapPolicy.WARN.value: "Are warned, and may",
        },
    )
    allow_parallel = BooleanField("A team may hold two sessions at the same time")

    def facts(self) -> dict[str, Any]:
        """The settings but the days, as `setup.settings` takes them."""
        names = ("title", "description", "quota_day", "overlap_policy", "allow_parallel")
        given: dict[str, Any] = {name: self[name].data for name in names}
        return given | {"timezone": self.timezone.data or "UTC"}


def settings_values(event: Event) -> dict[str, Any]:
    """The event as the form's values."""
    names = ("title", "description", "starts_on", "ends_on", "timezone")
    rules = ("quota_day", "overlap_policy", "allow_parallel")
    return {name: getattr(event, name) for name in (*names, *rules)}
