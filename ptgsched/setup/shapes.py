"""Rooms, teams, projects, windows and the event as facts for the journal, which is public.

A passcode is never among them, nor the address of a call: who reads the journal gets today's, if
it is for everybody.  That one was changed is said by `changed`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ptgsched.events.layout import day_code
from ptgsched.events.models import Event, Phase, Room, Window
from ptgsched.schedule.shapes import rfc3339
from ptgsched.teams.models import Project, Team

Facts = dict[str, Any]
LINKS = frozenset({"join_url", "etherpad_url", "passcode"})


def room_facts(room: Room) -> Facts:
    """A room; `offered_slots` None means all."""
    return {
        "slug": room.slug,
        "name": room.name,
        "kind": room.kind,
        "capacity": room.capacity,
        "description": room.description,
        "features": list(room.features),
        "position": room.position,
        "join_public": room.link_is_public,
        "has_passcode": room.passcode is not None,
        "offered_slots": offered(room),
    }


def offered(room: Room) -> list[str] | None:
    """The codes of the slots it is offered in, in order; None: all."""
    return None if room.offered_always else [slot.code for slot in room.offered_slots]


def with_changed_links(facts: Facts, changed: Iterable[str]) -> Facts:
    """The facts after a change; which links and passcodes are others now is in `changed`."""
    names = sorted(LINKS.intersection(changed))
    return {**facts, "changed": names} if names else facts


def team_facts(team: Team) -> Facts:
    """A team."""
    return {
        "slug": team.slug,
        "name": team.name,
        "project": team.project.slug if team.project else None,
        "kind": team.kind,
        "description": team.description,
        "color": team.color,
        "chat_channel": team.chat_channel,
        "expected_attendance": team.expected_attendance,
        "hours_wanted": team.hours_wanted,
    }


def project_facts(project: Project) -> Facts:
    """A project."""
    return {"slug": project.slug, "name": project.name}


def window_slug(event: Event, window: Window) -> str:
    """``MonA``: how addresses and the journal name a window."""
    return f"{day_code(event, window.day)}{window.code}"


def window_facts(event: Event, window: Window) -> Facts:
    """A window with its slots in order."""
    return {
        "slug": window_slug(event, window),
        "code": window.code,
        "name": window.name,
        "day": window.day.isoformat(),
        "start": rfc3339(window.starts_at),
        "end": rfc3339(window.ends_at),
        "slots": [
            {"code": slot.code, "start": rfc3339(slot.starts_at), "end": rfc3339(slot.ends_at)}
            for slot in window.slots
        ],
    }


def phase_facts(phase: Phase) -> Facts:
    """A sign-up phase; None: stays open, or no cap."""
    return {
        "name": phase.name,
        "opens_at": rfc3339(phase.opens_at),
        "closes_at": rfc3339(phase.closes_at) if phase.closes_at else None,
        "team_kinds": list(phase.team_kinds),
        "max_hours_per_day": phase.max_hours_per_day,
        "max_hours_total": phase.max_hours_total,
    }


def event_facts(event: Event) -> Facts:
    """An event's settings and phases."""
    return {
        "slug": event.slug,
        "title": event.title,
        "description": event.description,
        "kind": event.kind,
        "timezone": event.timezone,
        "starts_on": event.starts_on.isoformat(),
        "ends_on": event.ends_on.isoformat(),
        "status": event.status,
        "quota_day": event.quota_day,
        "overlap_policy": event.overlap_policy,
        "allow_parallel": event.allow_parallel,
        "links": dict(event.links),
        "phases": [phase_facts(phase) for phase in event.phases],
        "registration_capacity": event.registration_capacity,
        "registration_opens_at": _instant(event.registration_opens_at),
        "registration_closes_at": _instant(event.registration_closes_at),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)
