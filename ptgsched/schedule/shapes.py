"""A booking as plain facts, for the journal, and with its links, for everybody who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ptgsched.events.models import Event, Room
from ptgsched.schedule.joining import etherpad_link, join_link
from ptgsched.schedule.models import Booking
from ptgsched.teams.models import Team
from ptgsched.web.links import Links


def rfc3339(instant: datetime) -> str:
    """``2026-10-26T13:00:00Z``: seconds, UTC."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def booking_facts(booking: Booking) -> dict[str, Any]:
    """The booking of CONTRACT.md without its links: what the journal keeps."""
    return {
        "uid": booking.uid,
        "team": booking.team.slug,
        # Each locale of a database has its own order; ours is the same everywhere.
        "with_teams": sorted(team.slug for team in booking.with_teams),
        "room": booking.room.slug,
        "slots": list(booking.slot_codes),
        "start": rfc3339(booking.starts_at),
        "end": rfc3339(booking.ends_at),
        "title": booking.title,
        "description": booking.description,
        "status": booking.status,
        "sequence": booking.sequence,
        "created": rfc3339(booking.created_at),
        "updated": rfc3339(booking.updated_at),
    }


def with_links(
    facts: Mapping[str, Any],
    links: Links,
    event: Event,
    teams: Mapping[str, Team],
    rooms: Mapping[str, Room],
) -> dict[str, Any]:
    """The whole booking of CONTRACT.md; links of a team or room that is gone are null."""
    team, room = teams.get(facts["team"]), rooms.get(facts["room"])
    return {
        **facts,
        "event": event.slug,
        "join_url": join_link(links, event, team, room) if team and room else None,
        "etherpad_url": etherpad_link(links, event, team) if team else None,
        "url": links.booking(event.slug, facts["uid"]),
    }


def booking_shape(booking: Booking, links: Links, event: Event) -> dict[str, Any]:
    """The whole booking of CONTRACT.md, from the row."""
    team, room = booking.team, booking.room
    return with_links(booking_facts(booking), links, event, {team.slug: team}, {room.slug: room})
