"""The one place where passcodes are told: to whom, when, and which.

Confirmed registrants, leads and organizers, from 24 h before the event's first slot to the end of
its last (CONTRACT, "Passcode time").  Page, calendar, mail and the way into a room all ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ptgsched.events.models import Event, Room, RoomKind
from ptgsched.registrations.models import Registration
from ptgsched.schedule.entrance import passcode_time
from ptgsched.schedule.joining import room_target
from ptgsched.teams.models import Team
from ptgsched.web.links import Links


@dataclass(frozen=True, slots=True)
class Way:
    """How to get into a room."""

    room: Room
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
    """The calls of all rooms that have one, private ones included: ask `is_time` first."""
    found = []
    for room in event.rooms:
        target = room_target(links, event, room)
        if target is not None:
            found.append(Way(room, target, room.passcode))
    return found


def has_private(event: Event) -> bool:
    """Whether any room has what the public is not told."""
    return any(room.passcode or (room.join_url and not room.link_is_public) for room in event.rooms)


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
