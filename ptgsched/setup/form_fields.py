"""Fields that forms of rooms, teams and surveys have in common."""

from __future__ import annotations

from wtforms import FloatField, IntegerField, StringField, TextAreaField, URLField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ptgsched.setup.fields import ADDRESS_LENGTH, MOST_PEOPLE, NAME_LENGTH
from ptgsched.setup.teams import MOST_HOURS
from ptgsched.web.forms import line, lines

RANGE = "From %(min)s to %(max)s."


class HoursField(FloatField):
    """A number of hours, shown as people write it: 12, not 12.0."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data).removesuffix(".0")


def name_field() -> StringField:
    """What it is called."""
    return StringField(
        "Name",
        filters=[line],
        validators=[InputRequired("Give it a name."), Length(max=NAME_LENGTH)],
        render_kw={"autocomplete": "off", "maxlength": NAME_LENGTH},
    )


def address_field(label: str, description: str = "") -> URLField:
    """An address, or nothing."""
    return URLField(
        label,
        filters=[line],
        validators=[Length(max=ADDRESS_LENGTH)],
        description=description,
        render_kw={"autocomplete": "off", "maxlength": ADDRESS_LENGTH},
    )


def line_field(label: str, description: str = "") -> StringField:
    """A line as long as a name, or nothing; nobody's browser fills it in."""
    return StringField(
        label,
        filters=[line],
        validators=[Length(max=NAME_LENGTH)],
        description=description,
        render_kw={"autocomplete": "off", "maxlength": NAME_LENGTH, "spellcheck": "false"},
    )


def text_field(label: str, longest: int, description: str = "", *, rows: int = 2) -> TextAreaField:
    """Lines, or nothing."""
    return TextAreaField(
        label,
        filters=[lines],
        validators=[Length(max=longest)],
        description=description,
        render_kw={"rows": rows},
    )


def whole_field(
    label: str, description: str = "", *, least: int = 0, most: int = MOST_PEOPLE
) -> IntegerField:
    """A whole number, or nothing."""
    return IntegerField(
        label,
        validators=[Optional(), NumberRange(least, most, RANGE)],
        description=description,
        render_kw={"inputmode": "numeric"},
    )


def hours_field(label: str, *, least: float = 0) -> HoursField:
    """Hours that a team wants, or nothing."""
    return HoursField(
        label,
        validators=[Optional(), NumberRange(least, MOST_HOURS, RANGE)],
        render_kw={"inputmode": "decimal"},
    )
