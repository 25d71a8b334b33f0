"""The organizers' statistics of registration: page, figures as CSV, charts as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask import Response, render_template, request
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select

from ptgsched.db import db
from ptgsched.errors import NotFound
from ptgsched.events.models import Event
from ptgsched.manage import charts, charts_map
from ptgsched.manage.blueprint import blueprint
from ptgsched.manage.statistics import (
    MOST_MARKS,
    Awake,
    Growth,
    Mark,
    awake,
    by_date,
    compared,
    earlier_events,
    first,
    growth,
    largest,
    marks,
    strip,
)
from ptgsched.registrations.countries import country_name
from ptgsched.registrations.statistics import OTHER, Statistics, folded, statistics
from ptgsched.teams.models import Project
from ptgsched.teams.permissions import organized_event, teams_of
from ptgsched.text import sheet_cell
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.files import download
from ptgsched.web.zones import reader_zone

SVG = "image/svg+xml"
# A chart of its own carries its style inside, and nothing else.
SVG_POLICY = {"default-src": "'none'", "style-src": "'unsafe-inline'"}
Shown = TypeVar("Shown", bound=Callable[..., Response])
CHARTS = ("growth", "map", "hours", "projects", "teams")
FILES = (*CHARTS, "public-map", "countries")


def _with_own_style(view: Shown) -> Shown:
    view.talisman_view_options = {"content_security_policy": SVG_POLICY}  # type: ignore[attr-defined]
    return view


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that the page and its files are made of."""

    event: Event
    earlier: list[Event]
    numbers: Statistics
    curve: Growth
    against: Growth | None
    marks: list[Mark]
    awake: Awake
    groups: Mapping[str, Mapping[str, int]]  # largest first, by the names people know


@blueprint.get("/events/<event>/manage/statistics")
@access("organizer")
def statistics_page(event: str) -> str:
    """Totals and growth, countries, hours, projects and teams, affiliations and roles."""
    view = _view(event)
    return render_template(
        "manage/statistics.html",
        event=view.event,
        view=view,
        charts={name: _chart(view, name) for name in CHARTS},
        shades=charts_map.legend(view.numbers.by_country),
        zone=reader_zone(view.event.timezone),
        zone_at=now(),
        at=now(),
    )


@blueprint.get("/events/<event>/manage/statistics.csv")
@access("organizer")
def statistics_csv(event: str) -> Response:
    """The figures of the page, one group a line."""
    view = _view(event)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("group", "name", "people"))
    for name in ("registered", "confirmed", "waitlisted", "cancelled", "countries", "affiliations"):
        writer.writerow(("total", name, getattr(view.numbers, name)))
    writer.writerow(("total", "country not said", view.numbers.without_country))
    writer.writerows(("day", day, number) for day, number in view.numbers.by_day.items())
    for group, found in view.groups.items():
        writer.writerows((group, sheet_cell(name), number) for name, number in found.items())
    writer.writerows(
        ("awake", f"{hour:02}:00 UTC", number) for hour, number in enumerate(view.awake.by_hour)
    )
    return download(out.getvalue().encode(), f"{view.event.slug}-statistics.csv")


@blueprint.get("/events/<event>/manage/statistics/<chart>.svg")
@_with_own_style
@access("organizer")
def statistics_chart(event: str, chart: str) -> Response:
    """One chart as a file, for slides and documents."""
    if chart not in FILES:
        raise NotFound("There is no such chart.")
    view = _view(event)
    name = f"{view.event.slug}-{chart}.svg"
    return download(charts.standalone(_chart(view, chart)).encode(), name, SVG)


def _view(slug: str) -> View:
    event = organized_event(current_user, slug)
    numbers = statistics(event)
    at = now()
    curve = growth(event, at, by_date(numbers))
    earlier = earlier_events(current_user, event)
    other = compared(earlier, event, request.args.get("against"))
    return View(
        event=event,
        earlier=earlier,
        numbers=numbers,
        curve=curve,
        against=None if other is None else growth(other, at),
        marks=marks(event, curve, at),
        awake=awake(event, numbers),
        groups=_groups(event, numbers),
    )


def _groups(event: Event, numbers: Statistics) -> dict[str, dict[str, int]]:
    teams = teams_of(event)
    team_names = {team.slug: team.name for team in teams}
    found = db.session.scalars(select(Project).where(Project.event_id == event.id))
    projects = {project.slug: project.name for project in found}
    return {
        "country": {country_name(code): n for code, n in numbers.by_country.items()},
        "project": {projects[slug]: n for slug, n in numbers.by_project.items()},
        "team": {team_names[slug]: n for slug, n in numbers.by_team.items()},
        "affiliation": dict(numbers.by_affiliation),
        "role": dict(numbers.by_role),
    }


def _chart(view: View, name: str) -> Markup:
    if name == "growth":
        return _growth_chart(view)
    if name == "hours":
        hours = [f"{hour:02}" for hour in range(24)]
        return charts.columns("People awake by hour of UTC", hours, strip(view.awake))
    if name in {"map", "public-map"}:
        return _map(view.numbers if name == "map" else folded(view.numbers))
    if name == "countries":
        return charts.bars("People by country", largest(view.groups["country"]))
    group = name.removesuffix("s")
    return charts.bars(f"People by {group}", first(view.groups[group]))


def _growth_chart(view: View) -> Markup:
    series = {view.event.title: view.curve.points}
    if view.against is not None:
        series[view.against.event.title] = view.against.points
    most = max((number for points in series.values() for _, number in points), default=0)
    named = {mark.name: mark.day for mark in view.marks[:MOST_MARKS]}
    said = f"Registered by day: {view.curve.total} for {view.event.title}"
    return charts.curve(said, series, named, most)


def _map(numbers: Statistics) -> Markup:
    people = dict(numbers.by_country)
    besides = {"Elsewhere": people.pop(OTHER, 0), "Not said": numbers.without_country}
    said = f"People by country on a map of the world, from {numbers.countries} countries"
    return charts_map.world(said, people, besides)
