"""The audit as a file, in pieces: for a spreadsheet, or for a program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from ptgsched.accounts.audit import SECRET
from ptgsched.manage.audit import Line
from ptgsched.manage.audit_words import action_in_words, in_one_line, session_in_words
from ptgsched.schedule.shapes import rfc3339
from ptgsched.text import sheet_cell

PIECE = 65_536  # characters or bytes, about
COLUMNS = (
    "at_utc",
    "actor",
    "source",
    "account",
    "token",
    "action",
    "about",
    "session",
    "what",
    "override",
)


def to_csv(lines: Iterable[Line], zone: str) -> Iterator[bytes]:
    """RFC 4180, in UTF-8; no cell can become a formula in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "in words"])
    for line in lines:
        if out.tell() > PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
        row = [
            rfc3339(line.at),
            line.actor,
            line.source,
            line.person or "",
            line.token or "",
            line.action,
            line.subject or "",
            session_in_words(line, zone),
            in_one_line(line, zone),
            line.reason or "",
            action_in_words(line.action),
        ]
        writer.writerow([sheet_cell(cell) for cell in row])
    yield out.getvalue().encode()


def to_json(lines: Iterable[Line]) -> Iterator[bytes]:
    """An array of lines, whole states before and after included."""
    piece = bytearray(b"[")
    for number, line in enumerate(lines):
        if len(piece) > PIECE:
            yield bytes(piece)
            piece.clear()
        piece += (b"," if number else b"") + orjson.dumps(_shape(line))
    yield bytes(piece + b"]")


def _shape(line: Line) -> dict[str, Any]:
    return {
        "at": rfc3339(line.at),
        "actor": line.actor,
        "source": line.source,
        "account": line.person,
        "token": line.token,
        "action": line.action,
        "about": line.subject,
        "booking": line.booking,
        "before": _open(line.before),
        "after": _open(line.after),
        "facts": _open(line.facts),
        "override": line.reason,
    }


def _open(facts: dict[str, Any] | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {name: said for name, said in facts.items() if name not in SECRET}
