"""The teams of an event, one team's page, and the pads of all."""

from __future__ import annotations

from flask import render_template, request
from flask_login import current_user

from ptgsched.events.models import EventStatus
from ptgsched.schedule import queries
from ptgsched.schedule.blueprint import blueprint
from ptgsched.schedule.joining import etherpad_link, join_link, team_link
from ptgsched.schedule.signup import phase_lines, usage
from ptgsched.schedule.team_page import (
    bars,
    by_project,
    day_note,
    matching,
    steps,
    team_lines,
)
from ptgsched.schedule.timetable import sessions_by_day
from ptgsched.teams.permissions import may_book_for, team_of, teams_of, visible_event
from ptgsched.web.access import access
from ptgsched.web.context import links, now
from ptgsched.web.zones import reader_zone


@blueprint.get("/events/<event>/teams/")
@access("public")
def teams(event: str) -> str:
    """All teams by project, with the hours they have booked; ``?q=`` searches."""
    found = visible_event(current_user, event)
    lines = team_lines(found, teams_of(found), queries.all_sessions(found), links())
    query = request.args.get("q", "").strip()[:60]
    shown = matching(lines, query)
    return render_template(
        "schedule/teams.html",
        event=found,
        groups=by_project(shown),
        count=len(lines),
        shown=len(shown),
        query=query,
    )


@blueprint.get("/events/<event>/teams/<team>")
@access("public")
def team(event: str, team: str) -> str:
    """One team: what it still has to do, its hours against the caps, its sessions and links."""
    found = visible_event(current_user, event)
    who = team_of(found, team)
    at, zone = now(), reader_zone(found.timezone)
    slots, phases = found.slots, found.phases
    used = usage(who, queries.all_sessions(found), phases, at)
    bookings = queries.bookings(found, team=who)
    coming = [booking for booking in bookings if booking.ends_at > at]
    past = [booking for booking in bookings if booking.ends_at <= at]
    is_kept = found.status == EventStatus.ARCHIVED
    is_over = is_kept or not slots or slots[-1].ends_at <= at
    may_lead = may_book_for(current_user, found, who)
    may_book = may_lead and found.status == EventStatus.PUBLISHED
    feed = links().page(found.slug, "teams", f"{who.slug}.ics")
    return render_template(
        "schedule/team.html",
        event=found,
        team=who,
        zone=zone,
        at=at,
        steps=steps(who, used),
        bars=bars(found, slots, used),
        day_note=day_note(found),
        phases=[] if is_over else phase_lines(phases, who, at),
        coming=sessions_by_day(coming, slots, zone),
        past=sessions_by_day(past, slots, zone),
        joins={b.id: join_link(links(), found, b.team, b.room) for b in coming},
        pad=etherpad_link(links(), found, who),
        join=team_link(links(), found, who),
        feed=feed,
        webcal="webcal://" + feed.partition("://")[2],
        may_book=may_book and not is_over,
        may_lead=may_lead,
    )


@blueprint.get("/events/<event>/etherpads")
@access("public")
def etherpads(event: str) -> str:
    """Every team's pad."""
    found = visible_event(current_user, event)
    return render_template(
        "schedule/etherpads.html",
        event=found,
        lines=team_lines(found, teams_of(found), (), links()),
    )
