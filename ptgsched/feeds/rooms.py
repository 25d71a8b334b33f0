"""Who meets where: the room assignments as a table, one line for each slot that is held."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from ptgsched.feeds.sessions import Cell, Session
from ptgsched.text import sheet_cell
from ptgsched.timezones import to_local

COLUMNS = (
    "day",
    "slot",
    "room",
    "team",
    "title",
    "start_utc",
    "end_utc",
    "start_local",
    "end_local",
    "timezone",
    "capacity",
    "expected_attendance",
    "link",
    "with_teams",
    "room_slug",
    "team_slug",
    "uid",
)

Line = dict[str, Any]
"""One held slot; keys are `COLUMNS`."""


def assignments(
    sessions: Iterable[Session], cells: Mapping[str, Cell], places: Sequence[str], zone: str
) -> list[Line]:
    """The lines in order of time and of `places` (room slugs); keys are `COLUMNS`.

    `day` is the event's day, so a slot past midnight stands with the window it belongs to.
    """
    lines = [
        (cells[code], session) for session in sessions for code in session.slots if code in cells
    ]
    position = {slug: number for number, slug in enumerate(places)}
    lines.sort(key=lambda line: (line[0].start, position[line[1].room.slug], line[0].code))
    return [_line(session, cell, zone) for cell, session in lines]


def to_csv(lines: Iterable[Mapping[str, Any]]) -> bytes:
    """RFC 4180; no cell can become a formula in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(line[column]) for column in COLUMNS] for line in lines)
    return out.getvalue().encode()


def to_json(lines: Sequence[Mapping[str, Any]]) -> bytes:
    """The same lines as a JSON array."""
    return orjson.dumps(lines)


def _line(session: Session, cell: Cell, zone: str) -> Line:
    return {
        "day": cell.day.isoformat(),
        "slot": cell.code,
        "room": session.room.name,
        "team": session.team.name,
        "title": session.title,
        "start_utc": _utc(cell.start),
        "end_utc": _utc(cell.end),
        "start_local": to_local(cell.start, zone).isoformat(),
        "end_local": to_local(cell.end, zone).isoformat(),
        "timezone": zone,
        "capacity": session.room.capacity,
        "expected_attendance": session.expected,
        "link": session.join_url,
        "with_teams": [party.slug for party in session.joint],
        "room_slug": session.room.slug,
        "team_slug": session.team.slug,
        "uid": session.uid,
    }


def _cell(value: object) -> str:
    if value is None:
        return ""
    return sheet_cell(" ".join(value) if isinstance(value, list) else str(value))


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
