"""A mail's subject, text and HTML from its templates in templates/mail; no web framework.

A template knows its facts and, with the reader's zone bound in, `when(at)` and
`span(start, end)`: local time with its zone, and UTC beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    select_autoescape,
)

from ptgsched import timewords
from ptgsched.config import shipped
from ptgsched.text import clean_line

SUBJECT = "Subject:"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the reader of a mail sees."""

    subject: str
    text: str
    html: str | None


def render(template: str, facts: Mapping[str, Any], zone: str) -> Rendered:
    """`templates/mail/<template>.txt`, whose first line is the subject, and `.html` if it is there.

    Raises jinja2.UndefinedError for a fact that the template needs and nobody gave.
    """

    def when(at: datetime) -> str:
        return in_both(timewords.moment(at, zone), timewords.moment(at, "UTC"))

    def span(start: datetime, end: datetime) -> str:
        return in_both(timewords.stretch(start, end, zone), timewords.stretch(start, end, "UTC"))

    known = {**facts, "zone": zone, "when": when, "span": span}
    text = _environment().get_template(f"mail/{template}.txt").render(known)
    first, _, rest = text.strip().partition("\n")
    if not first.startswith(SUBJECT):
        raise ValueError(f"mail/{template}.txt does not begin with {SUBJECT}")
    subject = clean_line(first.removeprefix(SUBJECT))
    try:
        page = _environment().get_template(f"mail/{template}.html")
    except TemplateNotFound:
        return Rendered(subject, f"{rest.strip()}\n", None)
    return Rendered(subject, f"{rest.strip()}\n", page.render({**known, "subject": subject}))


def in_both(local: str, utc: str) -> str:
    """``Tue 28 Apr 2026 18:00 Asia/Tokyo (UTC+9) = Tue 28 Apr 2026 09:00 UTC``."""
    return utc if local == utc else f"{local} = {utc}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(shipped("templates")),
        autoescape=select_autoescape(["html"], default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clock=timewords.clock, day=timewords.day, moment=timewords.moment, hours=timewords.hours
    )
    environment.globals.update(stretch=timewords.stretch, zone_name=timewords.zone_name)
    return environment
