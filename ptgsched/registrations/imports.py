"""Take registrations from a table: each row becomes one, or updates the one it is about.

Whoever is known by their address is updated with what the row says; what it leaves empty stays.
Beyond the event's capacity rows are waitlisted, in the order of their dates, else of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.audit import record
from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.registrations.columns import Columns
from ptgsched.registrations.details import Details, details_of
from ptgsched.registrations.models import Registration, Source, Status
from ptgsched.registrations.operations import Letters, Roll, roll
from ptgsched.registrations.rows import Row, read_row
from ptgsched.registrations.tables import Table
from ptgsched.teams.models import Project, Team

ASKED_AT_ONCE = 500
STEP = 200  # rows between two reports of progress

Named = TypeVar("Named", Team, Project)
Progress = Callable[[int], None]


class Taken(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"  # an earlier row of the file has the same address
    CANCELLED = "cancelled"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row as the report tells it."""

    number: int
    email: str
    taken: Taken
    status: str  # of the registration; empty for a refused row
    remarks: Sequence[str]


@dataclass(slots=True)
class Report:
    """The rows in the order of the file."""

    rows: list[RowReport] = field(default_factory=list)

    def count(self, taken: Taken) -> int:
        """How many rows ended so."""
        return sum(row.taken == taken for row in self.rows)

    @property
    def waitlisted(self) -> int:
        """How many new people wait for a place."""
        return sum(
            row.taken == Taken.CREATED and row.status == Status.WAITLISTED for row in self.rows
        )

    @property
    def remarkable(self) -> list[RowReport]:
        """The rows that somebody should look at."""
        return [row for row in self.rows if row.remarks]

    def figures(self) -> dict[str, int]:
        """The report in numbers."""
        counted = {str(taken): self.count(taken) for taken in Taken}
        return {"rows": len(self.rows), **counted, "waitlisted": self.waitlisted}


def read_rows(
    table: Table, columns: Columns, event: Event, *, at: datetime, progress: Progress | None = None
) -> list[Row]:
    """All rows, cleaned; asks the database nothing."""
    zone = event.timezone
    rows = []
    for number, line in enumerate(table.lines, 1):
        rows.append(read_row(line, columns, zone=zone, at=at))
        if progress is not None and number % STEP == 0:
            progress(STEP)
    return rows


def import_rows(
    event: Event,
    rows: Sequence[Row],
    *,
    actor: Actor,
    at: datetime,
    letters: Letters | None = None,
    progress: Progress | None = None,
) -> Report:
    """Take the rows in one transaction, under the event's lock; flushes.

    A dry run is the same, rolled back.  `letters` None: nobody is written to.
    """
    with roll(event, at=at, letters=letters) as opened:
        importer = _Importer(opened, rows)
        # The waitlist is first come first served: by the dates that the file knows.
        ordered = sorted(_persons(rows), key=lambda row: (row.registered_at or at, row.number))
        for number, row in enumerate(ordered, 1):
            importer.take(row)
            if progress is not None and number % STEP == 0:
                progress(STEP)
    report = importer.report(rows)
    record(event, actor, "registrations.imported", report.figures(), at)
    db.session.flush()
    return report


def _persons(rows: Sequence[Row]) -> list[Row]:
    """One row for each address: what later rows of the file say takes the place of earlier ones.

    Whoever has one order that stands and one that was taken back comes.
    """
    persons: dict[str, Row] = {}
    for row in rows:
        if row.refusal:
            continue
        first = persons.setdefault(row.email, row)
        if first is row:
            continue
        first.given |= row.given
        first.teams = first.teams if row.teams is None else row.teams
        first.projects = first.projects if row.projects is None else row.projects
        first.is_cancelled = first.is_cancelled and row.is_cancelled
        dates = [each.registered_at for each in (first, row) if each.registered_at]
        first.registered_at = min(dates, default=None)
        row.remarks.append(f"line {first.number} has the same address; both became one")
    return list(persons.values())


class _Importer:
    def __init__(self, opened: Roll, rows: Sequence[Row]) -> None:
        self._roll = opened
        self._known = _known(opened.event, {row.email for row in rows if not row.refusal})
        self._teams = _by_name(Team, opened.event)
        self._projects = _by_name(Project, opened.event)
        self._done: dict[str, tuple[int, Taken, Registration | None]] = {}

    def take(self, row: Row) -> None:
        """Take the row of one person."""
        known = self._known.get(row.email)
        taken, registration = (
            self._create(row) if known is None else (self._renew(known, row), known)
        )
        self._done[row.email] = (row.number, taken, registration)

    def report(self, rows: Sequence[Row]) -> Report:
        """What became of each row, once all places were given."""
        report = Report()
        for row in rows:
            first, taken, registration = self._done.get(row.email, (0, Taken.REFUSED, None))
            if row.refusal:
                taken, registration = Taken.REFUSED, None
            elif row.number != first:
                taken = Taken.DUPLICATE
            remarks = [row.refusal, *row.remarks] if row.refusal else row.remarks
            status = "" if registration is None else registration.status
            report.rows.append(RowReport(row.number, row.email, taken, status, remarks))
        return report

    def _create(self, row: Row) -> tuple[Taken, Registration | None]:
        if "name" not in row.given:
            row.refusal = "It has no name."
            return Taken.REFUSED, None
        said = self._said(Details(name=row.given["name"]), row)
        made, _ = self._roll.take(
            row.email,
            said,
            known=None,
            trusted=True,
            source=Source.IMPORT,
            registered_at=row.registered_at,
        )
        if row.is_cancelled:
            self._roll.cancel(made)
            return Taken.CANCELLED, made
        return Taken.CREATED, made

    def _renew(self, known: Registration, row: Row) -> Taken:
        """A person who is known from before this import."""
        if row.is_cancelled:
            if known.is_cancelled:
                return Taken.UNCHANGED
            self._roll.cancel(known)
            return Taken.CANCELLED
        if known.is_cancelled and self._came_back(known, row):
            self._roll.take(
                row.email,
                self._said(details_of(known), row),
                known=known,
                trusted=True,
                source=Source.IMPORT,
                registered_at=row.registered_at,
            )
            return Taken.CREATED
        if known.is_cancelled:
            row.remarks.append("this person has cancelled here and stays so")
            return Taken.UNCHANGED
        return Taken.UPDATED if self._update(known, row) else Taken.UNCHANGED

    def _came_back(self, known: Registration, row: Row) -> bool:
        """Whether the row is newer than the cancellation."""
        since = known.cancelled_at
        return row.registered_at is not None and since is not None and row.registered_at > since

    def _update(self, known: Registration, row: Row) -> bool:
        before = details_of(known)
        said = self._said(before, row)
        if said == before:
            return False
        self._roll.update(known, said)
        return True

    def _said(self, before: Details, row: Row) -> Details:
        found: dict[str, Any] = dict(row.given)
        for name, typed, there in (
            ("teams", row.teams, self._teams),
            ("projects", row.projects, self._projects),
        ):
            if typed is not None:
                found[name] = _found(typed, there, row, name)
        return replace(before, **found)


def _found(
    typed: Sequence[str], there: Mapping[str, Named], row: Row, name: str
) -> tuple[Named, ...]:
    kept = {}
    for each in typed:
        match = there.get(each.casefold())
        if match is None:
            row.remarks.append(f"there is no {name.removesuffix('s')} {each[:60]!r} here")
        else:
            kept[match.slug] = match
    return tuple(kept[slug] for slug in sorted(kept))


def _by_name(model: type[Named], event: Event) -> dict[str, Named]:
    """By slug and by name, in any case."""
    found = db.session.scalars(select(model).where(model.event_id == event.id)).all()
    return {each.name.casefold(): each for each in found} | {each.slug: each for each in found}


def _known(event: Event, emails: Iterable[str]) -> dict[str, Registration]:
    """Those of the event's registrations that have these addresses."""
    found: dict[str, Registration] = {}
    wanted = sorted(emails)
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        some = wanted[start : start + ASKED_AT_ONCE]
        query = (
            select(Registration)
            .where(Registration.event_id == event.id, Registration.email.in_(some))
            .options(selectinload(Registration.teams), selectinload(Registration.projects))
        )
        found |= {str(each.email): each for each in db.session.scalars(query)}
    return found
