"""The forms with which an event begins."""

from __future__ import annotations

import re
from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from ptgsched.events.kinds import KINDS, TEMPLATES
from ptgsched.events.models import Event
from ptgsched.setup.events import Parts
from ptgsched.text import slugify
from ptgsched.web.forms import BaseForm, ZoneField, line

BARE = {
    "forum": "Forum",
    "hackathon": "Hackathon",
    "other": "Something else",
}
KIND_CHOICES = {name: template.title for name, template in TEMPLATES.items()} | {
    kind: f"{BARE.get(kind, kind)}: begins without windows"
    for kind in KINDS
    if kind not in TEMPLATES
}


class BeginForm(BaseForm):
    """What every event begins with."""

    title = StringField(
        "Title",
        filters=[line],
        validators=[
            InputRequired("Give it a title, like “October 2026 virtual PTG”."),
            Length(max=200, message="At most %(max)d characters."),
        ],
        render_kw={"maxlength": 200},
    )
    slug = StringField(
        "Short name",
        filters=[line],
        description="Stands in every address, like oct2026 in /events/oct2026/, and stays. "
        "Leave it empty to have it made from the title.",
        render_kw={"maxlength": 64, "autocapitalize": "none", "spellcheck": "false"},
    )
    starts_on = DateField("First day", validators=[InputRequired("Choose the first day.")])
    organizers = TextAreaField(
        "Organizers",
        description="Their e-mail addresses, with commas or on lines of their own: whoever has "
        "no account yet is invited. Administrators run every event and need not be named.",
        render_kw={"rows": 2, "autocapitalize": "none", "spellcheck": "false"},
    )

    @property
    def short_name(self) -> str:
        """The slug that was typed, or one made from the title."""
        return self.slug.data or slugify(self.title.data or "")[:64].strip("-")

    @property
    def addresses(self) -> list[str]:
        """The organizers' e-mail addresses, case-folded, each once."""
        words = re.split(r"[\s,;]+", self.organizers.data or "")
        return list(dict.fromkeys(word.casefold() for word in words if word))


class NewEventForm(BeginForm):
    """A new event from a template."""

    template = SelectField(
        "Layout",
        choices=KIND_CHOICES,
        description="A start, not a bond: windows, slots and hours can be changed afterwards.",
    )
    ends_on = DateField("Last day", validators=[InputRequired("Choose the last day.")])
    timezone = ZoneField(
        "Time zone of the event",
        nothing="UTC",
        description="Days are counted in it. For a virtual event that runs around the clock, UTC.",
    )


class CopyForm(BeginForm):
    """A new event like an earlier one."""

    timezone = ZoneField(
        "Time zone of the event",
        nothing="As before",
        description="Windows and phases keep the hours that clocks show in it.",
    )
    windows = BooleanField("Windows and slots", default=True)
    phases = BooleanField("Sign-up phases and caps, as long before the first day", default=True)
    rooms = BooleanField("Rooms", default=True)
    teams = BooleanField(
        "Projects and teams, and whom they want to meet or never in parallel", default=True
    )
    leads = BooleanField("Leads and deputies of the teams")
    join_links = BooleanField("Join links and passcodes of rooms and teams")

    def parts(self) -> Parts:
        """What comes along."""
        names = ("windows", "phases", "rooms", "teams", "leads", "join_links")
        chosen: dict[str, Any] = {name: bool(self[name].data) for name in names}
        return Parts(**chosen)


def copy_values(source: Event) -> dict[str, Any]:
    """What the form of a copy begins with."""
    return {"timezone": source.timezone, "title": source.title}
