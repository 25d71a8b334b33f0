"""What stands in the way of a good event: who cannot be in two places, rooms too small or unused.

Read from what is booked and what surveys say; each finding knows what to open to mend it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select

from ptgsched.db import db
from ptgsched.events.models import Event, Room, Slot
from ptgsched.schedule import queries
from ptgsched.schedule.models import Booking
from ptgsched.setup.rooms import rooms_of
from ptgsched.survey.queries import TeamState, declared_pairs, team_states
from ptgsched.teams.models import Team, TeamWish, Wish

MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Clash:
    """Two sessions at the same time, and why that is a pity: teams or people, by name."""

    one: Booking
    other: Booking
    who: str


@dataclass(frozen=True, slots=True)
class Crowded:
    """A session of more people than its room takes, with rooms that are free then and do."""

    booking: Booking
    expected: int
    larger: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A session in a window that its team did not name as one that suits."""

    booking: Booking
    window: str
    suits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All findings about what is still to come."""

    declared: Sequence[Clash]
    people: Sequence[Clash]
    doubled: Sequence[Clash]  # one team in two rooms
    crowded: Sequence[Crowded]
    misplaced: Sequence[Misplaced]
    unused: Sequence[Room]
    below: Sequence[TeamState]
    unsurveyed: Sequence[TeamState]
    unmet: Sequence[tuple[Team, Team]]  # the first asked for a joint session

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings of each kind."""
        return {field.name: len(getattr(self, field.name)) for field in fields(self)}


def overview_of(event: Event, at: datetime) -> Overview:
    """Look at everything that ends after `at`; a fixed number of queries."""
    every = queries.bookings(event)
    coming = [booking for booking in every if booking.ends_at > at]
    states = team_states(event, at)
    rooms = rooms_of(event)
    slots = {slot.code: slot for slot in event.slots}
    used = {booking.room_id for booking in every}
    return Overview(
        declared=list(_declared(event, coming)),
        people=list(_people(states, coming)),
        doubled=list(_doubled(coming)),
        crowded=list(_crowded(coming, rooms, slots)),
        misplaced=list(_misplaced(coming, states, slots)),
        unused=[room for room in rooms if room.id not in used],
        below=[state for state in states if state.below > 0],
        unsurveyed=[state for state in states if not state.has_survey],
        unmet=list(_unmet(states, every)),
    )


def _parallel(bookings: Sequence[Booking]) -> Iterator[tuple[Booking, Booking]]:
    """Pairs that share an instant; `bookings` are in order of start."""
    for number, one in enumerate(bookings):
        for other in bookings[number + 1 :]:
            if other.starts_at >= one.ends_at:
                break
            yield one, other


def _declared(event: Event, bookings: Sequence[Booking]) -> Iterator[Clash]:
    pairs = {frozenset(pair) for pair in declared_pairs(event)}
    for one, other in _parallel(bookings):
        found = [
            f"{mine.name} and {theirs.name}"
            for mine in one.teams
            for theirs in other.teams
            if frozenset((mine.id, theirs.id)) in pairs
        ]
        if found:
            yield Clash(one, other, ", ".join(found))


def _people(states: Iterable[TeamState], bookings: Sequence[Booking]) -> Iterator[Clash]:
    led: dict[int, set[int]] = {}
    names: dict[int, str] = {}
    for state in states:
        for membership in state.leading:
            led.setdefault(membership.user_id, set()).add(state.team.id)
            names[membership.user_id] = membership.user.name or membership.user.email
    both = {user_id: teams for user_id, teams in led.items() if len(teams) > 1}
    for one, other in _parallel(bookings):
        here = {team.id for team in one.teams}
        there = {team.id for team in other.teams}
        found = [
            names[user_id]
            for user_id, teams in both.items()
            # One team in two rooms is another finding.
            if teams & here - there and teams & there - here
        ]
        if found:
            yield Clash(one, other, ", ".join(sorted(found)))


def _doubled(bookings: Sequence[Booking]) -> Iterator[Clash]:
    for one, other in _parallel(bookings):
        shared = [team.name for team in one.teams if team in other.teams]
        if shared:
            yield Clash(one, other, ", ".join(shared))


def _crowded(
    bookings: Sequence[Booking], rooms: Sequence[Room], slots: Mapping[str, Slot]
) -> Iterator[Crowded]:
    for booking in bookings:
        expected = sum(team.expected_attendance or 0 for team in booking.teams)
        if booking.room.capacity is None or expected <= booking.room.capacity:
            continue
        held = {
            other.room_id
            for other in bookings
            if other is not booking and other.interval.overlaps(booking.interval)
        }
        wanted = [slots[code] for code in booking.slot_codes if code in slots]
        larger = [
            room
            for room in rooms
            if room.id not in held
            and room.capacity is not None
            and room.capacity >= expected
            and all(room.offers(slot) for slot in wanted)
        ]
        larger.sort(key=lambda room: room.capacity or 0)
        yield Crowded(booking, expected, tuple(larger[:MOST_SUGGESTED]))


def _misplaced(
    bookings: Sequence[Booking], states: Iterable[TeamState], slots: Mapping[str, Slot]
) -> Iterator[Misplaced]:
    suits = {s.team.id: tuple(s.survey.windows) for s in states if s.survey and s.survey.windows}
    for booking in bookings:
        first = slots.get(booking.slot_codes[0])
        named = suits.get(booking.team_id, ())
        if first is not None and named and first.window.code not in named:
            yield Misplaced(booking, first.window.code, named)


def _unmet(states: Sequence[TeamState], bookings: Iterable[Booking]) -> Iterator[tuple[Team, Team]]:
    teams = {state.team.id: state.team for state in states}
    met = {
        frozenset((one.id, other.id))
        for booking in bookings
        for one in booking.teams
        for other in booking.teams
        if one is not other
    }
    rows = db.session.execute(
        select(TeamWish.team_id, TeamWish.other_id)
        .where(TeamWish.kind == Wish.JOINT, TeamWish.team_id.in_(list(teams)))
        .order_by(TeamWish.team_id, TeamWish.other_id)
    )
    seen: set[frozenset[int]] = set()
    for one, other in rows:
        pair = frozenset((one, other))
        if pair not in met and pair not in seen and other in teams:
            seen.add(pair)
            yield teams[one], teams[other]


@dataclass(frozen=True, slots=True)
class RoomDay:
    """A room on one event day, with its sessions in order of time."""

    room: Room
    bookings: tuple[Booking, ...]


@dataclass(frozen=True, slots=True)
class AssignedDay:
    """One event day: the rooms in use, in their order."""

    day: date
    rooms: tuple[RoomDay, ...]


def assignments(event: Event) -> list[AssignedDay]:
    """Which team is where, for each event day on which something is booked."""
    days = {slot.code: slot.day for slot in event.slots}
    found: dict[date, dict[int, list[Booking]]] = {}
    for booking in queries.bookings(event):
        day = days.get(booking.slot_codes[0], booking.starts_at.date())
        found.setdefault(day, {}).setdefault(booking.room_id, []).append(booking)
    return [
        AssignedDay(
            day,
            tuple(RoomDay(room, tuple(rooms[room.id])) for room in event.rooms if room.id in rooms),
        )
        for day, rooms in sorted(found.items())
    ]
