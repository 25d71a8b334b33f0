"""The fixed shapes of CONTRACT.md, from the rows; instants stay datetimes until `to_json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ptgsched.events.models import Event, Phase, Room, Slot, Window
from ptgsched.feeds.sessions import Session
from ptgsched.schedule.joining import etherpad_link, room_target, team_link
from ptgsched.schedule.models import BookingStatus
from ptgsched.teams.models import Team
from ptgsched.web.colors import color_of
from ptgsched.web.links import Links

Shape = dict[str, Any]


def event_shape(event: Event, links: Links, counts: Mapping[str, int]) -> Shape:
    """An event with its windows and sign-up phases; `counts` are made by `queries`."""
    return {
        "slug": event.slug,
        "title": event.title,
        "description": event.description,
        "kind": event.kind,
        "timezone": event.timezone,
        "starts_on": event.starts_on,
        "ends_on": event.ends_on,
        "status": event.status,
        "quota_day": event.quota_day,
        "overlap_policy": event.overlap_policy,
        "allow_parallel": event.allow_parallel,
        "schedule_revision": event.schedule_revision,
        "live_revision": event.live_revision,
        "windows": [window_shape(window) for window in event.windows],
        "phases": [phase_shape(phase) for phase in event.phases],
        "registration_capacity": event.registration_capacity,
        "registration_opens_at": event.registration_opens_at,
        "registration_closes_at": event.registration_closes_at,
        "counts": dict(counts),
        "url": links.event(event.slug),
        "links": {**event.links, **own_links(event, links)},
    }


def own_links(event: Event, links: Links) -> dict[str, str]:
    """The addresses of an event that the service gives itself; no organizer's take their names."""
    lists = ("slots", "rooms", "teams", "projects", "windows")
    below_api = (*lists, "schedule", "availability", "bookings")
    return {
        "self": links.api(event.slug),
        **{name: links.api(event.slug, name) for name in below_api},
        "register": links.register(event.slug),
        "subscribe": links.page(event.slug, "subscribe"),
        "etherpads": links.page(event.slug, "etherpads"),
        "calendar": links.page(event.slug, "calendar.ics"),
        "ptg_json": links.page(event.slug, "ptg.json"),
        "schedule_json": links.page(event.slug, "schedule.json"),
        "schedule_xml": links.page(event.slug, "schedule.xml"),
        "rooms_csv": links.page(event.slug, "rooms.csv"),
        "rooms_json": links.page(event.slug, "rooms.json"),
    }


def window_shape(window: Window) -> Shape:
    """A window and the codes of its slots, in order."""
    return {
        "code": window.code,
        "name": window.name,
        "day": window.day,
        "start": window.starts_at,
        "end": window.ends_at,
        "slots": [slot.code for slot in window.slots],
    }


def phase_shape(phase: Phase) -> Shape:
    """A sign-up phase; null means: stays open, or no cap."""
    return {
        "name": phase.name,
        "opens_at": phase.opens_at,
        "closes_at": phase.closes_at,
        "team_kinds": list(phase.team_kinds),
        "max_hours_per_day": phase.max_hours_per_day,
        "max_hours_total": phase.max_hours_total,
    }


def slot_shape(slot: Slot) -> Shape:
    """A slot; `day` is the event's day even past midnight."""
    return {
        "code": slot.code,
        "day": slot.window.day,
        "window": slot.window.code,
        "start": slot.starts_at,
        "end": slot.ends_at,
    }


def room_shape(event: Event, room: Room, links: Links) -> Shape:
    """A room; `join_url` only when anybody may see it, never a passcode."""
    return {
        "slug": room.slug,
        "name": room.name,
        "kind": room.kind,
        "capacity": room.capacity,
        "description": room.description,
        "features": list(room.features),
        "join_url": room_target(links, event, room) if room.link_is_public else None,
        "join_page": links.room_join(event.slug, room.slug),
        "url": links.room(event.slug, room.slug),
    }


def team_shape(event: Event, team: Team, links: Links) -> Shape:
    """A team; `color` is the one its sessions have on the schedule page."""
    return {
        "slug": team.slug,
        "name": team.name,
        "project": team.project.slug if team.project else None,
        "kind": team.kind,
        "description": team.description,
        "color": color_of(team.slug, team.color),
        "etherpad_url": etherpad_link(links, event, team),
        "join_url": team_link(links, event, team),
        "chat_channel": team.chat_channel,
        "expected_attendance": team.expected_attendance,
        "hours_wanted": team.hours_wanted,
        "survey_complete": team.survey_completed_at is not None,
        "url": links.team(event.slug, team.slug),
    }


def session_shape(event: Event, session: Session) -> Shape:
    """The same as `schedule.shapes.booking_shape`, from what feeds read: for many at once."""
    status = BookingStatus.CONFIRMED if session.confirmed else BookingStatus.CANCELLED
    return {
        "uid": session.uid,
        "event": event.slug,
        "team": session.team.slug,
        "with_teams": sorted(party.slug for party in session.joint),
        "room": session.room.slug,
        "slots": session.slots,
        "start": session.start,
        "end": session.end,
        "title": session.title,
        "description": session.description,
        "status": status.value,
        "sequence": session.sequence,
        "created": session.created,
        "updated": session.updated,
        "join_url": session.join_url,
        "etherpad_url": session.team.etherpad_url,
        "url": session.url,
    }
