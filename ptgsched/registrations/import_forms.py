"""The forms of an import: the file, then which column is which."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField

from ptgsched.registrations.columns import FIELDS, BadMap, columns_of
from ptgsched.web.forms import BaseForm

LABELS = {
    "email": "E-mail address",
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "affiliation": "Affiliation",
    "country": "Country",
    "timezone": "Time zone",
    "projects": "Projects",
    "teams": "Teams",
    "role": "Role",
    "status": "Status",
    "registered_at": "Registered at",
    "chat_nick": "Chat nick",
}
NO_COLUMN = ""


class UploadForm(BaseForm):
    """A table of people."""

    file = FileField(
        "File",
        validators=[FileRequired("Choose a file.")],
        description="CSV as Eventbrite, a spreadsheet or our own export writes it; up to 5 MB.",
        render_kw={"accept": ".csv,.tsv,.txt,text/csv,text/tab-separated-values"},
    )


class ColumnsForm(BaseForm):
    """One choice for each field; the columns that are known by their headings are chosen."""

    mail = BooleanField("Write to each new person that they are registered")

    def offer(self, headings: Sequence[str]) -> None:
        """Fill the choices with the file's columns."""
        choices = [
            (NO_COLUMN, "not in the file"),
            *((str(n), heading or f"Column {n + 1}") for n, heading in enumerate(headings)),
        ]
        for name in FIELDS:
            self[name].choices = choices

    def columns(self) -> dict[str, int]:
        """The index of each field's column.  Raises BadMap without one for the address."""
        chosen = {name: self[name].data for name in FIELDS}
        found = {name: int(value) for name, value in chosen.items() if value}
        if "email" not in found:
            raise BadMap("Choose the column of the e-mail addresses.", fields=MISSING)
        return found


MISSING = {"email": ["Which column holds the e-mail addresses?"]}

for _name in FIELDS:
    setattr(ColumnsForm, _name, SelectField(LABELS[_name], choices=[], default=NO_COLUMN))


def guessed(headings: Sequence[str]) -> dict[str, str]:
    """What the form begins with."""
    try:
        found = columns_of(headings)
    except BadMap:
        found = columns_of([*headings, "email"])
        del found["email"]
    return {name: str(index) for name, index in found.items()}
