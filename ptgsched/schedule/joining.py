"""Which link to click: one answer per session, for page, feed, JSON and bot alike."""

from __future__ import annotations

from ptgsched.events.models import Event, Room, RoomKind
from ptgsched.teams.models import Team
from ptgsched.text import holds_passcode
from ptgsched.web.links import Links


def room_target(links: Links, event: Event, room: Room) -> str | None:
    """Where a room's call really is, public or not; None for a room without one."""
    if room.join_url:
        return room.join_url
    if room.kind == RoomKind.MEETPAD:
        return links.meetpad(event.eventid, room.slug)
    return None


def room_link(links: Links, event: Event, room: Room) -> str | None:
    """A room's link as it may be published: its own when public, else the join page."""
    target = room_target(links, event, room)
    if target is None or room.link_is_public:
        return target
    return links.room_join(event.slug, room.slug)


def team_link(links: Links, event: Event, team: Team) -> str | None:
    """A team's own link as it may be published; a ``pwd=`` in it is a passcode."""
    if holds_passcode(team.join_url):
        return links.team_join(event.slug, team.slug)
    return team.join_url


def join_link(links: Links, event: Event, team: Team, room: Room) -> str | None:
    """The team's link if it has one, else the room's; a Meetpad room's is named by the team."""
    own = team_link(links, event, team)
    if own:
        return own
    if room.kind == RoomKind.MEETPAD and not room.join_url:
        return links.meetpad(event.eventid, team.slug)
    return room_link(links, event, room)


def etherpad_link(links: Links, event: Event, team: Team) -> str:
    """The team's pad: its own, else the one named after event and team."""
    return team.etherpad_url or links.etherpad(event.eventid, team.slug)
