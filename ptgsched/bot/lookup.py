"""What a chat line names: teams, rooms and slots, in any case."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from sqlalchemy import select

from ptgsched.bot.grammar import Cells, Words, parse_cells
from ptgsched.bot.speaker import Refused
from ptgsched.db import db
from ptgsched.events.layout import SLUG
from ptgsched.events.models import Event, Room, Slot
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of

ALIKE = 0.75  # how much of two names is the same


class Named(NamedTuple):
    """A room and neighbouring slots of one window, in order."""

    room: Room
    slots: tuple[Slot, ...]


class Unnamed(Exception):
    """The words name no room and slots here; the message says what is missing."""


def find_team(event: Event, name: str) -> Team | None:
    """The team of this name; None when there is none."""
    slug = name.lower()
    if not SLUG.fullmatch(slug):
        return None
    return db.session.scalar(select(Team).where(Team.event_id == event.id, Team.slug == slug))


def team_of(event: Event, name: str) -> Team:
    """The team of this name; raises Refused."""
    team = find_team(event, name)
    if team is None:
        raise Refused(f"Unknown track '{name.lower()}'", did_you_mean(event, name))
    return team


def did_you_mean(event: Event, name: str) -> str | None:
    """A question after the team whose name is most like this one; None when none is."""
    names = [team.slug for team in teams_of(event)]
    near = get_close_matches(name.lower(), names, n=1, cutoff=ALIKE)
    return f"did you mean #{near[0]}?" if near else None


def cells_of(event: Event, words: Words) -> Named:
    """The room and the slots that `words` name; raises Unnamed."""
    cells = parse_cells(words)
    if cells is None:
        raise Unnamed("write ROOM-SLOT")
    return Named(_room(event, cells.room), _slots(event, cells))


def _room(event: Event, name: str) -> Room:
    wanted = " ".join(name.split()).casefold()
    for room in event.rooms:
        if " ".join(room.name.split()).casefold() == wanted:
            return room
    for room in event.rooms:
        if room.slug == wanted:
            return room
    raise Unnamed(f"there is no room '{name}' here")


def _slots(event: Event, cells: Cells) -> tuple[Slot, ...]:
    first, last = (_slot(event, code) for code in (cells.first, cells.last))
    if first.window_id != last.window_id:
        raise Unnamed(f"{first.code} and {last.code} are not of one window")
    if last.number < first.number:
        raise Unnamed(f"{last.code} comes before {first.code}")
    stretch = range(first.number, last.number + 1)
    return tuple(
        slot for slot in event.slots if slot.window_id == first.window_id and slot.number in stretch
    )


def _slot(event: Event, code: str) -> Slot:
    for slot in event.slots:
        if slot.code.casefold() == code.casefold():
            return slot
    raise Unnamed(f"there is no slot '{code}' here")
