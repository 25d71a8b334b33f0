"""The one place where passcodes are told: to whom, when, and which.

Confirmed registrants, leads and organizers, from 24 h before the event's first slot to the end of
its last (CONTRACT, "Passcode time").  Page, calendar, mail and the way into a room all ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ptgsched.db import db
from ptgsched.events.models import Event, Room, RoomKind
from ptgsched.intervals import Interval
from ptgsched.registrations.models import Registration
from ptgsched.schedule.entrance import passcode_time
from ptgsched.schedule.joining import room_target
from ptgsched.schedule.models import Change
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of
from ptgsched.text import holds_passcode
from ptgsched.web.links import Links

SECRETS = frozenset({"join_url", "passcode"})
"""What the journal names of a room or team, without saying what it is, when it is another one."""


@dataclass(frozen=True, slots=True)
class Way:
    """How to get into a room, or into a team's own call."""

    name: str
    url: str
    passcode: str | None


def is_time(event: Event, at: datetime) -> bool:
    """Whether passcodes are told at all at this instant."""
    hours = passcode_time(event)
    return hours is not None and hours.contains(at)


def may_know(registration: Registration, at: datetime) -> bool:
    """Whether this person is told passcodes at this instant."""
    return registration.is_confirmed and is_time(registration.event, at)


def ways(event: Event, links: Links) -> list[Way]:
    """The calls of all rooms that have one, and teams' own with a passcode: ask `is_time` first."""
    found = []
    for room in event.rooms:
        target = room_target(links, event, room)
        if target is not None:
            found.append(Way(room.name, target, room.passcode))
    calls = [Way(team.name, team.join_url or "", None) for team in _private_teams(event)]
    return [*found, *calls]


def has_private(event: Event) -> bool:
    """Whether anything of it is not told to the public."""
    return any(_is_private(room) for room in event.rooms) or bool(_private_teams(event))


@dataclass(frozen=True, slots=True)
class Turn:
    """A private way in became another one while people knew the one before."""

    at: datetime
    cursor: int
    thing: str  # room or team
    slug: str


def turns_of_ways(event: Event, hours: Interval) -> list[Turn]:
    """All in the time in which passcodes are told, in order; of what is private today."""
    private = {("room", room.slug) for room in event.rooms if _is_private(room)}
    private |= {("team", team.slug) for team in _private_teams(event)}
    query = select(Change).where(
        Change.event_id == event.id,
        Change.action.in_(["room.created", "room.updated", "team.created", "team.updated"]),
        Change.at >= hours.start,
        Change.at < hours.end,
    )
    turns = []
    for change in db.session.scalars(query.order_by(Change.cursor)):
        thing, _, deed = change.action.partition(".")
        others = set((change.after or {}).get("changed", ()))
        if (thing, change.subject) in private and (deed == "created" or others & SECRETS):
            turns.append(Turn(change.at, change.cursor, thing, str(change.subject)))
    return turns


def _is_private(room: Room) -> bool:
    return bool(room.passcode or (room.join_url and not room.link_is_public))


def _private_teams(event: Event) -> list[Team]:
    return [team for team in teams_of(event) if holds_passcode(team.join_url)]


def private_way(
    links: Links, event: Event, team: Team, room: Room
) -> tuple[str | None, str | None]:
    """Where a session's call really is, and its passcode; as `joining.join_link` chooses."""
    if team.join_url:
        return team.join_url, None
    if room.kind == RoomKind.MEETPAD and not room.join_url:
        return links.meetpad(event.eventid, team.slug), room.passcode
    target = room_target(links, event, room)
    return target, room.passcode if target is not None else None
