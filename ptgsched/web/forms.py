"""The ancestor of every form: CSRF protection, and refusals shown beside their fields."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField

from ptgsched.errors import Invalid, PtgschedError
from ptgsched.text import clean_line, clean_text
from ptgsched.timezones import common_zones


class BaseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form whose operation may refuse: `take` puts the reasons where they belong."""

    def take(self, error: PtgschedError) -> list[str]:
        """Show `error` beside its fields; returns what belongs to none of them, as sentences."""
        said = error.fields if isinstance(error, Invalid) else {}
        rest = []
        for name, sentences in said.items():
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, *sentences]
            else:
                rest += sentences
        return rest if said else [error.message]


class ZoneField(SelectField):
    """A time zone; an empty choice, called `nothing`, is offered first."""

    def __init__(self, label: str, *, nothing: str, **options: Any) -> None:
        choices = [("", nothing), *((name, name) for name in common_zones())]
        super().__init__(label, choices=choices, **options)

    def process_data(self, value: Any) -> None:
        """Keep an old but valid name (Asia/Calcutta) choosable for whoever has it."""
        super().process_data(value)
        if self.data and all(self.data != name for name, _ in self.choices):
            self.choices = [*self.choices, (self.data, self.data)]


def line(value: str | None) -> str:
    """A filter for one-line fields."""
    return clean_line(value or "")


def lines(value: str | None) -> str:
    """A filter for fields of many lines."""
    return clean_text(value or "")
