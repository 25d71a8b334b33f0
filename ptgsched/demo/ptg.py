"""The demo's virtual PTG laid out: five days around today, rooms, phases, 46 teams."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from ptgsched.db import db
from ptgsched.demo.teams import (
    CONFLICTS,
    JOINT_WISHES,
    NO_SURVEY,
    PROJECTS,
    TEAMS,
    joint_hours,
)
from ptgsched.events.kinds import TEMPLATES
from ptgsched.events.layout import create_event, lay_out
from ptgsched.events.models import Event, EventStatus, Phase, Room, RoomKind
from ptgsched.teams.models import Project, Team, TeamKind, TeamSurvey, TeamWish, Wish, declare
from ptgsched.text import slugify

SLUG = "virtual-ptg"
DAYS = 5
ROOMS = (
    # name, kind, capacity; like the rooms of June 2020: one word each
    ("Avocet", RoomKind.ZOOM, 100),
    ("Bittern", RoomKind.ZOOM, 100),
    ("Curlew", RoomKind.ZOOM, 100),
    ("Dunlin", RoomKind.ZOOM, 100),
    ("Egret", RoomKind.ZOOM, 100),
    ("Fulmar", RoomKind.ZOOM, 300),
    ("Gannet", RoomKind.ZOOM, 300),
    ("Heron", RoomKind.MEETPAD, 40),
    ("Ibis", RoomKind.MEETPAD, 40),
    ("Jacana", RoomKind.MEETPAD, 30),
    ("Kestrel", RoomKind.MEETPAD, 30),
    ("Lapwing", RoomKind.MEETPAD, 25),
)
LENT = "Gannet"  # offered in window A only
ABOUT = (
    "Teams of five communities meet to plan their next cycle. Every team signs up by itself: "
    "at most 4 hours a day and 16 in all until the caps are lifted."
)


def first_day(at: datetime) -> date:
    """The Monday of this week from Tuesday to Thursday, else two days ago.

    So a part of the event is always over, and a part is always to come.
    """
    today = at.astimezone(UTC).date()
    back = today.weekday() if today.weekday() in {1, 2, 3} else 2
    return today - timedelta(days=back)


def create_ptg(at: datetime) -> tuple[Event, dict[str, Team]]:
    """The event with windows, rooms, phases and teams, and nothing booked; teams by slug."""
    start = first_day(at)
    made_at = _utc(start - timedelta(days=60), 9)
    event = create_event(
        SLUG,
        title=f"Virtual PTG, {start:%B %Y}",
        kind="other",
        starts_on=start,
        ends_on=start + timedelta(days=DAYS - 1),
        status=EventStatus.PUBLISHED,
        at=made_at,
    )
    event.kind = "virtual-ptg"
    event.description = ABOUT
    event.links = {"Code of conduct": "https://openinfra.dev/legal/code-of-conduct"}
    # A real one lies on weekdays; the demo has to run on the day somebody looks at it.
    lay_out(event, replace(TEMPLATES["virtual-ptg"], weekdays_only=False))
    _add_rooms(event)
    _add_phases(event, at)
    return event, _add_teams(event, made_at)


def sign_up_opens(event: Event, *, horizontal: bool) -> datetime:
    """When teams of that kind may book: six or four weeks before the first day."""
    return _utc(event.starts_on - timedelta(weeks=6 if horizontal else 4), 13)


def _add_rooms(event: Event) -> None:
    for position, (name, kind, capacity) in enumerate(ROOMS):
        room = Room(slug=slugify(name), name=name, kind=kind, capacity=capacity, position=position)
        if kind == RoomKind.ZOOM:
            room.join_url = f"https://zoom.example.org/j/97{position}5550{position}142"
            room.passcode = f"wader-{7919 * (position + 3)}"
            room.features = ["recording", "breakout rooms"]
        else:
            room.features = ["etherpad beside the call"]
        if name == LENT:
            room.description = "Lent by a member company, during window A only."
            room.offered_always = False
            room.offered_slots = [
                slot for window in event.windows if window.code == "A" for slot in window.slots
            ]
        event.rooms.append(room)


def _add_phases(event: Event, at: datetime) -> None:
    both = [TeamKind.HORIZONTAL, TeamKind.VERTICAL]
    tomorrow = at.astimezone(UTC).date() + timedelta(days=1)
    for name, opens_at, kinds, per_day, total in (
        (
            "First round",
            sign_up_opens(event, horizontal=True),
            [TeamKind.HORIZONTAL],
            4.0,
            16.0,
        ),
        ("Second round", sign_up_opens(event, horizontal=False), both, 4.0, 16.0),
        ("Caps lifted", _utc(tomorrow, 12), both, None, None),
    ):
        phase = Phase(name=name, opens_at=opens_at, team_kinds=[str(kind) for kind in kinds])
        phase.max_hours_per_day = per_day
        phase.max_hours_total = total
        event.phases.append(phase)


def _add_teams(event: Event, made_at: datetime) -> dict[str, Team]:
    projects = {
        name: Project(event_id=event.id, slug=slugify(name), name=name) for name in PROJECTS
    }
    db.session.add_all(projects.values())
    teams = {}
    for number, plan in enumerate(TEAMS):
        team = Team(
            event_id=event.id,
            slug=plan.slug,
            name=plan.name,
            kind=TeamKind.HORIZONTAL if plan.horizontal else TeamKind.VERTICAL,
            project=projects[plan.project],
            chat_channel=plan.channel,
        )
        if plan.slug not in NO_SURVEY:
            team.expected_attendance = plan.people
            team.hours_wanted = float(plan.hours + joint_hours(plan.slug))
            team.survey_completed_at = made_at + timedelta(hours=11 * number)
        teams[plan.slug] = team
    teams["kata"].join_url = "https://meetpad.opendev.org/kata-architecture"
    db.session.add_all(teams.values())
    db.session.flush()
    db.session.add_all(declare(teams[one], teams[other]) for one, other in CONFLICTS)
    db.session.add_all(
        TeamSurvey(
            team_id=teams[plan.slug].id,
            windows=sorted(plan.windows),
            updated_at=teams[plan.slug].survey_completed_at,
        )
        for plan in TEAMS
        if plan.slug not in NO_SURVEY
    )
    for one, other in CONFLICTS:
        pair = (teams[one].id, teams[other].id)
        db.session.add(TeamWish(team_id=pair[0], other_id=pair[1], kind=Wish.APART))
    for one, other in JOINT_WISHES:
        pair = (teams[one].id, teams[other].id)
        db.session.add(TeamWish(team_id=pair[0], other_id=pair[1], kind=Wish.JOINT))
    return teams


def _utc(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)
