"""Rooms and teams as sheets with the headings that pasting takes; no passcode and no address."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from ptgsched.events.models import Room
from ptgsched.teams.models import Team
from ptgsched.text import holds_passcode, sheet_cell

ROOM_HEADINGS = ("name", "kind", "capacity", "features", "link", "public", "description", "slug")
TEAM_HEADINGS = (
    *("name", "kind", "project", "people", "hours", "color", "chat", "etherpad", "link"),
    *("description", "slug"),
)


def rooms_csv(rooms: Iterable[Room]) -> bytes:
    """All rooms; a link that is not for everybody, or holds a passcode, is left out."""
    return _csv(
        ROOM_HEADINGS,
        (
            (
                room.name,
                room.kind,
                room.capacity,
                "; ".join(room.features),
                room.join_url if room.link_is_public else None,
                {True: "yes", False: "no", None: None}[room.join_public],
                room.description,
                room.slug,
            )
            for room in rooms
        ),
    )


def teams_csv(teams: Iterable[Team]) -> bytes:
    """All teams; a call with a passcode in its link is left out."""
    return _csv(
        TEAM_HEADINGS,
        (
            (
                team.name,
                team.kind,
                team.project.name if team.project else None,
                team.expected_attendance,
                None if team.hours_wanted is None else f"{team.hours_wanted:g}",
                team.color,
                team.chat_channel,
                team.etherpad_url,
                None if holds_passcode(team.join_url) else team.join_url,
                team.description,
                team.slug,
            )
            for team in teams
        ),
    )


def _csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """RFC 4180, in UTF-8; one line each, since pasting reads line by line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    for row in rows:
        cells = ("" if cell is None else " ".join(str(cell).split()) for cell in row)
        writer.writerow([sheet_cell(cell) for cell in cells])
    return out.getvalue().encode()
