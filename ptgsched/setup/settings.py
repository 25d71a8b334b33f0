"""Change an event's settings, publish it, archive it; through the door of `schedule.journal`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.models import Event, EventStatus, OverlapPolicy, Phase, QuotaDay
from ptgsched.schedule import queries
from ptgsched.schedule.journal import door
from ptgsched.setup.consequences import announced
from ptgsched.setup.fields import (
    NAME_LENGTH,
    Cleaner,
    Given,
    as_it_is,
    choice,
    cleaned,
    in_years,
    line,
    number,
    public_address,
    refuse,
    text,
)
from ptgsched.setup.shapes import event_facts, phase_facts
from ptgsched.teams.models import TeamKind
from ptgsched.timezones import canonical

DESCRIPTION_LENGTH = 4000
MOST_PHASES = 50
MOST_LINKS = 50
MOST_REGISTERED = 1_000_000
MOST_HOURS = 10_000.0
LINK_NAME_LENGTH = 60

TRANSITIONS: dict[str, frozenset[str]] = {
    EventStatus.DRAFT: frozenset({EventStatus.PUBLISHED}),
    EventStatus.PUBLISHED: frozenset({EventStatus.DRAFT, EventStatus.ARCHIVED}),
    EventStatus.ARCHIVED: frozenset({EventStatus.PUBLISHED}),
}


class WrongStatus(Conflict):
    """An event does not go from this status to that one.  Facts: `current`, `asked`, `possible`."""

    code = "wrong_status"

    def __init__(self, event: Event, asked: str, why: str = "") -> None:
        possible = sorted(TRANSITIONS[event.status])
        super().__init__(
            f"This event is {event.status}; it can become {' or '.join(possible)}."
            f"{' ' + why if why else ''}",
            current=event.status,
            asked=asked,
            possible=possible,
        )


def _links(values: Mapping[str, str | None]) -> dict[str, str]:
    if len(values) > MOST_LINKS:
        raise Invalid(f"At most {MOST_LINKS} links.")
    kept: dict[str, str] = {}
    for name, value in values.items():
        label = line(LINK_NAME_LENGTH, least=1)(name)
        try:
            address = public_address(value)
        except Invalid as error:
            raise Invalid(f"{label}: {error}") from error
        if address is not None:
            kept[label] = address
    return kept


def _instant(value: datetime | None) -> datetime | None:
    """Whole seconds, in a year that every zone can show."""
    return None if value is None else in_years(value).replace(microsecond=0)


def _hours(value: float | None) -> float | None:
    if value is not None and not 0 <= value <= MOST_HOURS:
        raise Invalid(f"Hours are a number from 0 to {MOST_HOURS:g}, or null for no cap.")
    return None if value is None else float(value)


PHASE_FIELDS: dict[str, Cleaner] = {
    "name": line(NAME_LENGTH, least=1),
    "opens_at": _instant,
    "closes_at": _instant,
    "team_kinds": lambda values: [choice(TeamKind)(kind) for kind in dict.fromkeys(values or ())],
    "max_hours_per_day": _hours,
    "max_hours_total": _hours,
}


def _phases(given: Sequence[Given]) -> list[Phase]:
    if len(given) > MOST_PHASES:
        raise Invalid(f"At most {MOST_PHASES} phases.")
    phases = []
    for nth, fields in enumerate(given, 1):
        try:
            phase = Phase(**{"team_kinds": [], **cleaned(fields, PHASE_FIELDS)})
        except Invalid as error:
            raise Invalid(f"Phase {nth}: {error}") from error
        if phase.closes_at is not None and phase.closes_at <= phase.opens_at:
            raise Invalid(f"“{phase.name}” closes before it opens.")
        phases.append(phase)
    for nth, (earlier, later) in enumerate(pairwise(phases), 2):
        if later.opens_at < earlier.opens_at:
            raise Invalid(f"Phase {nth} opens before the phase ahead of it; put them in order.")
    return phases


FIELDS: dict[str, Cleaner] = {
    "title": line(200, least=1),
    "description": text(DESCRIPTION_LENGTH),
    "status": choice(EventStatus),
    "timezone": canonical,
    "quota_day": choice(QuotaDay),
    "overlap_policy": choice(OverlapPolicy),
    "allow_parallel": as_it_is,
    "links": _links,
    "phases": _phases,
    "registration_capacity": number(MOST_REGISTERED),
    "registration_opens_at": _instant,
    "registration_closes_at": _instant,
}

Follower = Callable[[Event, datetime], None]
_followers: list[Follower] = []


def follow(follower: Follower) -> Follower:
    """Have `follower` called after each change of an event's settings, under its lock."""
    if follower not in _followers:
        _followers.append(follower)
    return follower


def change_event(event: Event, given: Given, *, actor: Actor, at: datetime) -> Event:
    """Change what is given; `phases` and `links` are replaced as a whole.

    Windows keep their instants, days and codes in another zone.  Bookings that show what was
    changed are announced anew to calendars.  A change that changes nothing writes nothing.
    Raises Invalid with all wrong fields, WrongStatus.
    """
    with door(event, actor=actor, at=at) as journal:
        facts = cleaned(given, FIELDS)
        if "status" in facts:
            _require_way(event, facts["status"])
        phases = facts.pop("phases", None)
        before = event_facts(event)
        with announced(journal, queries.bookings(event) if "timezone" in facts else ()):
            for name, value in facts.items():
                setattr(event, name, value)
            if phases is not None:
                _replace_phases(event, phases)
            _require_hours(event)
            after = event_facts(event)
            if after != before:
                journal.append("event.updated", before=before, after=after)
                for follower in _followers:
                    follower(event, at)
    return event


def _require_hours(event: Event) -> None:
    """Raises Invalid when registration would close before it opens."""
    opens, closes = event.registration_opens_at, event.registration_closes_at
    if opens is not None and closes is not None and closes <= opens:
        refuse({"registration_closes_at": ["Registration closes before it opens."]})


def _require_way(event: Event, asked: str) -> None:
    """Raises WrongStatus when `asked` cannot follow; readers of a published event rely on it."""
    if asked == event.status:
        return
    if asked not in TRANSITIONS[event.status]:
        raise WrongStatus(event, asked)
    if asked == EventStatus.DRAFT and queries.bookings(event, cancelled=True):
        raise WrongStatus(event, asked, "It has bookings that calendars know, so archive it.")


def _replace_phases(event: Event, phases: Sequence[Phase]) -> None:
    same: list[Any] = [phase_facts(phase) for phase in phases]
    if same != [phase_facts(phase) for phase in event.phases]:
        event.phases.clear()
        db.session.flush()
        event.phases.extend(phases)
        db.session.flush()
