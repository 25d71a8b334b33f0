"""The form of a window's hours on several days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange

from ptgsched.events.models import Event
from ptgsched.setup.fields import NAME_LENGTH
from ptgsched.setup.hours import Pattern, Plan, days_of, hours_zone
from ptgsched.setup.windows import MOST_SLOTS
from ptgsched.web.forms import BaseForm, line

DAY = 24 * 60


class WindowForm(BaseForm):
    """Hours, how they are cut, and the days; opened with values from a link as well."""

    class Meta(BaseForm.Meta):
        """The token is left to the service-wide check of every POST."""

        csrf = False

    code = StringField(
        "Code",
        filters=[line],
        validators=[InputRequired("Give it a letter, like A.")],
        description="One letter is best: slots are called MonA1, MonA2 and so on.",
        render_kw={"maxlength": 8, "autocapitalize": "characters", "autocomplete": "off"},
    )
    name = StringField(
        "Name",
        filters=[line],
        validators=[Length(max=NAME_LENGTH, message="At most %(max)d characters.")],
        description="Whom it suits, like Americas/Europe. May be left empty.",
        render_kw={"maxlength": NAME_LENGTH, "autocomplete": "off"},
    )
    start = TimeField("Begins at", validators=[InputRequired("Say when it begins, like 13:00.")])
    zone = SelectField("by the clocks of")
    slots = IntegerField(
        "Slots",
        validators=[InputRequired("Say how many."), NumberRange(1, MOST_SLOTS, "1 to %(max)s.")],
        render_kw={"min": 1, "max": MOST_SLOTS},
    )
    minutes = IntegerField(
        "Minutes each",
        validators=[InputRequired("Say how long."), NumberRange(5, DAY, "From 5 to a day.")],
        render_kw={"min": 5, "max": DAY, "step": 5},
    )
    gap = IntegerField(
        "Minutes between",
        validators=[NumberRange(0, DAY, "From 0 to a day.")],
        render_kw={"min": 0, "max": DAY, "step": 5},
    )
    days = SelectMultipleField(
        "Days", validators=[InputRequired("Tick at least one day.")], validate_choice=True
    )

    def offer(self, event: Event, days: Iterable[date], zone: str) -> None:
        """What can be chosen."""
        zones = dict.fromkeys([zone, event.timezone, "UTC"])
        self.zone.choices = {name: name for name in zones}
        self.days.choices = {day.isoformat(): f"{day:%a %-d %b}" for day in days}

    def plan(self) -> Plan:
        """What a valid form asks for."""
        return Plan(
            zone=self.zone.data,
            start=self.start.data or time(),
            slots=self.slots.data or 1,
            minutes=self.minutes.data or 60,
            gap=self.gap.data or 0,
        )

    def chosen_days(self) -> list[date]:
        """The days that are ticked, in order."""
        return sorted(date.fromisoformat(day) for day in self.days.data or ())


def new_values(event: Event) -> dict[str, Any]:
    """A form to begin with: the next letter, office hours, all days that have windows."""
    taken = {window.code.upper() for window in event.windows}
    letter = next((c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in taken), "A")
    used = {window.day for window in event.windows}
    days = [day for day in days_of(event) if not used or day in used]
    return {
        "code": letter,
        "zone": hours_zone(event),
        "start": time(9),
        "slots": 4,
        "minutes": 60,
        "gap": 0,
        "days": [day.isoformat() for day in days],
    }


def pattern_values(event: Event, pattern: Pattern) -> dict[str, Any]:
    """Windows that are alike as the form's values; uneven ones as if cut evenly."""
    plan = pattern.plan
    if plan is None:
        values = new_values(event) | {"slots": len(pattern.first.slots)}
    else:
        names = ("zone", "start", "slots", "minutes", "gap")
        values = {name: getattr(plan, name) for name in names}
    return values | {
        "code": pattern.first.code,
        "name": pattern.first.name,
        "days": [day.isoformat() for day in pattern.days],
    }
