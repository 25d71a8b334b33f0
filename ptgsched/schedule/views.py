"""The schedule grid and the agenda; the modules named below add their pages beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, render_template, request
from flask_login import current_user

from ptgsched.events.models import EventStatus
from ptgsched.schedule import (
    booking_views,
    join_views,
    queries,
    room_views,
    session_views,
    team_views,
)
from ptgsched.schedule.agenda import agenda
from ptgsched.schedule.barring import barred_slots
from ptgsched.schedule.blueprint import blueprint
from ptgsched.schedule.clocks import clock_notes
from ptgsched.schedule.desk import Desk, open_desk
from ptgsched.schedule.grid import DayGrid, Reader, day_grid
from ptgsched.schedule.joining import etherpad_link, join_link, room_link
from ptgsched.schedule.models import Booking
from ptgsched.schedule.policy import Session
from ptgsched.schedule.selection import (
    Day,
    Filters,
    choices,
    chosen_days,
    days_of,
    find_team,
)
from ptgsched.schedule.signup import of_cap, phase_lines, usage
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of, visible_event
from ptgsched.web.access import access
from ptgsched.web.colors import team_css
from ptgsched.web.context import links

__all__ = [
    "blueprint",
    "booking_views",
    "join_views",
    "room_views",
    "session_views",
    "team_views",
]

COLORS_AGE = 300  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the address asks for."""

    filters: Filters
    acting: Team | None  # the team that a click on a free cell books for
    no_team: str  # what was typed and is no team
    days: list[Day]  # all of the event
    shown: list[Day]
    sessions: Sequence[Session]  # all of the event's, when a team is chosen


@blueprint.get("/events/<event>/")
@access("public")
def grid(event: str) -> str:
    """The schedule: rooms and slots of a day, in the reader's zone, and the same as a list."""
    desk = open_desk(event, current_user)
    chosen = _chosen(desk)
    bookings = _bookings(desk, chosen.shown)
    grids = _grids(desk, chosen, bookings)
    team, phases = chosen.filters.team or chosen.acting, desk.event.phases
    is_kept = desk.event.status == EventStatus.ARCHIVED
    is_over = is_kept or not chosen.days or chosen.days[-1].ends_at <= desk.at
    may_book = bool(desk.bookable) and desk.is_open
    with_free = may_book or chosen.filters.free
    public = links()
    return render_template(
        "schedule/grid.html",
        event=desk.event,
        desk=desk,
        zone=desk.zone,
        zone_at=chosen.shown[0].starts_at if chosen.shown else desk.at,
        chosen=chosen,
        args=choices(request.args),
        grids=grids,
        agendas=[(day, agenda(day, desk.zone, with_free=with_free)) for day in grids],
        phases=[] if is_over else phase_lines(phases, team, desk.at),
        usage=usage(team, chosen.sessions, phases, desk.at) if team else None,
        used_by=team,
        of_cap=of_cap,
        team_times=_of(chosen.filters.team, chosen.sessions),
        projects=sorted({(t.project.slug, t.project.name) for t in desk.teams if t.project}),
        windows=list(dict.fromkeys((s.window.code, s.window.name) for s in desk.slots)),
        clock_notes=_clock_notes(desk, chosen.days),
        may_book=may_book,
        room_links={room.id: room_link(public, desk.event, room) for room in desk.rooms},
        joins={b.id: join_link(public, desk.event, b.team, b.room) for b in bookings},
        pads={b.id: etherpad_link(public, desk.event, b.team) for b in bookings},
    )


@blueprint.get("/events/<event>/teams.css")
@access("public")
def team_colors(event: str) -> Response:
    """The colours of the event's teams, as a style sheet: pages allow no inline styles."""
    found = visible_event(current_user, event)
    body = team_css((team.slug, team.color) for team in teams_of(found))
    response = Response(body, content_type="text/css; charset=utf-8")
    response.cache_control.max_age = COLORS_AGE
    if not found.is_published:
        response.cache_control.private = True
    response.add_etag()
    response.make_conditional(request)
    return response


def _chosen(desk: Desk) -> Chosen:
    asked = request.args
    typed = asked.get("team", "").strip()
    team = find_team(desk.teams, typed)
    acting = _acting(desk, team)
    sessions = queries.all_sessions(desk.event) if team or acting else ()
    days = days_of(desk.slots)
    return Chosen(
        filters=Filters(
            team=team,
            project=asked.get("project", ""),
            window=_known_window(desk, asked.get("window", "")),
            mine=desk.led if asked.get("mine") else frozenset(),
            free=bool(asked.get("free")),
        ),
        acting=acting,
        no_team=typed[:60] if typed and team is None else "",
        days=days,
        shown=chosen_days(days, asked.get("day", ""), desk.at, _of(team, sessions)),
        sessions=sessions,
    )


def _of(team: Team | None, sessions: Sequence[Session]) -> list[Session]:
    """The sessions of the team that is looked for, in time order."""
    return [s for s in sessions if team is not None and team.id in s.teams]


def _acting(desk: Desk, team: Team | None) -> Team | None:
    """The chosen team if one may book for it, else the only team one leads."""
    bookable = desk.bookable
    if team is not None and team in bookable:
        return team
    led = [mine for mine in bookable if mine.id in desk.led]
    return led[0] if len(led) == 1 and team is None else None


def _known_window(desk: Desk, code: str) -> str:
    return code if any(slot.window.code == code for slot in desk.slots) else ""


def _bookings(desk: Desk, days: Sequence[Day]) -> list[Booking]:
    if not days:
        return []
    since, until = days[0].starts_at, max(day.ends_at for day in days)
    return queries.bookings(desk.event, since=since, until=until)


def _grids(desk: Desk, chosen: Chosen, bookings: Sequence[Booking]) -> list[DayGrid]:
    reader = Reader(
        zone=desk.zone,
        at=desk.at,
        led=desk.led,
        may_change_all=desk.organizes,
        is_kept=desk.is_kept,
        filters=chosen.filters,
        names=desk.team_names,
    )
    barred = {}
    if chosen.acting is not None:
        barred = barred_slots(
            desk.event,
            chosen.acting,
            [slot for day in chosen.shown for slot in day.slots],
            sessions=chosen.sessions,
            declared=queries.declared_conflicts([chosen.acting.id]),
            at=desk.at,
        )
    return [
        day_grid(day, rooms=desk.rooms, bookings=bookings, reader=reader, barred=barred)
        for day in chosen.shown
    ]


def _clock_notes(desk: Desk, days: Sequence[Day]) -> list[str]:
    if not days:
        return []
    zones = (desk.zone, desk.event.timezone)
    return clock_notes(zones, days[0].starts_at, days[-1].ends_at)
