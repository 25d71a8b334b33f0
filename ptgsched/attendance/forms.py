"""The one-tap form: a field for any number, and the likely ones as buttons."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from ptgsched.attendance.policy import MOST_PEOPLE
from ptgsched.web.forms import BaseForm

LADDER = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500)
NEAR = 3  # so many of the ladder on either side


class CountForm(BaseForm):
    """How many people; a button of the likely ones sends the same field."""

    count = IntegerField(
        "People in the session",
        validators=[
            InputRequired("Give the number of people; 0 when nobody came."),
            NumberRange(0, MOST_PEOPLE, f"Give a number from 0 to {MOST_PEOPLE}."),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": 0, "max": MOST_PEOPLE},
    )


def likely(people: int) -> list[int]:
    """Figures around `people`, it among them: one tap for those who count roughly."""
    below = [step for step in LADDER if 0 < step < people]
    above = [step for step in LADDER if step > people]
    return [*below[-NEAR:], *([people] if people > 0 else []), *above[:NEAR]]
