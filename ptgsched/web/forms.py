"""The ancestor of every form: CSRF protection, and refusals shown beside their fields."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FileField, SelectField
from wtforms.validators import ValidationError

from ptgsched.errors import Invalid, PtgschedError
from ptgsched.text import clean_line, clean_text
from ptgsched.timezones import UnknownZone, canonical, common_zones


class BaseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form whose operation may refuse: `take` puts the reasons where they belong."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # likewise
        """What a form takes from the request."""

        def wrap_formdata(self, form: Any, formdata: Any) -> MultiDict[str, Any] | None:
            """What was typed; files where it asks for one, and never JSON: pages send none."""
            found = None if request.is_json else super().wrap_formdata(form, formdata)
            if found is None:
                return None
            return MultiDict(
                (name, value)
                for name, value in found.items(multi=True)
                if isinstance(value, str) or isinstance(form._fields.get(name), FileField)
            )

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
        self._offered = {"": nothing} | {name: name for name in common_zones()}
        super().__init__(label, choices=self._offered, **options)

    def process_data(self, value: Any) -> None:
        """Keep an old but valid name (Asia/Calcutta) choosable for whoever has it."""
        super().process_data(value)
        self._keep(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take every name the tz database knows: browsers still send old ones."""
        super().process_formdata(valuelist)
        self._keep(self.data)

    def pre_validate(self, form: Any) -> None:
        """Raises ValidationError with the closest names."""
        if self.data:
            try:
                canonical(self.data)
            except UnknownZone as error:
                raise ValidationError(error.message) from error
        super().pre_validate(form)

    def _keep(self, value: Any) -> None:
        try:
            name = canonical(value)
        except UnknownZone:
            return
        self.data = name
        if name not in self._offered:
            self.choices = self._offered | {name: name}


def line(value: str | None) -> str:
    """A filter for one-line fields."""
    return clean_line(value or "")


def lines(value: str | None) -> str:
    """A filter for fields of many lines."""
    return clean_text(value or "")
