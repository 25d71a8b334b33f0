"""What a person says of themselves when they register: cleaned, all that is wrong said at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ptgsched.errors import Invalid
from ptgsched.registrations.models import Registration
from ptgsched.setup.fields import Cleaner, cleaned, line, text
from ptgsched.teams.models import Project, Team
from ptgsched.timezones import current_name, zones_of

MOST_INTERESTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A person's own words, ready to be stored."""

    name: str
    affiliation: str = ""
    country: str | None = None
    timezone: str | None = None
    role: str = ""
    chat_nick: str = ""
    access_needs: str = ""
    listed: bool = False
    newsletter: bool = False
    teams: tuple[Team, ...] = ()
    projects: tuple[Project, ...] = ()


def _country(value: str | None) -> str | None:
    if not value:
        return None
    zones_of(value)  # raises Invalid for a country that is none
    return value.upper()


def _zone(value: str | None) -> str | None:
    return current_name(value) if value else None


def _interests(values: Sequence[Any]) -> tuple[Any, ...]:
    kept = {each.id: each for each in values}
    if len(kept) > MOST_INTERESTS:
        raise Invalid(f"At most {MOST_INTERESTS}.")
    return tuple(sorted(kept.values(), key=lambda each: str(each.slug)))


FIELDS: dict[str, Cleaner] = {
    "name": line(120, least=1),
    "affiliation": line(120),
    "country": _country,
    "timezone": _zone,
    "role": line(64),
    "chat_nick": line(64),
    "access_needs": text(1000),
    "listed": bool,
    "newsletter": bool,
    "teams": _interests,
    "projects": _interests,
}


def details(given: Mapping[str, Any]) -> Details:
    """The given fields as details; what is left out is empty.

    Raises Invalid with every field that is wrong.
    """
    return Details(**{"name": "", **cleaned(given, FIELDS)})


def details_of(registration: Registration) -> Details:
    """What the registration says now."""
    return Details(
        name=registration.name,
        affiliation=registration.affiliation,
        country=registration.country,
        timezone=registration.timezone,
        role=registration.role,
        chat_nick=registration.chat_nick,
        access_needs=registration.access_needs,
        listed=registration.listed,
        newsletter=registration.newsletter,
        teams=tuple(registration.teams),
        projects=tuple(registration.projects),
    )


def write(registration: Registration, said: Details) -> None:
    """Put the details into the registration."""
    for name in FIELDS:
        value = getattr(said, name)
        value = list(value) if isinstance(value, tuple) else value
        if getattr(registration, name) != value:
            setattr(registration, name, value)


def plain(said: Details) -> dict[str, Any]:
    """The details as JSON: teams and projects by their slugs."""
    facts = {name: getattr(said, name) for name in FIELDS}
    for name in ("teams", "projects"):
        facts[name] = [each.slug for each in facts[name]]
    return facts
