"""Reading the live board.  What belongs to an earlier day than `at` is passed over as gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from ptgsched.accounts.models import ApiToken
from ptgsched.db import db
from ptgsched.events.models import Event, Room, Slot, Window
from ptgsched.live.days import board_day, today
from ptgsched.live.models import (
    CheckIn,
    LiveBoard,
    Message,
    Notice,
    NoticeMark,
    Person,
    Place,
    Topic,
    TopicKind,
)
from ptgsched.schedule import queries as schedule
from ptgsched.schedule.models import Booking, BookingSlot, BookingTeam
from ptgsched.teams.models import Team

MOST_NOTICES = 200


class Said(NamedTuple):
    """A topic: its text, when it was set, and by whom (Actor.label)."""

    text: str
    at: datetime
    by: str


class Presence(NamedTuple):
    """Where somebody is (`place` is ``#nova`` or free text), or was until `out_at`."""

    nick: str
    place: str
    in_at: datetime
    out_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """All that is public of an event's board at one instant; teams by slug."""

    revision: int
    voice_required: bool = False
    changed_at: datetime | None = None  # of the last live change; None when there was none
    messages: Sequence[tuple[str, str]] = ()  # (level, text) in order
    now: Mapping[str, Said] = field(default_factory=dict)
    next: Mapping[str, Sequence[Said]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)  # people checked in at a team
    shared: Sequence[Presence] = ()  # of those who agreed to be named


def live(event: Event, at: datetime) -> Live:
    """The board as everybody may see it at `at`: seven statements at most."""
    board = db.session.get(LiveBoard, event.id)
    if board is None:
        return Live(revision=event.live_revision)
    shown = Live(
        revision=event.live_revision,
        voice_required=board.voice_required,
        changed_at=board.changed_at,
        messages=[(message.level, message.text) for message in messages(event)],
    )
    if is_over(board, board_day(event, at)):
        return shown
    return replace(
        shown,
        now=dict(_topics(event, TopicKind.NOW)),
        next=_grouped(_topics(event, TopicKind.NEXT)),
        places=_places(event),
        counts=_counts(event),
        shared=_shared(event),
    )


def stamp(event: Event, at: datetime) -> str:
    """What changes when the answer of `live` does: for an ETag, two statements."""
    return f"{event.schedule_revision}.{event.live_revision}.{board_day(event, at):%Y%m%d}"


def is_over(board: LiveBoard | None, day: date) -> bool:
    """Whether the board's own day lies before `day`, so that what belongs to it is gone."""
    return board is not None and board.day < day


def messages(event: Event) -> list[Message]:
    """The messages of the day in order."""
    query = select(Message).where(Message.event_id == event.id)
    return list(db.session.scalars(query.order_by(Message.position, Message.id)))


def topics(team: Team) -> tuple[Topic | None, list[Topic]]:
    """What stands of a team's now and next, whatever the day: for writers, under the lock."""
    query = select(Topic).where(Topic.team_id == team.id).order_by(Topic.position)
    rows = list(db.session.scalars(query))
    now = next((row for row in rows if row.kind == TopicKind.NOW), None)
    return now, [row for row in rows if row.kind == TopicKind.NEXT]


def room_of_today(event: Event, team: Team, at: datetime) -> str | None:
    """The name of the room of the team's first booking today, joint ones included."""
    joined = select(BookingTeam.booking_id).where(BookingTeam.team_id == team.id)
    query = _rooms_of_today(event, at, Room.name)
    query = query.where(or_(Booking.team_id == team.id, Booking.id.in_(joined)))
    found: str | None = db.session.scalar(query.limit(1))
    return found


def rooms_of_today(event: Event, at: datetime) -> dict[int, str]:
    """Likewise of all teams that meet today, by their ids."""
    query = _rooms_of_today(event, at, Booking.team_id, BookingTeam.team_id, Room.name)
    query = query.outerjoin(BookingTeam, BookingTeam.booking_id == Booking.id)
    found: dict[int, str] = {}
    for lead, guest, room in db.session.execute(query):
        found.setdefault(lead, room)
        if guest is not None:
            found.setdefault(guest, room)
    return found


def coming_bookings(event: Event, team: Team, at: datetime, most: int) -> list[Booking]:
    """The team's next bookings that are not over at `at`, in order."""
    return schedule.bookings(event, team=team, since=at)[:most]


def requires_voice(event: Event) -> bool:
    """Whether only voiced people and operators may give team commands in chat."""
    board = db.session.get(LiveBoard, event.id)
    return board is not None and board.voice_required


def person(event: Event, nick: str) -> Person | None:
    """What is known of somebody in chat, by nick in any case."""
    query = select(Person).where(Person.event_id == event.id, Person.key == nick.casefold())
    return db.session.scalar(query)


def check_in_of(event: Event, nick: str, at: datetime) -> CheckIn | None:
    """Where somebody checked in today, in or out again; None for those who did not."""
    if is_over(db.session.get(LiveBoard, event.id), board_day(event, at)):
        return None
    return db.session.scalar(
        select(CheckIn)
        .join(Person, Person.id == CheckIn.person_id)
        .where(CheckIn.event_id == event.id, Person.key == nick.casefold())
    )


def subscribers(event: Event) -> list[Person]:
    """Those who have a subscription, by nick."""
    query = select(Person).where(Person.event_id == event.id, Person.subscription.is_not(None))
    return list(db.session.scalars(query.order_by(Person.key)))


def notices(event: Event, token_id: int, *, after: int, since: datetime) -> list[Notice]:
    """What the relay with this token is still to say, oldest first: ids above `after`.

    Nothing from before `since`, nor what it was told as it passed the topic on.
    """
    query = select(Notice).where(
        Notice.event_id == event.id,
        Notice.id > after,
        Notice.at >= since,
        Notice.told_token_id.is_distinct_from(token_id),
    )
    return list(db.session.scalars(query.order_by(Notice.id).limit(MOST_NOTICES)))


def last_notice(event: Event, *, until: int | None = None) -> int:
    """The highest id of a notice, or of those that are not above `until`; 0 for none."""
    query = select(func.max(Notice.id)).where(Notice.event_id == event.id)
    if until is not None:
        query = query.where(Notice.id <= until)
    return db.session.scalar(query) or 0


def has_other_relays(event: Event, token_id: int | None) -> bool:
    """Whether notices are fetched with another token than this one."""
    query = select(NoticeMark.token_id).where(
        NoticeMark.event_id == event.id, NoticeMark.token_id.is_distinct_from(token_id)
    )
    return db.session.scalar(query.limit(1)) is not None


def mark_left(event: Event, at: datetime) -> NoticeMark | None:
    """The furthest mark of a relay whose token was revoked, or has ended at `at`."""
    query = (
        select(NoticeMark)
        .join(ApiToken, ApiToken.id == NoticeMark.token_id)
        .where(
            NoticeMark.event_id == event.id,
            or_(ApiToken.revoked_at.is_not(None), ApiToken.expires_at <= at),
        )
    )
    return db.session.scalar(query.order_by(NoticeMark.number.desc()).limit(1))


def _rooms_of_today(
    event: Event, at: datetime, *columns: InstrumentedAttribute[Any]
) -> Select[Any]:
    """Of each cell that is booked today, the first one first."""
    return (
        select(*columns)
        .select_from(BookingSlot)
        .join(Room, Room.id == BookingSlot.room_id)
        .join(Booking, Booking.id == BookingSlot.booking_id)
        .join(Slot, Slot.id == BookingSlot.slot_id)
        .join(Window, Window.id == Slot.window_id)
        .where(Booking.event_id == event.id, Window.day == today(event, at))
        .order_by(Slot.starts_at, Room.position)
    )


def _topics(event: Event, kind: TopicKind) -> list[tuple[str, Said]]:
    rows = db.session.execute(
        select(Team.slug, Topic.text, Topic.at, Topic.by)
        .join(Team, Team.id == Topic.team_id)
        .where(Topic.event_id == event.id, Topic.kind == kind)
        .order_by(Team.slug, Topic.position)
    )
    return [(slug, Said(text, at, by)) for slug, text, at, by in rows]


def _grouped(rows: Iterable[tuple[str, Said]]) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = defaultdict(list)
    for slug, said in rows:
        found[slug].append(said)
    return dict(found)


def _places(event: Event) -> dict[str, str]:
    rows = db.session.execute(
        select(Team.slug, Place.text)
        .join(Team, Team.id == Place.team_id)
        .where(Place.event_id == event.id)
        .order_by(Team.slug)
    )
    return dict(rows.all())


def _counts(event: Event) -> dict[str, int]:
    rows = db.session.execute(
        select(Team.slug, func.count())
        .join(CheckIn, CheckIn.team_id == Team.id)
        .where(CheckIn.event_id == event.id, CheckIn.out_at.is_(None))
        .group_by(Team.slug)
        .order_by(Team.slug)
    )
    return dict(rows.all())


def _shared(event: Event) -> list[Presence]:
    rows = db.session.execute(
        select(Person.nick, CheckIn.place, CheckIn.in_at, CheckIn.out_at)
        .join(CheckIn, CheckIn.person_id == Person.id)
        .where(CheckIn.event_id == event.id, Person.shares)
        .order_by(Person.key)
    )
    return [Presence(*row) for row in rows]
