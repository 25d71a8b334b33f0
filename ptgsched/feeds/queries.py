"""Reading what feeds show: a handful of statements, whatever the number of bookings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.orm import lazyload

from ptgsched.db import db
from ptgsched.errors import NotFound
from ptgsched.events.models import Event, Room, RoomKind, Slot, Window
from ptgsched.feeds.sessions import Cell, Party, Place, Session
from ptgsched.schedule.joining import etherpad_link, join_link
from ptgsched.schedule.models import Booking, BookingStatus, BookingTeam, Change
from ptgsched.teams.models import Project, Team
from ptgsched.web.links import Links

RECENT_CHANGES = 100


def sessions(
    event: Event,
    links: Links,
    *,
    team_id: int | None = None,
    room_id: int | None = None,
    project_id: int | None = None,
    cancelled: bool = False,
    slots: bool = True,
) -> list[Session]:
    """Sessions in order of start and uid; a team's or project's include those it joins.

    `slots` False leaves their codes out.  Whole rows are not loaded either: a thousand of them
    would cost more than all the rest.
    """
    teams, rooms = _teams(event), _rooms(event)
    chosen = [Booking.event_id == event.id]
    if team_id is not None:
        chosen.append(_takes_part({team_id}))
    if project_id is not None:
        chosen.append(_takes_part({t.id for t in teams.values() if t.project_id == project_id}))
    if room_id is not None:
        chosen.append(Booking.room_id == room_id)
    if not cancelled:
        chosen.append(Booking.status == BookingStatus.CONFIRMED)
    parties = {team_id: _party(links, event, team) for team_id, team in teams.items()}
    places = {room_id: _place(room) for room_id, room in rooms.items()}
    link = _links_of(links, event, teams, rooms)
    joint = _joint(event, parties)
    rows = db.session.execute(
        select(
            Booking.id,
            Booking.uid,
            Booking.status,
            Booking.sequence,
            Booking.created_at,
            Booking.updated_at,
            Booking.starts_at,
            Booking.ends_at,
            Booking.title,
            Booking.description,
            Booking.team_id,
            Booking.room_id,
            Booking.slot_codes if slots else literal(None),
        )
        .where(*chosen)
        .order_by(Booking.starts_at, Booking.uid)
    )
    page = links.booking(event.slug, "")
    return [
        Session(
            number=row[0],
            uid=row[1],
            confirmed=row[2] == BookingStatus.CONFIRMED,
            sequence=row[3],
            created=row[4],
            updated=row[5],
            start=row[6],
            end=row[7],
            title=row[8],
            description=row[9],
            team=parties[row[10]],
            joint=joint.get(row[0], ()),
            room=places[row[11]],
            slots=tuple(row[12] or ()),
            join_url=link(row[10], row[11]),
            url=page + row[1],
        )
        for row in rows
    ]


def cells(event: Event) -> dict[str, Cell]:
    """The event's slots by code, in time order."""
    rows = db.session.execute(
        select(Slot.code, Window.day, Slot.starts_at, Slot.ends_at)
        .join(Window, Window.id == Slot.window_id)
        .where(Slot.event_id == event.id)
        .order_by(Slot.starts_at, Slot.code)
    )
    return {row[0]: Cell(*row) for row in rows}


def parties(event: Event, links: Links) -> list[Party]:
    """The event's teams, by slug."""
    return [_party(links, event, team) for team in _teams(event).values()]


def places(event: Event) -> list[Place]:
    """The event's rooms, in the order its organizers gave them."""
    return [_place(room) for room in _rooms(event).values()]


def projects(event: Event) -> list[Project]:
    """The event's projects, by slug."""
    query = select(Project).where(Project.event_id == event.id).order_by(Project.slug)
    return list(db.session.scalars(query))


def project_by_slug(event: Event, slug: str) -> Project:
    """A project of the event; raises NotFound."""
    query = select(Project).where(Project.event_id == event.id, Project.slug == slug)
    project = db.session.scalar(query)
    if project is None:
        raise NotFound("There is no such project at this event.", project=slug)
    return project


def last_changed(event: Event, *, live: bool = False) -> datetime:
    """An instant in whole seconds that is another one after each change.

    HTTP dates have seconds only (RFC 9110 8.8.2.2), so that of two changes within one second
    the second would go unseen; here each counts as a second later than the one before it at
    least.  It may thus lie ahead of the clock for a moment.  `live` counts the board's as well.
    """
    changes = select(Change.at).where(Change.event_id == event.id)
    if not live:
        changes = changes.where(Change.action.not_like("live.%"))
    rows = db.session.scalars(changes.order_by(Change.cursor.desc()).limit(RECENT_CHANGES))
    last = event.changed_at.replace(microsecond=0)
    for age, instant in enumerate(dict.fromkeys(rows)):  # one change may have many lines
        last = max(last, instant.replace(microsecond=0) + timedelta(seconds=age))
    return last


def _teams(event: Event) -> dict[int, Team]:
    query = select(Team).where(Team.event_id == event.id).order_by(Team.slug)
    found = db.session.scalars(query.options(lazyload(Team.project)))
    return {team.id: team for team in found}


def _rooms(event: Event) -> dict[int, Room]:
    query = select(Room).where(Room.event_id == event.id).order_by(Room.position, Room.id)
    return {room.id: room for room in db.session.scalars(query)}


def _party(links: Links, event: Event, team: Team) -> Party:
    pad = etherpad_link(links, event, team)
    return Party(team.slug, team.name, team.color, team.expected_attendance, pad)


def _place(room: Room) -> Place:
    return Place(room.slug, room.name, room.kind, room.capacity)


def _links_of(
    links: Links, event: Event, teams: Mapping[int, Team], rooms: Mapping[int, Room]
) -> Callable[[int, int], str | None]:
    """The join link by the ids of team and room."""
    # A Meetpad room without a link of its own leads to the team's call, whichever room it is.
    calls = [id_ for id_, r in rooms.items() if r.kind == RoomKind.MEETPAD and not r.join_url]
    alike = dict.fromkeys(calls, calls[0]) if calls else {}

    @cache
    def link(team_id: int, room_id: int) -> str | None:
        return join_link(links, event, teams[team_id], rooms[room_id])

    return lambda team_id, room_id: link(team_id, alike.get(room_id, room_id))


def _joint(event: Event, parties: Mapping[int, Party]) -> dict[int, tuple[Party, ...]]:
    """The teams that join other teams' bookings, by booking."""
    found: dict[int, list[Party]] = defaultdict(list)
    rows = db.session.execute(
        select(BookingTeam.booking_id, BookingTeam.team_id)
        .join(Team, Team.id == BookingTeam.team_id)
        .where(Team.event_id == event.id)
        .order_by(Team.slug)
    )
    for booking_id, team_id in rows:
        found[booking_id].append(parties[team_id])
    return {booking_id: tuple(joining) for booking_id, joining in found.items()}


def _takes_part(team_ids: set[int]) -> ColumnElement[bool]:
    joined: Sequence[int] = sorted(team_ids)
    joins = select(BookingTeam.booking_id).where(BookingTeam.team_id.in_(joined))
    return or_(Booking.team_id.in_(joined), Booking.id.in_(joins))
