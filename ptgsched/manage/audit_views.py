"""The audit of an event for its organizers, and of the site for administrators."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Response, render_template, request, stream_with_context, url_for
from flask_login import current_user

from ptgsched.errors import Invalid
from ptgsched.events.models import Event
from ptgsched.manage import audit_files
from ptgsched.manage.audit import PAGE, SOURCES, Filter, Line, choices, every_line, lines
from ptgsched.manage.audit_words import action_in_words, differences, session_in_words
from ptgsched.manage.blueprint import blueprint
from ptgsched.teams.permissions import organized_event, teams_of
from ptgsched.text import clean_line
from ptgsched.timezones import start_of_day
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.files import download
from ptgsched.web.zones import reader_zone

NAMES = ("who", "team", "what", "source", "from", "to", "override")
LONGEST = 120
FURTHEST = 100_000  # pages


@blueprint.get("/events/<event>/manage/audit")
@access("organizer")
def audit(event: str) -> str:
    """Who changed what, newest first; the filters stand in the address."""
    found = organized_event(current_user, event)
    return _page(found, reader_zone(found.timezone))


@blueprint.get("/events/<event>/manage/audit.csv")
@access("organizer")
def audit_csv(event: str) -> Response:
    """The filtered audit for a spreadsheet."""
    found = organized_event(current_user, event)
    zone = reader_zone(found.timezone)
    pieces = audit_files.to_csv(every_line(found, _filter(zone)), zone)
    return download(stream_with_context(pieces), f"{found.slug}-audit.csv")


@blueprint.get("/events/<event>/manage/audit.json")
@access("organizer")
def audit_json(event: str) -> Response:
    """The filtered audit for a program."""
    found = organized_event(current_user, event)
    pieces = audit_files.to_json(every_line(found, _filter(reader_zone(found.timezone))))
    return download(stream_with_context(pieces), f"{found.slug}-audit.json", "application/json")


@blueprint.get("/audit")
@access("admin")
def site_audit() -> str:
    """What belongs to no event: tokens for every event, accounts, sign-in."""
    return _page(None, reader_zone())


def _page(event: Event | None, zone: str) -> str:
    asked, number = _asked(), _page_number()
    problems: list[str] = []
    told: list[Line] = []
    count = 0
    try:
        told, count = lines(event, _filter(zone), offset=(number - 1) * PAGE)
    except Invalid as error:
        problems = [error.message]
    return render_template(
        "manage/audit.html" if event else "manage/site_audit.html",
        event=event,
        zone=zone,
        zone_at=now(),
        asked=asked,
        problems=problems,
        choices=choices(event),
        sources=SOURCES,
        teams=teams_of(event) if event else [],
        lines=[(line, action_in_words(line.action), differences(line, zone)) for line in told],
        action_in_words=action_in_words,
        session_in_words=session_in_words,
        count=count,
        first=(number - 1) * PAGE + 1,
        newer=_address(number - 1) if number > 1 else None,
        older=_address(number + 1) if number * PAGE < count else None,
        query=urlencode({name: said for name, said in asked.items() if said}),
    )


def _asked() -> dict[str, str]:
    return {name: clean_line(request.args.get(name, ""))[:LONGEST] for name in NAMES}


def _filter(zone: str) -> Filter:
    """What the address asks for; days are the reader's.  Raises Invalid for what is no day."""
    asked = _asked()
    first, last = _day("from", asked["from"]), _day("to", asked["to"])
    if first and last and last < first:
        raise Invalid("The last day comes before the first.")
    return Filter(
        who=asked["who"],
        team=asked["team"],
        what=asked["what"],
        source=asked["source"],
        start=start_of_day(first, zone) if first else None,
        end=start_of_day(last + timedelta(days=1), zone) if last else None,
        overridden=bool(asked["override"]),
    )


def _day(name: str, said: str) -> date | None:
    if not said:
        return None
    try:
        found = date.fromisoformat(said)
    except ValueError as error:
        raise Invalid(f"{name}: write the day as 2026-10-26.") from error
    if not 1990 <= found.year < 2200:
        raise Invalid(f"{name}: a year from 1990 to 2199.")
    return found


def _page_number() -> int:
    said = request.args.get("page", "1")
    return max(1, min(int(said), FURTHEST)) if said.isascii() and said.isdigit() else 1


def _address(number: int) -> str:
    kept = {name: said for name in NAMES if (said := request.args.get(name))}
    values = {**(request.view_args or {}), **kept, "page": number}
    return url_for(str(request.endpoint), **values)
