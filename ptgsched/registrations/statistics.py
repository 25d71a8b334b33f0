"""Registrations in numbers: each question is one statement that the database adds up.

`by_…` count those who have a place; `registered` are they and those who wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import BigInteger, Select, cast, extract, func, select

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.registrations.models import (
    Registration,
    RegistrationProject,
    RegistrationTeam,
    Status,
)
from ptgsched.registrations.queries import counts
from ptgsched.teams.models import Project, Team
from ptgsched.timezones import clock_changes, to_local

FEW = 5
"""Groups below this could point at people, so the public numbers have them in `other`."""
OTHER = "other"
DAY = 86_400  # seconds
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The numbers of one event."""

    confirmed: int
    waitlisted: int
    cancelled: int
    by_country: Mapping[str, int]  # ISO 3166
    by_project: Mapping[str, int]  # slugs
    by_team: Mapping[str, int]
    by_day: Mapping[str, int]  # YYYY-MM-DD in the event's zone
    by_affiliation: Mapping[str, int]
    by_role: Mapping[str, int]
    by_zone: Mapping[tuple[str | None, str | None], int]  # zone and country, either unknown
    countries: int
    affiliations: int

    @property
    def registered(self) -> int:
        """Those with a place and those who wait for one."""
        return self.confirmed + self.waitlisted

    @property
    def without_country(self) -> int:
        """Those with a place who have not said where they are."""
        return self.confirmed - sum(self.by_country.values())

    def shape(self) -> dict[str, Any]:
        """As the API says them."""
        return {
            "registered": self.registered,
            "confirmed": self.confirmed,
            "waitlisted": self.waitlisted,
            "cancelled": self.cancelled,
            "by_country": dict(self.by_country),
            "by_project": dict(self.by_project),
            "by_team": dict(self.by_team),
            "by_day": dict(self.by_day),
            "countries": self.countries,
            "affiliations": self.affiliations,
        }


def statistics(event: Event) -> Statistics:
    """All numbers of the event, exact."""
    standing = counts(event)
    by_country = _groups(event, Registration.country)
    by_affiliation = _affiliations(event)
    return Statistics(
        confirmed=standing[Status.CONFIRMED],
        waitlisted=standing[Status.WAITLISTED],
        cancelled=standing[Status.CANCELLED],
        by_country=by_country,
        by_project=_interests(event, RegistrationProject, Project),
        by_team=_interests(event, RegistrationTeam, Team),
        by_day={day.isoformat(): n for day, n in days(event).items()},
        by_affiliation=by_affiliation,
        by_role=_groups(event, Registration.role),
        by_zone=_zones(event),
        countries=len(by_country),
        affiliations=len(by_affiliation),
    )


def folded(exact: Statistics) -> Statistics:
    """The same for everybody: no group of fewer than `FEW` people stands alone."""
    return replace(
        exact,
        by_country=_folded(exact.by_country),
        by_project=_folded(exact.by_project),
        by_team=_folded(exact.by_team),
        by_day=_folded(exact.by_day),
    )


def days(event: Event) -> dict[date, int]:
    """How many of those who have a place registered on each day of the event's zone, in order."""
    bounds = _confirmed(
        event, func.min(Registration.registered_at), func.max(Registration.registered_at)
    )
    first, last = db.session.execute(bounds).one()
    if first is None:
        return {}
    # The database knows no zones: it adds up by days of one offset, stretch by stretch.
    end = last + timedelta(seconds=1)
    changes = [change.at for change in clock_changes(event.timezone, first, end)]
    found: Counter[date] = Counter()
    for start, stop in pairwise([first, *changes, end]):
        found.update(_days_between(event, start, stop))
    return dict(sorted(found.items()))


def _days_between(event: Event, start: datetime, stop: datetime) -> dict[date, int]:
    offset = int((to_local(start, event.timezone).utcoffset() or timedelta()).total_seconds())
    if db.engine.dialect.name == "sqlite":
        epoch: Any = cast(func.strftime("%s", Registration.registered_at), BigInteger)
    else:
        epoch = cast(func.floor(extract("epoch", Registration.registered_at)), BigInteger)
    local = epoch + offset
    day = (local - local % DAY).label("day")
    within = (Registration.registered_at >= start, Registration.registered_at < stop)
    rows = db.session.execute(_confirmed(event, day, func.count()).where(*within).group_by(day))
    return {(EPOCH + timedelta(seconds=int(seconds))).date(): number for seconds, number in rows}


def _confirmed(event: Event, *columns: Any) -> Select[Any]:
    return select(*columns).where(
        Registration.event_id == event.id, Registration.status == Status.CONFIRMED
    )


def _groups(event: Event, column: Any) -> dict[str, int]:
    """Largest first; who says nothing is not counted."""
    rows = db.session.execute(_confirmed(event, column, func.count()).group_by(column))
    return _ordered({value: number for value, number in rows if value})


def _affiliations(event: Event) -> dict[str, int]:
    """However they are written: by the spelling that most use."""
    spellings = _groups(event, Registration.affiliation)
    found: Counter[str] = Counter()
    names: dict[str, str] = {}
    for spelling, number in spellings.items():
        key = spelling.casefold()
        found[names.setdefault(key, spelling)] += number
    return _ordered(found)


def _interests(event: Event, link: type[Any], model: type[Any]) -> dict[str, int]:
    column = link.team_id if model is Team else link.project_id
    rows = db.session.execute(
        _confirmed(event, model.slug, func.count())
        .select_from(Registration)
        .join(link, link.registration_id == Registration.id)
        .join(model, model.id == column)
        .group_by(model.slug)
    )
    return _ordered({str(slug): int(number) for slug, number in rows})


def _zones(event: Event) -> dict[tuple[str | None, str | None], int]:
    columns = (Registration.timezone, Registration.country)
    rows = db.session.execute(_confirmed(event, *columns, func.count()).group_by(*columns))
    return {(zone, country): number for zone, country, number in rows}


def _ordered(found: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(found.items(), key=lambda group: (-group[1], group[0])))


def _folded(groups: Mapping[str, int]) -> dict[str, int]:
    kept = {name: number for name, number in groups.items() if number >= FEW}
    rest = sum(groups.values()) - sum(kept.values())
    return {**kept, OTHER: kept.get(OTHER, 0) + rest} if rest else kept
