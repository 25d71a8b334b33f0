"""What people write into a booking: cleaned, and kept within bounds."""

from __future__ import annotations

from ptgsched.errors import Invalid
from ptgsched.text import clean_line, clean_text

TITLE_LENGTH = 200
DESCRIPTION_LENGTH = 4000
REASON_LENGTH = 500


def title_of(text: str) -> str:
    """One line.  Raises Invalid (field ``title``) when it is too long, as all here do."""
    return _bounded("title", clean_line(text), TITLE_LENGTH)


def description_of(text: str) -> str:
    """Any number of lines."""
    return _bounded("description", clean_text(text), DESCRIPTION_LENGTH)


def reason_of(text: str | None) -> str | None:
    """An organizer's reason for bending the rules; a blank one is none."""
    return _bounded("override", clean_line(text or ""), REASON_LENGTH) or None


def _bounded(name: str, text: str, limit: int) -> str:
    if len(text) > limit:
        said = f"At most {limit} characters; these are {len(text)}."
        raise Invalid(f"The {name} is too long. {said}", fields={name: [said]})
    return text
