"""The rooms of an event, and one room's hours by day, also on paper."""

from __future__ import annotations

from flask import render_template
from flask_login import current_user

from ptgsched.events.models import EventStatus
from ptgsched.schedule import queries
from ptgsched.schedule.blueprint import blueprint
from ptgsched.schedule.joining import join_link, room_link
from ptgsched.schedule.room_page import room_lines
from ptgsched.schedule.timetable import room_by_day
from ptgsched.teams.permissions import is_organizer, led_team_ids, visible_event
from ptgsched.web.access import access
from ptgsched.web.context import links, now
from ptgsched.web.zones import reader_zone


@blueprint.get("/events/<event>/rooms/")
@access("public")
def rooms(event: str) -> str:
    """All rooms: what kind, how large, what is on now and next."""
    found = visible_event(current_user, event)
    at = now()
    return render_template(
        "schedule/rooms.html",
        event=found,
        zone=reader_zone(found.timezone),
        lines=room_lines(found, found.rooms, queries.bookings(found), links(), at),
    )


@blueprint.get("/events/<event>/rooms/<room>")
@access("public")
def room(event: str, room: str) -> str:
    """One room: how to get in, and its hours by day, free ones included."""
    found = visible_event(current_user, event)
    where = queries.room_by_slug(found, room)
    zone, at = reader_zone(found.timezone), now()
    bookings = queries.bookings(found, room=where)
    days = room_by_day(where, bookings, found.slots, zone)
    coming = [day for day in days if day.lines[-1].ends_at > at]
    earlier = [day for day in days if day not in coming]
    may_book = found.status == EventStatus.PUBLISHED and (
        is_organizer(current_user, found) or bool(led_team_ids(current_user, found))
    )
    return render_template(
        "schedule/room.html",
        event=found,
        room=where,
        zone=zone,
        at=at,
        tables=coming or earlier,
        earlier=earlier if coming else [],
        joins={b.id: join_link(links(), found, b.team, b.room) for b in bookings},
        link=room_link(links(), found, where),
        feed=links().page(found.slug, "rooms", f"{where.slug}.ics"),
        may_book=may_book,
    )
