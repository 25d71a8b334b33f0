"""The report of an event: a page that prints on one sheet, and its figures as CSV."""

from __future__ import annotations

import csv
import io

from flask import Response, render_template
from flask_login import current_user

from ptgsched.manage.blueprint import blueprint
from ptgsched.manage.report import Report, report_of
from ptgsched.manage.statistics import largest
from ptgsched.registrations.countries import country_name
from ptgsched.schedule.shapes import rfc3339
from ptgsched.teams.permissions import organized_event
from ptgsched.text import sheet_cell
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.files import download
from ptgsched.web.zones import reader_zone


@blueprint.get("/events/<event>/manage/report")
@access("organizer")
def report(event: str) -> str:
    """Teams, sessions, hours, attendance, countries; for a board, on one page of paper."""
    found = organized_event(current_user, event)
    made = report_of(found, now())
    return render_template(
        "manage/report.html",
        event=found,
        report=made,
        countries=largest(_countries(made)),
        zone=reader_zone(found.timezone),
        zone_at=made.at,
    )


@blueprint.get("/events/<event>/manage/report.csv")
@access("organizer")
def report_csv(event: str) -> Response:
    """The same figures, one team a line, then totals and countries."""
    made = report_of(organized_event(current_user, event), now())
    out = io.StringIO(newline="")
    write = csv.writer(out).writerow
    write(
        (
            "part",
            "name",
            "project",
            "sessions",
            "hours",
            "joined",
            "counted",
            "attendance",
            "largest",
            "unique",
        )
    )
    for line in made.teams:
        project = line.team.project.name if line.team.project else ""
        counts = (line.joined, line.known, line.attendance, line.largest, line.unique)
        write(
            (
                "team",
                sheet_cell(line.team.name),
                sheet_cell(project),
                line.sessions,
                f"{line.hours:g}",
                *counts,
            )
        )
    sums = (len(made.sessions), f"{made.hours:g}", "", made.known, made.attendance, "", made.unique)
    write(("total", sheet_cell(made.event.title), "", *sums))
    for name in ("registered", "confirmed", "countries", "affiliations"):
        write((name, getattr(made.numbers, name)))
    for name, number in _countries(made).items():
        write(("country", sheet_cell(name), number))
    return download(out.getvalue().encode(), f"{made.event.slug}-report.csv")


@blueprint.get("/events/<event>/manage/attendance.csv")
@access("organizer")
def attendance_csv(event: str) -> Response:
    """Each session that has begun, with its attendance."""
    made = report_of(organized_event(current_user, event), now())
    out = io.StringIO(newline="")
    write = csv.writer(out).writerow
    write(("uid", "start", "end", "room", "team", "with_teams", "title", "counted", "said_here"))
    for session in made.sessions:
        booking = session.booking
        write(
            (
                booking.uid,
                rfc3339(booking.starts_at),
                rfc3339(booking.ends_at),
                booking.room.slug,
                booking.team.slug,
                ";".join(sorted(team.slug for team in booking.with_teams)),
                sheet_cell(booking.title),
                "" if session.counted is None else session.counted,
                session.said_here,
            )
        )
    return download(out.getvalue().encode(), f"{made.event.slug}-attendance.csv")


def _countries(made: Report) -> dict[str, int]:
    return {country_name(code): number for code, number in made.numbers.by_country.items()}
