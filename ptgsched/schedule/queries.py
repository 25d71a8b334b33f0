"""Reading the schedule: what rules judge on, what pages and feeds show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ptgsched.db import db
from ptgsched.errors import Invalid, NotFound
from ptgsched.events.models import Event, Room, Slot, Window
from ptgsched.intervals import Interval
from ptgsched.schedule.models import Booking, BookingSlot, BookingStatus, BookingTeam
from ptgsched.schedule.policy import Proposal, Session, Situation, hours_by_day
from ptgsched.teams.models import DeclaredConflict, Team


def slots_by_code(event: Event, codes: Sequence[str]) -> tuple[Slot, ...]:
    """The slots with these codes (any case), in time order, each once.

    Raises Invalid (field ``slots``) naming every unknown code, or when there is none.
    """
    wanted = {str(code).casefold() for code in codes}
    if not wanted:
        raise Invalid("Choose at least one slot.", fields={"slots": ["Choose at least one slot."]})
    # Nearly always the codes are typed as they are written; then only their rows are read.
    exact = select(Slot).where(Slot.event_id == event.id, Slot.code.in_([str(c) for c in codes]))
    found = tuple(db.session.scalars(exact.order_by(Slot.starts_at, Slot.code)))
    if len(found) < len(wanted):
        found = tuple(slot for slot in event.slots if slot.code.casefold() in wanted)
    known = {slot.code.casefold() for slot in found}
    unknown = [str(code) for code in codes if str(code).casefold() not in known]
    if unknown:
        message = f"No such slot here: {', '.join(unknown)}."
        raise Invalid(message, code="unknown_slot", fields={"slots": [message]}, slots=unknown)
    return found


def slots_between(event: Event, start: datetime, end: datetime) -> tuple[Slot, ...]:
    """The slots that fill start to end exactly.

    Raises Invalid (fields ``start``, ``end``) when either lies off the edges of the slots.
    """
    slots = event.slots
    fields = {}
    if start not in {slot.starts_at for slot in slots}:
        fields["start"] = ["No slot begins at this instant."]
    if end <= start:
        fields["end"] = ["It ends before it begins."]
    elif end not in {slot.ends_at for slot in slots}:
        fields["end"] = ["No slot ends at this instant."]
    if fields:
        raise Invalid("Start and end must lie on the edges of slots.", fields=fields)
    return tuple(slot for slot in slots if slot.starts_at >= start and slot.ends_at <= end)


def booking_by_uid(event: Event, uid: str) -> Booking:
    """One booking, released ones included; raises NotFound."""
    booking = db.session.scalar(
        _with_parts(select(Booking).where(Booking.event_id == event.id, Booking.uid == uid))
    )
    if booking is None:
        raise NotFound("There is no such booking at this event.", uid=uid)
    return booking


def bookings(
    event: Event,
    *,
    team: Team | None = None,
    room: Room | None = None,
    project_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    cancelled: bool = False,
) -> list[Booking]:
    """Bookings in order of start, room and uid; a team's include those it joins.

    `since` and `until` keep what overlaps that stretch; released ones only with `cancelled`.
    """
    query = select(Booking).where(Booking.event_id == event.id)
    if team is not None:
        query = query.where(or_(Booking.team_id == team.id, _joined_by([team.id])))
    if project_id is not None:
        members = select(Team.id).where(Team.project_id == project_id)
        query = query.where(or_(Booking.team_id.in_(members), _joined_by(members)))
    if room is not None:
        query = query.where(Booking.room_id == room.id)
    if since is not None:
        query = query.where(Booking.ends_at > since)
    if until is not None:
        query = query.where(Booking.starts_at < until)
    if not cancelled:
        query = query.where(Booking.status == BookingStatus.CONFIRMED)
    query = query.order_by(Booking.starts_at, Booking.room_id, Booking.uid)
    return list(db.session.scalars(_with_parts(query)))


def room_by_slug(event: Event, slug: str) -> Room:
    """A room of the event; raises NotFound."""
    query = select(Room).where(Room.event_id == event.id, Room.slug == slug)
    # An address may hold what PostgreSQL does not even look for.
    room = db.session.scalar(query) if slug.isprintable() else None
    if room is None:
        raise NotFound(f"There is no room {slug!r} at this event.", room=slug)
    return room


def teams_by_slug(event: Event, slugs: Sequence[str]) -> list[Team]:
    """Teams of the event in the order asked for; raises Invalid naming every unknown one."""
    rows = db.session.scalars(
        select(Team).where(Team.event_id == event.id, Team.slug.in_(list(slugs)))
    )
    found = {team.slug: team for team in rows}
    unknown = [slug for slug in slugs if slug not in found]
    if unknown:
        message = f"No such team here: {', '.join(unknown)}."
        raise Invalid(message, code="unknown_team", fields={"with_teams": [message]})
    return [found[slug] for slug in slugs]


def situation(event: Event, proposal: Proposal, at: datetime) -> Situation:
    """All that the rules look at to judge `proposal` at the instant `at`."""
    team_ids = [team.id for team in proposal.teams]
    concern = {
        "start": min(slot.starts_at for slot in proposal.slots),
        "end": max(slot.ends_at for slot in proposal.slots),
        "teams": team_ids,
    }
    leaving_out = proposal.replaces.id if proposal.replaces else None
    return Situation(
        event=event,
        phases=tuple(event.phases),
        sessions=_sessions(event, _CONCERNED, concern, leaving_out),
        declared=declared_conflicts(team_ids),
        at=at,
    )


def declared_conflicts(team_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each of `team_ids`, the teams it must not meet in parallel with."""
    ids = set(team_ids)
    found: dict[int, set[int]] = defaultdict(set)
    for one, other in db.session.execute(_DECLARED, {"teams": list(ids)}):
        found[one].add(other)
        found[other].add(one)
    return {team_id: frozenset(others) for team_id, others in found.items() if team_id in ids}


def all_sessions(event: Event) -> tuple[Session, ...]:
    """Every confirmed booking as the rules see it, for judging many cells at once."""
    return _sessions(event, _ALL, {}, None)


def _sessions(
    event: Event, asked: _Statements, values: Mapping[str, object], leaving_out: int | None
) -> tuple[Session, ...]:
    values = {"event": event.id, **values}
    found: dict[int, tuple[Any, ...]] = {}
    cells: dict[int, list[_Cell]] = defaultdict(list)
    for booking_id, *facts, slot_id, start, end, day in db.session.execute(asked.cells, values):
        if booking_id != leaving_out:
            found[booking_id] = tuple(facts)
            cells[booking_id].append(_Cell(slot_id, start, end, day))
    joint: dict[int, dict[int, str]] = defaultdict(dict)
    if found:
        for booking_id, team_id, slug in db.session.execute(asked.joint_teams, values):
            joint[booking_id][team_id] = slug
    return tuple(
        Session(
            uid=uid,
            room_id=room_id,
            room=room,
            slot_ids=frozenset(cell.slot_id for cell in cells[booking_id]),
            interval=Interval(start, end),
            teams={team_id: slug, **joint.get(booking_id, {})},
            hours_by_day=hours_by_day(cells[booking_id], event.quota_day),
        )
        for booking_id, (uid, room_id, room, start, end, team_id, slug) in found.items()
    )


class _Cell(NamedTuple):
    """A booked slot's time without its row: a booking is judged in a quarter of the time."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    day: date

    @property
    def interval(self) -> Interval:
        return Interval(self.starts_at, self.ends_at)

    @property
    def hours(self) -> float:
        return (self.ends_at - self.starts_at).total_seconds() / 3600


def _joined_by(team_ids: Sequence[int] | Select[int]) -> ColumnElement[bool]:
    return Booking.id.in_(select(BookingTeam.booking_id).where(BookingTeam.team_id.in_(team_ids)))


def _with_parts(query: Select[Booking]) -> Select[Booking]:
    return query.options(
        joinedload(Booking.team), joinedload(Booking.room), selectinload(Booking.with_teams)
    )


class _Statements(NamedTuple):
    """What is read of bookings for the rules, ready made: writing it anew took longer than asking.

    No list of bookings goes along from one to the other: with the same text each time the
    database plans it once.
    """

    cells: Select[*tuple[Any, ...]]
    joint_teams: Select[int, int, str]

    @classmethod
    def about(cls, *wanted: ColumnElement[bool]) -> _Statements:
        """Of the confirmed bookings of the event `:event` that are `wanted`."""
        confirmed = Booking.status == BookingStatus.CONFIRMED
        wanted = (Booking.event_id == bindparam("event"), confirmed, *wanted)
        cells = (
            select(
                Booking.id,
                Booking.uid,
                Booking.room_id,
                Room.name,
                Booking.starts_at,
                Booking.ends_at,
                Team.id,
                Team.slug,
                Slot.id,
                Slot.starts_at,
                Slot.ends_at,
                Window.day,
            )
            .join(Room, Room.id == Booking.room_id)
            .join(Team, Team.id == Booking.team_id)
            .join(BookingSlot, BookingSlot.booking_id == Booking.id)
            .join(Slot, Slot.id == BookingSlot.slot_id)
            .join(Window, Window.id == Slot.window_id)
            .where(*wanted)
            .order_by(Booking.starts_at, Booking.id)
        )
        joint_teams = (
            select(BookingTeam.booking_id, Team.id, Team.slug)
            .join(Team, Team.id == BookingTeam.team_id)
            .join(Booking, Booking.id == BookingTeam.booking_id)
            .where(*wanted)
            .order_by(Team.slug)
        )
        return cls(cells, joint_teams)


_TEAMS: BindParameter[int] = bindparam("teams", expanding=True)
_ALL = _Statements.about()
_CONCERNED = _Statements.about(
    or_(
        and_(Booking.starts_at < bindparam("end"), Booking.ends_at > bindparam("start")),
        Booking.team_id.in_(_TEAMS),
        Booking.id.in_(select(BookingTeam.booking_id).where(BookingTeam.team_id.in_(_TEAMS))),
    )
)
_DECLARED = select(DeclaredConflict.team_id, DeclaredConflict.other_id).where(
    or_(DeclaredConflict.team_id.in_(_TEAMS), DeclaredConflict.other_id.in_(_TEAMS))
)
