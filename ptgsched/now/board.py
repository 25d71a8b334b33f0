"""What the board shows of an event at an instant: a pure reading, the same for everybody.

Nothing in it depends on who asks, so one rendering serves all readers of a zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from ptgsched.db import db
from ptgsched.events.models import Event, Room
from ptgsched.live import queries as live
from ptgsched.live.days import turns
from ptgsched.live.queries import Live, Said
from ptgsched.schedule import queries as schedule
from ptgsched.schedule.joining import etherpad_link, join_link, room_link
from ptgsched.schedule.models import Booking, BookingStatus
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of
from ptgsched.web.links import Links

MOST_STARTS = 3  # hours that are told of beforehand
MOST_FOR_A_ROOM = 3  # sessions
TOGETHER = timedelta(hours=3)  # how far the last of these hours may lie behind the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a team posted: what it is at (None: nothing), and what comes next."""

    team: Team
    now: Said | None
    next: Sequence[Said]
    place: str | None  # where it said it is, if it did
    people: int  # checked in


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A booking with its one join link, and what its teams posted, the booking team first."""

    booking: Booking
    join: str | None
    pad: str
    talks: Sequence[Talk] = ()
    first_room: str | None = None  # of the booking team today: its place until it names another

    @property
    def moved_to(self) -> str | None:
        """Where the booking team says it is, when that is not the booked room."""
        place = self.talks[0].place if self.talks else None
        return place if place not in {None, self.first_room, self.booking.room.name} else None

    @property
    def people(self) -> int:
        """How many checked in at its teams."""
        return sum(talk.people for talk in self.talks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """All that begins at one instant."""

    at: datetime
    sessions: Sequence[Session]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All of it; before `valid_since` and from `valid_until` on the same state reads otherwise."""

    messages: Sequence[tuple[str, str]]
    running: Sequence[Session]
    posted: Sequence[Talk]  # of teams that do not meet now
    coming: Sequence[Start]
    people: Mapping[str, Sequence[str]]  # place -> nicks of those who share it
    teams: Mapping[str, Team]
    room: Room | None  # the only one it is about
    way_in: str | None  # to that room
    day_began: datetime  # the event's; older topics were posted before it
    valid_since: datetime
    valid_until: datetime


def read(event: Event, links: Links, at: datetime, room: Room | None = None) -> Board:
    """The board at `at`, of the whole event or of one room."""
    on = live.live(event, at)
    teams = {team.slug: team for team in teams_of(event)}
    talks = {slug: _talk(on, team) for slug, team in teams.items()}
    running = schedule.bookings(event, room=room, since=at, until=at + timedelta(microseconds=1))
    meeting = {team.slug for booking in running for team in booking.teams}
    starts = _starts(event, at, room)
    coming = _coming(event, room, starts)
    day_began, day_ends = turns(event, at)
    ends = [booking.ends_at for booking in running]
    rooms = live.rooms_of_today(event, at)

    def session(booking: Booking) -> Session:
        return Session(
            booking=booking,
            join=join_link(links, event, booking.team, booking.room),
            pad=etherpad_link(links, event, booking.team),
            talks=[talks[team.slug] for team in booking.teams],
            first_room=rooms.get(booking.team_id),
        )

    return Board(
        messages=on.messages,
        running=[session(booking) for booking in running],
        posted=[] if room else [t for slug, t in talks.items() if _stands(t, slug, meeting)],
        coming=[
            Start(at=start, sessions=[session(booking) for booking in group])
            for start, group in _by_start(coming)
        ],
        people=_places(on) if room is None else {},
        teams=teams,
        room=room,
        way_in=room_link(links, event, room) if room else None,
        day_began=day_began,
        valid_since=max([day_began, *_passed(event, at)]),
        valid_until=min([day_ends, *starts[:1], *ends]),
    )


def _talk(on: Live, team: Team) -> Talk:
    slug = team.slug
    return Talk(
        team=team,
        now=on.now.get(slug),
        next=on.next.get(slug, ()),
        place=on.places.get(slug),
        people=on.counts.get(slug, 0),
    )


def _stands(talk: Talk, slug: str, meeting: set[str]) -> bool:
    return slug not in meeting and bool(talk.now or talk.next)


def _starts(event: Event, at: datetime, room: Room | None) -> list[datetime]:
    """The next instants at which something begins."""
    query = select(Booking.starts_at).where(
        Booking.event_id == event.id,
        Booking.status == BookingStatus.CONFIRMED,
        Booking.starts_at > at,
    )
    if room is not None:
        query = query.where(Booking.room_id == room.id)
    most = MOST_STARTS if room is None else MOST_FOR_A_ROOM
    rows = db.session.scalars(query.distinct().order_by(Booking.starts_at).limit(most))
    return list(rows)


def _passed(event: Event, at: datetime) -> list[datetime]:
    """When the last session began, and when the last one ended."""
    found = []
    for bound in (Booking.starts_at, Booking.ends_at):
        query = select(func.max(bound)).where(
            Booking.event_id == event.id, Booking.status == BookingStatus.CONFIRMED, bound <= at
        )
        found.append(db.session.scalar(query))
    return [instant for instant in found if instant is not None]


def _coming(event: Event, room: Room | None, starts: Sequence[datetime]) -> list[Booking]:
    if room is None:
        starts = [start for start in starts if start - starts[0] <= TOGETHER]
    if not starts:
        return []
    found = schedule.bookings(
        event, room=room, since=starts[0], until=starts[-1] + timedelta(microseconds=1)
    )
    return [booking for booking in found if booking.starts_at >= starts[0]]


def _by_start(bookings: Iterable[Booking]) -> list[tuple[datetime, list[Booking]]]:
    found: dict[datetime, list[Booking]] = defaultdict(list)
    for booking in bookings:
        found[booking.starts_at].append(booking)
    return sorted(found.items())


def _places(on: Live) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for person in on.shared:
        if person.out_at is None:
            found[person.place].append(person.nick)
    return dict(sorted(found.items()))
