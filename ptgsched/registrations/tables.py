"""A table that some program wrote as text: its encoding, its separator, its rows.

Spreadsheets write UTF-8 with and without a mark, UTF-16, or the code page of the machine; commas,
semicolons or tabs as the language of the machine has it; and quoted cells with line breaks.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from ptgsched.errors import Invalid
from ptgsched.text import clean_line

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
LONGEST_CELL = 20_000  # characters
SEPARATORS = ",;\t|"
_SHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods, which are ZIP; .xls
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnreadableTable(Invalid):
    """The file is no table that could be read."""

    code = "unreadable_table"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: the line it ends on, counted from 1, and its cells."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; blank rows are left out."""

    headings: tuple[str, ...]
    lines: Sequence[Line]
    separator: str


def read_table(content: bytes) -> Table:
    """The table in a file.  Raises UnreadableTable, saying what is wrong with it."""
    return table_of(text_of(content))


def text_of(content: bytes) -> str:
    """The file as text, whatever wrote it.  Raises UnreadableTable."""
    if len(content) > MOST_BYTES:
        raise UnreadableTable(f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    if content.startswith(_SHEETS):
        raise UnreadableTable("This is a spreadsheet; save it as CSV there, and take that file.")
    return _decoded(content).replace("\0", "")


def table_of(text: str) -> Table:
    """The table in a text.  Raises UnreadableTable, saying what is wrong with it."""
    text, separator = _separator(text)
    csv.field_size_limit(LONGEST_CELL)
    # Without strict, a stray quote inside a cell is taken as it stands.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    headings: tuple[str, ...] = ()
    lines: list[Line] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not headings:
                headings = tuple(clean_line(cell) for cell in cells)
            elif len(lines) == MOST_ROWS:
                raise UnreadableTable(f"The file has more than {MOST_ROWS} rows; cut it in two.")
            else:
                lines.append(Line(reader.line_num, cells))
    except csv.Error as error:
        raise UnreadableTable(f"Line {reader.line_num} cannot be read: {error}.") from error
    if not headings:
        raise UnreadableTable("The file is empty; its first row has to name the columns.")
    return Table(headings, lines, separator)


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decode(content, encoding)
    head = content[:200]
    if b"\0" in head:  # UTF-16 without its mark: every other byte of plain letters is 0
        little = head[1::2].count(0) >= head[::2].count(0)
        return _decode(content, "utf-16-le" if little else "utf-16-be")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableTable(f"The file begins as {encoding} and breaks off inside.") from error


def _separator(text: str) -> tuple[str, str]:
    """The text without Excel's ``sep=`` line, and what separates its cells."""
    first, _, rest = text.lstrip("\r\n").partition("\n")
    said = first.strip()
    if said.casefold().startswith("sep=") and len(said) == 5 and said[4] in SEPARATORS:
        return rest, said[4]
    outside = "".join(first.split('"')[::2])
    return text, max(SEPARATORS, key=outside.count)
