"""The demo's other events: OpenDev in three parts, a summit, a training, a hackathon."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.demo import programme
from ptgsched.demo.ptg import first_day
from ptgsched.events.layout import add_window, create_event
from ptgsched.events.models import Event, EventStatus, Room, RoomKind, Slot
from ptgsched.intervals import Interval
from ptgsched.schedule.journal import door
from ptgsched.schedule.operations import create, propose
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of
from ptgsched.text import slugify

COMMITTEE = Actor("organizer", "web")
MAIN_STAGE = "Main stage"
HOUR = timedelta(hours=1)
OPENING_HOUR = 5  # UTC, of the virtual PTG's first window

# Between the windows of the virtual PTG, so that at any hour somebody somewhere is meeting.
HUNT_WINDOWS = (
    ("J", "Asia/Pacific", 1),
    ("K", "Europe/Africa/India", 9),
    ("L", "Americas", 17),
)

Session = tuple[str, Room, Sequence[Slot], str]
"""Who meets (a team's slug), where, when, and about what."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An event, and `fill`: what is booked at it."""

    slug: str
    title: str
    kind: str
    description: str
    first: date
    days: int
    teams: Sequence[tuple[str, str]]
    rooms: Sequence[tuple[str, RoomKind, int]]
    fill: Callable[[Event], Iterator[Session]]
    zone: str = "UTC"
    status: EventStatus = EventStatus.PUBLISHED


def create_others(at: datetime) -> list[Event]:
    """All of them, booked; each with a door of its own."""
    return [_create(plan, at) for plan in _plans(at)]


def _plans(at: datetime) -> Iterator[Plan]:
    today = at.astimezone(UTC).date()
    monday = today - timedelta(days=today.weekday())
    opendev = Plan(
        "opendev-hardware",
        "OpenDev: Hardware Automation",
        "opendev",
        "Three days of moderated discussions for people who run machines by the thousand.",
        first=today - timedelta(days=1),
        days=3,
        teams=_names(programme.HARDWARE),
        rooms=(("Forum", RoomKind.ZOOM, 500), ("Workshop", RoomKind.MEETPAD, 40)),
        fill=lambda event: _discussions(event, programme.HARDWARE),
    )
    yield opendev
    yield replace(
        opendev,
        slug="opendev-large-scale",
        title="OpenDev: Large-scale Usage of Open Infrastructure",
        description="The first part of the series: recaps are linked from the pads.",
        first=monday - timedelta(days=34),
        teams=_names(programme.LARGE_SCALE),
        fill=lambda event: _discussions(event, programme.LARGE_SCALE),
        status=EventStatus.ARCHIVED,
    )
    yield replace(
        opendev,
        slug="opendev-containers",
        title="OpenDev: Containers in Production",
        description="The third part; the programme committee is still choosing topics.",
        first=monday + timedelta(days=43),
        teams=_names(programme.CONTAINERS),
        fill=lambda event: iter(()),  # noqa: ARG005 -- a draft without sessions
        status=EventStatus.DRAFT,
    )
    yield Plan(
        "summit",
        "Virtual Summit",
        "summit",
        "Keynotes in the morning, then sessions in five tracks.",
        first=monday + timedelta(days=22),
        days=3,
        teams=(("keynotes", "Keynotes"), *programme.SPEAKERS),
        rooms=(
            (MAIN_STAGE, RoomKind.OTHER, 10_000),
            *((track, RoomKind.ZOOM, 1_000) for track in programme.TRACKS),
        ),
        fill=_talks,
        zone="America/Chicago",
    )
    yield Plan(
        "upstream-institute",
        "Upstream Institute",
        "training",
        "Two blocks of three hours: how to contribute, with mentors at your side.",
        first=monday + timedelta(days=21),
        days=1,
        teams=(("upstream-institute", "Upstream Institute"),),
        rooms=(("Classroom", RoomKind.ZOOM, 100),),
        fill=_lessons,
        zone="Europe/Berlin",
    )
    yield Plan(
        "bug-hunt",
        "Around-the-clock Bug Hunt",
        "hackathon",
        "Between the windows of the virtual PTG: three shifts hand over to each other.",
        first=first_day(at),
        days=5,
        teams=_names(programme.HUNTS),
        rooms=(("Burrow", RoomKind.MEETPAD, 40), ("Nest", RoomKind.MEETPAD, 25)),
        fill=_hunts,
    )


def _create(plan: Plan, at: datetime) -> Event:
    start = datetime.combine(plan.first, time(12), UTC)
    settled_at = min(at - timedelta(days=9), start - timedelta(days=21))
    event = create_event(
        plan.slug,
        title=plan.title,
        kind=plan.kind,
        starts_on=plan.first,
        ends_on=plan.first + timedelta(days=plan.days - 1),
        timezone=plan.zone,
        status=EventStatus.PUBLISHED,
        at=settled_at - timedelta(days=30),
    )
    event.description = plan.description
    event.allow_parallel = plan.kind == "summit"  # a project speaks in several tracks at once
    if plan.kind == "hackathon":
        _add_shifts(event)
    _add_rooms(event, plan.rooms)
    db.session.add_all(Team(event_id=event.id, slug=slug, name=name) for slug, name in plan.teams)
    with door(event, actor=COMMITTEE, at=settled_at) as journal:
        teams = {team.slug: team for team in teams_of(event)}
        for slug, room, slots, title in plan.fill(event):
            create(journal, propose(teams[slug], room, slots), title=title)
    event.status = plan.status
    return event


def _add_shifts(event: Event) -> None:
    first = datetime.combine(event.starts_on, time(0), UTC)
    for number in range((event.ends_on - event.starts_on).days + 1):
        day = first + timedelta(days=number)
        for code, name, hour in HUNT_WINDOWS:
            if number == 0 and hour < OPENING_HOUR:
                continue  # it begins once the virtual PTG has
            starts = [day + (hour + n) * HOUR for n in range(4)]
            add_window(event, code, name, [Interval(start, start + HOUR) for start in starts])


def _add_rooms(event: Event, rooms: Sequence[tuple[str, RoomKind, int]]) -> None:
    for position, (name, kind, capacity) in enumerate(rooms):
        room = Room(slug=slugify(name), name=name, kind=kind, capacity=capacity, position=position)
        if kind == RoomKind.ZOOM:
            room.join_url = f"https://zoom.example.org/j/86{position}4410{event.id}77"
            room.passcode = f"otter-{6007 * (position + event.id)}"
        elif kind == RoomKind.OTHER:
            room.join_url = "https://stage.example.org/live"
        if event.kind == "summit":
            stage = name == MAIN_STAGE
            room.offered_always = False
            room.offered_slots = [
                slot
                for window in event.windows
                for slot in window.slots
                if (window.code == "K") == stage
            ]
        event.rooms.append(room)


def _discussions(event: Event, topics: Sequence[tuple[str, str, str]]) -> Iterator[Session]:
    forum, workshop = event.rooms
    main = itertools.cycle(topics)
    for number, window in enumerate(event.windows):
        slug, _, title = next(main)
        yield slug, forum, window.slots, title
        if number % 2:
            slug, name, _ = topics[(number // 2 + 2) % len(topics)]
            if slug != topics[number % len(topics)][0]:
                yield slug, workshop, window.slots[:1], f"{name}: notes and next steps"


def _talks(event: Event) -> Iterator[Session]:
    """Each talk once; a third of the places in the programme are still free."""
    rooms: Mapping[str, Room] = {room.name: room for room in event.rooms}
    keynotes = iter(programme.KEYNOTES)
    talks = {track: iter(titles) for track, titles in programme.TALKS.items()}
    speakers = itertools.cycle(slug for slug, _ in programme.SPEAKERS)
    places = itertools.count()
    for slot in event.slots:
        if slot.window.code == "K":
            yield "keynotes", rooms[MAIN_STAGE], [slot], next(keynotes)
            continue
        for track in programme.TRACKS:
            title = next(talks[track], None) if next(places) % 3 else None
            if title is not None:
                yield next(speakers), rooms[track], [slot], title


def _lessons(event: Event) -> Iterator[Session]:
    for window, title in zip(event.windows, programme.LESSONS, strict=True):
        yield "upstream-institute", event.rooms[0], window.slots, title


def _hunts(event: Event) -> Iterator[Session]:
    burrow, nest = event.rooms
    groups = itertools.cycle(programme.HUNTS)
    for number, window in enumerate(event.windows):
        for half in (window.slots[:2], window.slots[2:]):
            slug, _, title = next(groups)
            yield slug, burrow, half, title
        if number % 2:
            slug, _, title = next(groups)
            yield slug, nest, window.slots[1:3], title


def _names(topics: Sequence[tuple[str, str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((slug, name) for slug, name, _ in topics)
