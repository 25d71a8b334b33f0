"""One row of a file, read as a registration: what it says, and what could not be understood.

Nothing here asks the database, so ten thousand rows are read before anybody has to wait.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from ptgsched.accounts.passwords import clean_email
from ptgsched.errors import Invalid
from ptgsched.registrations.columns import Columns
from ptgsched.registrations.countries import country_code
from ptgsched.registrations.tables import Line
from ptgsched.text import clean_line, from_sheet_cell, plain_address
from ptgsched.timezones import AmbiguousTime, current_name, from_local

FIRST_YEAR = 1990  # before it a date is a slip, as 0026 for 2026
LONGEST = {"name": 120, "affiliation": 120, "role": 64, "chat_nick": 64}
CANCELLED = frozenset(
    {"cancelled", "canceled", "not attending", "refunded", "deleted", "transferred", "void"}
)
_LISTED = re.compile(r"\s*[;|,\n]\s*")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{2,4})(?:[ ,T]+(\d{1,2}):(\d{2}))?.*")
_SLASHES = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{2,4})(?:[ ,]+(\d{1,2}):(\d{2})(?::\d{2})?\s*([AaPp])?.*)?"
)


@dataclass(slots=True)
class Row:
    """What a row says: fields that it leaves empty are not among `given`."""

    number: int  # its line in the file
    email: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    teams: list[str] | None = None  # as they were typed
    projects: list[str] | None = None
    registered_at: datetime | None = None
    is_cancelled: bool = False
    remarks: list[str] = field(default_factory=list)
    refusal: str = ""


def read_row(line: Line, columns: Columns, *, zone: str, at: datetime) -> Row:
    """The row in the file's own words, cleaned; `zone` is that of dates without one."""
    row = Row(line.number)
    cells = _cells(line.cells, columns)
    try:
        row.email = _email(cells.get("email", ""))
    except Invalid as error:
        row.refusal = error.message
        return row
    names = (cells.get("first_name", ""), cells.get("last_name", ""))
    cells["name"] = cells.get("name") or " ".join(name for name in names if name)
    for name, most in LONGEST.items():
        text = cells.get(name, "")
        if len(text) > most:
            row.remarks.append(f"{name} was cut to {most} characters")
        if text:
            row.given[name] = text[:most].rstrip()
    _read_place(row, cells)
    row.is_cancelled = cells.get("status", "").casefold() in CANCELLED
    row.teams, row.projects = _named(line, columns, "teams"), _named(line, columns, "projects")
    said = cells.get("registered_at", "")
    if said:
        row.registered_at = instant_of(said, zone)
        if row.registered_at is None:
            row.remarks.append(f"{said[:40]!r} is no date that could be read")
        elif row.registered_at > at:
            row.registered_at = None
    return row


def instant_of(text: str, zone: str) -> datetime | None:
    """The instant in `text`: ISO 8601, ``26.5.2020 14:05`` or ``5/26/2020 2:05 PM``."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        parts = _parts(text)
        if parts is None:
            return None
        try:
            found = datetime(*parts)  # noqa: DTZ001 # local, as it was typed
        except ValueError:
            return None
    if found.year < FIRST_YEAR:
        return None
    try:
        return found.astimezone(UTC) if found.tzinfo else from_local(found, zone)
    except AmbiguousTime as error:  # within the hour either way
        return cast("datetime", error.facts["earlier"])
    except (Invalid, OverflowError):  # an hour that does not exist there
        return None


def _parts(text: str) -> tuple[int, int, int, int, int] | None:
    match = _DAY_FIRST.fullmatch(text)
    if match:
        day, month = int(match[1]), int(match[2])
        hour, minute = int(match[4] or 0), int(match[5] or 0)
    else:
        match = _SLASHES.fullmatch(text)
        if not match:
            return None
        month, day = int(match[1]), int(match[2])
        if month > 12:
            month, day = day, month
        hour, minute = int(match[4] or 0), int(match[5] or 0)
        if match[6]:
            hour = hour % 12 + (12 if match[6].lower() == "p" else 0)
    year = int(match[3])
    return year + 2000 if year < 100 else year, month, day, hour, minute


def _cells(cells: Sequence[str], columns: Columns) -> dict[str, str]:
    return {
        name: _plain(cells[index]) if index < len(cells) else "" for name, index in columns.items()
    }


def _plain(cell: str) -> str:
    """One line; the apostrophe that keeps a spreadsheet from calculating is taken off."""
    return from_sheet_cell(clean_line(cell))


def _email(text: str) -> str:
    if not text:
        raise Invalid("It has no e-mail address.")
    if text.isascii() and _ORDINARY.fullmatch(text):
        return plain_address(text)
    return clean_email(text)


# What nearly all addresses look like, and what the full check has nothing against.
_ORDINARY = re.compile(
    r"(?=.{6,254}\Z)[A-Za-z0-9](?:[A-Za-z0-9_+-]|\.(?=[A-Za-z0-9])){0,62}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)


def _read_place(row: Row, cells: Mapping[str, str]) -> None:
    country = cells.get("country", "")
    if country:
        code = country_code(country)
        if code is None:
            row.remarks.append(f"{country[:60]!r} is no country that is known here")
        else:
            row.given["country"] = code
    zone = cells.get("timezone", "")
    if zone:
        try:
            row.given["timezone"] = current_name(zone)
        except Invalid as error:
            row.remarks.append(error.message)


def _named(line: Line, columns: Columns, name: str) -> list[str] | None:
    index = columns.get(name)
    if index is None or index >= len(line.cells) or not line.cells[index].strip():
        return None
    return [clean_line(part) for part in _LISTED.split(line.cells[index]) if part.strip()]
