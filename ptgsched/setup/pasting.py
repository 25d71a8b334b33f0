"""Many rooms or teams at once, pasted from a list or a sheet: text to rows of plain fields.

Either one name a line, or a table whose first line names its columns, separated by commas,
semicolons or tabs.  Nothing here knows the event: what a row means is judged by who adds it.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ptgsched.errors import Invalid
from ptgsched.text import clean_line

MOST_ROWS = 300
LONGEST_PASTE = 100_000  # characters
SEPARATORS = "\t;,"
NAMELESS = "It has no name."

# What an export puts before a cell that a spreadsheet would take for a formula.
_FORMULA_MARK = re.compile(r"^'(?=[=+\-@\t])")

Reader = Callable[[str], Any]
"""A cell's text as the field's type.  Raises Invalid."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a sheet may tell of each row: the field it fills, and the headings it goes by."""

    name: str
    headings: tuple[str, ...]
    read: Reader


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what was pasted: its fields, and what could not be read of it."""

    number: int
    text: str
    given: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called, as far as it says so."""
        return str(self.given.get("name", ""))


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was pasted: its rows, the line of headings (none: names alone), headings not known."""

    rows: tuple[Row, ...]
    heading: str = ""
    unknown: tuple[str, ...] = ()

    def text_of(self, numbers: set[int]) -> str:
        """The lines with these numbers as they were typed, below their headings."""
        kept = [row.text for row in self.rows if row.number in numbers]
        return "\n".join([self.heading, *kept] if self.heading and kept else kept)


def read_pasted(text: str, columns: tuple[Column, ...]) -> Pasted:
    """The rows of `text`; blank lines are passed over.

    Raises Invalid (field ``pasted``) when there is nothing in it, or too much.
    """
    if len(text) > LONGEST_PASTE:
        _refuse(f"At most {LONGEST_PASTE:,} characters at once; paste it in parts.")
    numbered = [(n, line) for n, line in enumerate(_lines(text), 1) if line.strip(" ,;\t")]
    if not numbered:
        _refuse("Paste at least one line.")
    if len(numbered) > MOST_ROWS + 1:
        _refuse(f"At most {MOST_ROWS} lines at once; these are {len(numbered)}.")
    first = numbered[0][1]
    separator = _separator(first, columns)
    if separator is None:
        return Pasted(tuple(_named(n, line) for n, line in numbered))
    headings = [clean_line(cell) for cell in _cells(first, separator)]
    found = [_column(heading, columns) for heading in headings]
    unknown = tuple(h for h, c in zip(headings, found, strict=True) if h and c is None)
    rows = tuple(_row(n, line, _cells(line, separator), found) for n, line in numbered[1:])
    if not rows:
        _refuse("There are headings, and no line below them.")
    return Pasted(rows, first, unknown)


def words(text: str) -> list[str]:
    """``a; b|c`` as a list."""
    parts = text.replace("|", ";").replace(",", ";").split(";")
    return [word for word in (clean_line(part) for part in parts) if word]


def whole_number(text: str) -> int:
    """Raises Invalid for anything else."""
    try:
        return int(text.replace("\u202f", "").replace(" ", ""))
    except ValueError:
        raise Invalid(f"{text!r} is not a whole number.") from None


def decimal(text: str) -> float:
    """A finite number, with a point or a comma.  Raises Invalid for anything else."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Invalid(f"{text!r} is not a number.")
    return number


def yes_or_no(text: str) -> bool:
    """Raises Invalid for anything else."""
    answers = {"yes": True, "y": True, "true": True, "1": True, "public": True, "x": True}
    answers |= {"no": False, "n": False, "false": False, "0": False, "private": False}
    try:
        return answers[text.casefold()]
    except KeyError:
        raise Invalid(f"{text!r} is neither yes nor no.") from None


def lower(text: str) -> str:
    """A word of a choice, in any case."""
    return text.casefold()


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _cells(line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader(io.StringIO(line), delimiter=separator))
    except csv.Error:  # one cell is beyond all measure
        cells = [line]
    return [_FORMULA_MARK.sub("", cell.strip()) for cell in cells]


def _separator(first: str, columns: tuple[Column, ...]) -> str | None:
    """What separates the cells of a line of headings; None when it holds a name and no headings."""
    for separator in SEPARATORS:
        if separator in first:
            found = [_column(clean_line(cell), columns) for cell in _cells(first, separator)]
            if any(column is not None and column.name == "name" for column in found):
                return separator
    alone = _column(clean_line(first), columns)
    return "," if alone is not None and alone.name == "name" else None


def _column(heading: str, columns: tuple[Column, ...]) -> Column | None:
    asked = heading.strip("\"'*: ").casefold().replace("_", " ").replace("-", " ")
    return next((column for column in columns if asked in column.headings), None)


def _named(number: int, line: str) -> Row:
    name = clean_line(line)
    return Row(number, line, {"name": name}, () if name else (NAMELESS,))


def _row(number: int, line: str, cells: list[str], columns: list[Column | None]) -> Row:
    given: dict[str, Any] = {}
    problems = []
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        problems.append("It has more cells than there are headings; quote a cell with commas.")
    for cell, column in zip(cells, columns, strict=False):
        if column is None or not cell:
            continue
        try:
            given[column.name] = column.read(cell)
        except Invalid as error:
            problems.append(f"{column.headings[0]}: {error.message}")
    if not given.get("name"):
        problems.append(NAMELESS)
    return Row(number, line, given, tuple(problems))


def _refuse(said: str) -> None:
    raise Invalid(said, fields={"pasted": [said]})
