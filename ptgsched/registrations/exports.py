"""Registrations as rows for other programs: CSV and XLSX, in the columns that an import knows.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, which shows in
no spreadsheet's result and which an import takes off.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from sqlalchemy import Select, func, select

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.registrations.models import (
    Registration,
    RegistrationProject,
    RegistrationTeam,
    Status,
)
from ptgsched.schedule.shapes import rfc3339
from ptgsched.teams.models import Project, Team
from ptgsched.text import sheet_cell

COLUMNS = (
    "name",
    "email",
    "affiliation",
    "country",
    "timezone",
    "projects",
    "teams",
    "role",
    "status",
    "registered_at",
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (28, 34, 28, 10, 22, 24, 32, 28, 12, 22)
ASKED_AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One registration; all of it is None or empty once it was made anonymous."""

    id: int
    name: str
    email: str | None
    affiliation: str
    country: str | None
    timezone: str | None
    role: str
    status: str
    registered_at: datetime
    projects: Sequence[str]
    teams: Sequence[str]

    def facts(self) -> dict[str, Any]:
        """As JSON has it."""
        found = {name: getattr(self, name) for name in COLUMNS}
        return found | {
            "projects": list(self.projects),
            "teams": list(self.teams),
            "registered_at": rfc3339(self.registered_at),
        }

    def cells(self) -> list[str]:
        """As a table has it."""
        facts = self.facts()
        facts |= {name: ";".join(facts[name]) for name in ("projects", "teams")}
        return [sheet_cell(facts[name] or "") for name in COLUMNS]


def registrations(
    event: Event, *, status: Status | None = None, offset: int = 0, limit: int | None = None
) -> list[Exported]:
    """The event's registrations in the order of their places; three queries and no objects."""
    query = _chosen(select(*(getattr(Registration, name) for name in _OWN)), event, status)
    query = query.order_by(Registration.place, Registration.id).offset(offset)
    rows = db.session.execute(query if limit is None else query.limit(limit)).all()
    ids = [row.id for row in rows]
    whole = limit is None and not offset
    projects = _slugs(event, RegistrationProject, Project, None if whole else ids)
    teams = _slugs(event, RegistrationTeam, Team, None if whole else ids)
    return [
        Exported(**row._asdict(), projects=projects[row.id], teams=teams[row.id]) for row in rows
    ]


def total(event: Event, status: Status | None = None) -> int:
    """How many there are."""
    query = _chosen(select(func.count()).select_from(Registration), event, status)
    return db.session.scalar(query) or 0


def as_csv(rows: Iterable[Exported]) -> bytes:
    """RFC 4180, UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(row.cells() for row in rows)
    return out.getvalue().encode()


def as_xlsx(rows: Iterable[Exported], *, title: str) -> bytes:
    """One sheet, its headings kept in view, ready to be filtered; all cells are text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Registrations")
    for number, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    count = 1
    sheet.append([_heading(sheet, name) for name in COLUMNS])
    for row in rows:
        sheet.append(row.cells())  # text: of what openpyxl would take for a formula none begins so
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{count}"
    book.properties.title = title
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_OWN = (
    "id",
    "name",
    "email",
    "affiliation",
    "country",
    "timezone",
    "role",
    "status",
    "registered_at",
)


def _heading(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet, value=name)
    cell.font = Font(bold=True)
    return cell


def _chosen(query: Select[Any], event: Event, status: Status | None) -> Select[Any]:
    query = query.where(Registration.event_id == event.id)
    return query if status is None else query.where(Registration.status == status)


def _slugs(
    event: Event, link: type[Any], model: type[Any], ids: Sequence[int] | None
) -> defaultdict[int, list[str]]:
    """The slugs that belong to each registration, in order."""
    column = link.team_id if model is Team else link.project_id
    query = (
        select(link.registration_id, model.slug)
        .join(model, model.id == column)
        .where(model.event_id == event.id)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for some in _parts(ids):
        narrowed = query if some is None else query.where(link.registration_id.in_(some))
        for registration_id, slug in db.session.execute(narrowed):
            found[registration_id].append(slug)
    for slugs in found.values():
        slugs.sort()
    return found


def _parts(ids: Sequence[int] | None) -> Iterator[Sequence[int] | None]:
    if ids is None:
        yield None
        return
    for start in range(0, len(ids), ASKED_AT_ONCE):
        yield ids[start : start + ASKED_AT_ONCE]
