"""The organizers' settings of registration."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms import DateTimeLocalField, IntegerField
from wtforms.validators import NumberRange, Optional

from ptgsched.errors import Invalid
from ptgsched.events.models import Event
from ptgsched.setup.settings import MOST_REGISTERED
from ptgsched.timezones import from_local, to_local
from ptgsched.web.forms import BaseForm

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


class SettingsForm(BaseForm):
    """Capacity and hours; the hours are of the event's zone."""

    registration_capacity = IntegerField(
        "Places",
        validators=[Optional(), NumberRange(0, MOST_REGISTERED, "A whole number, 0 or more.")],
        description="Empty: as many as come. More places than before go to the waitlist at once; "
        "with fewer, nobody who has one loses it.",
        render_kw={"inputmode": "numeric"},
    )
    registration_opens_at = DateTimeLocalField(
        "Opens", format=FORMATS, validators=[Optional()], description="Empty: when published."
    )
    registration_closes_at = DateTimeLocalField(
        "Closes", format=FORMATS, validators=[Optional()], description="Empty: when the event ends."
    )

    def given(self, event: Event) -> dict[str, Any]:
        """The settings, instants in UTC; raises Invalid for a local time that there is not."""
        found: dict[str, Any] = {"registration_capacity": self.registration_capacity.data}
        wrong: dict[str, list[str]] = {}
        for name in ("registration_opens_at", "registration_closes_at"):
            local, kept = self[name].data, getattr(event, name)
            if local == _local(event, kept):  # also within an hour that clocks show twice
                found[name] = kept
                continue
            try:
                found[name] = None if local is None else from_local(local, event.timezone)
            except Invalid as error:
                wrong[name] = [error.message]
        if wrong:
            raise Invalid("These times cannot be.", fields=wrong)
        return found


def settings_form(event: Event) -> SettingsForm:
    """The form as sent, else filled with what holds."""
    return SettingsForm(
        data={
            "registration_capacity": event.registration_capacity,
            "registration_opens_at": _local(event, event.registration_opens_at),
            "registration_closes_at": _local(event, event.registration_closes_at),
        }
    )


def _local(event: Event, at: datetime | None) -> datetime | None:
    """As the form shows it: to the minute."""
    if at is None:
        return None
    return to_local(at, event.timezone).replace(tzinfo=None, second=0, microsecond=0)
