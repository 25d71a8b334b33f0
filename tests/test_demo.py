"""The demo: at any instant somebody is meeting, and everything in it obeys the rules."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from ptgsched.accounts.models import User
from ptgsched.accounts.passwords import authenticate
from ptgsched.db import db
from ptgsched.demo import DEMO_EVENT, load_demo
from ptgsched.errors import Conflict
from ptgsched.events.models import Event, EventStatus, Room, Slot
from ptgsched.live import queries as live
from ptgsched.schedule import queries
from ptgsched.schedule.models import Booking, BookingSlot, BookingStatus, Change
from ptgsched.schedule.operations import propose
from ptgsched.schedule.policy import judge
from ptgsched.teams.models import Project, Team
from ptgsched.teams.permissions import is_organizer, led_team_ids

INSTANTS = [
    datetime(2026, 11, 24, 14, 30, tzinfo=UTC),  # Tuesday, inside a window
    datetime(2026, 12, 6, 0, 0, tzinfo=UTC),  # Sunday, midnight UTC
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # Sunday, an hour that Berlin has twice
]
MORE_INSTANTS = [
    datetime(2026, 3, 8, 9, 59, tzinfo=UTC),  # clocks change in Chicago
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),  # clocks change in Berlin, this second
    datetime(2026, 12, 31, 23, 59, tzinfo=UTC),  # Thursday, the days go over the year's end
    datetime(2028, 2, 29, 17, 0, tzinfo=UTC),  # between two windows
]


@pytest.mark.parametrize("at", INSTANTS, ids=lambda at: f"{at:%Y-%m-%dT%H%M}")
def test_it_is_alive_and_lawful_at(sqlite_app: Flask, at: datetime):
    with sqlite_app.app_context():
        load_demo(at)
        assert broken_rules() == []
        ptg = event(DEMO_EVENT)
        assert any(slot.ends_at <= at for slot in ptg.slots)
        assert sum(slot.starts_at > at for slot in ptg.slots) >= 12
        held = db.session.scalar(
            select(func.count()).select_from(BookingSlot).join(Slot).where(Slot.event_id == ptg.id)
        )
        offered = sum(room.offers(slot) for room in ptg.rooms for slot in ptg.slots)
        assert 0.55 <= held / offered <= 0.65
        assert quiet_hours(at) == []
        board = live.live(ptg, at)
        assert len(board.messages) == 2
        meeting = queries.bookings(ptg, since=at, until=at + timedelta(seconds=1))
        assert {booking.team.slug for booking in meeting} <= set(board.now)
        assert bool(board.next) == bool(board.shared) == bool(meeting)
        assert 8 <= hours_of("nova", ptg) <= 14  # the first thing one tries is to book for Nova
        for found in db.session.scalars(select(Event)):
            assert_reads_in_order(found, at)


@pytest.mark.parametrize("at", MORE_INSTANTS, ids=lambda at: f"{at:%Y-%m-%dT%H%M}")
def test_somebody_meets_for_a_day_to_come(sqlite_app: Flask, at: datetime):
    with sqlite_app.app_context():
        load_demo(at)
        assert quiet_hours(at) == []


def test_it_is_what_the_readme_says(app: Flask):
    at = INSTANTS[0]
    with app.app_context():
        accounts = load_demo(at)
        people = db.session.scalar(count(User))
        with pytest.raises(Conflict):
            load_demo(at)
    with app.app_context():  # a new session: all of it was committed
        assert db.session.scalar(count(User)) == people
        ptg = event(DEMO_EVENT)
        assert db.session.scalar(count(Team, event_id=ptg.id)) == 46
        assert set(db.session.scalars(select(Project.name).where(Project.event_id == ptg.id))) == {
            "Airship",
            "Kata Containers",
            "OpenStack",
            "StarlingX",
            "Zuul",
        }
        assert len(ptg.slots) == 60
        assert len(ptg.rooms) == 12
        assert [phase.opens_at < at for phase in ptg.phases] == [True, True, False]
        assert broken_rules() == []
        assert set(db.session.scalars(select(Change.action))) == {
            "live.message",
            "live.now",
            "live.next",
            "live.checkin",
            "booking.created",
            "booking.moved",
            "booking.edited",
            "booking.released",
            "booking.restored",
        }
        statuses = {found.status for found in db.session.scalars(select(Event))}
        assert statuses == set(EventStatus)
        for account in accounts:
            user = authenticate(account.email, account.password)
            assert user is not None, account
            assert user.is_admin == (account.role == "administrator")
            assert is_organizer(user, ptg) == (account.role in {"administrator", "organizer"})
            leads = {team.slug for team in map(team_by_id, led_team_ids(user, ptg))}
            assert leads == {name.lower() for name in account.role.split(" of ")[1:]}


def test_no_passcode_is_public(sqlite_app: Flask):
    with sqlite_app.app_context():
        load_demo(INSTANTS[0])
        passcodes = [code for code in db.session.scalars(select(Room.passcode)) if code]
        addresses = list(db.session.scalars(select(Room.join_url).where(Room.kind == "zoom")))
    assert len(passcodes) > 10
    visitor = sqlite_app.test_client()
    for path in public_paths(sqlite_app):
        answer = visitor.get(path)
        assert answer.status_code < 500, path
        body = answer.get_data(as_text=True)
        assert [code for code in [*passcodes, *addresses] if code in body] == [], path


def hours_of(team: str, ptg: Event) -> float:
    [found] = queries.teams_by_slug(ptg, [team])
    return sum(booking.hours for booking in queries.bookings(ptg, team=found))


def assert_reads_in_order(found: Event, at: datetime) -> None:
    """The event's journal: numbered without a gap, in time, nothing of it to come."""
    lines = select(Change).where(Change.event_id == found.id).order_by(Change.cursor)
    changes = list(db.session.scalars(lines))
    assert [change.cursor for change in changes] == list(range(1, len(changes) + 1))
    instants = [change.at for change in changes]
    assert instants == sorted(instants)
    assert all(instant <= at for instant in instants)
    revisions = [line.revision for line in changes if not line.action.startswith("live.")]
    assert found.schedule_revision == (revisions[-1] if revisions else 0)


def event(slug: str) -> Event:
    return db.session.scalars(select(Event).where(Event.slug == slug)).one()


def team_by_id(number: int) -> Team:
    return db.session.get_one(Team, number)


def count(model: type, **where: object):
    return select(func.count()).select_from(model).filter_by(**where)


def quiet_hours(at: datetime) -> list[datetime]:
    """Instants from `at` on, a day long, at which nobody meets at any public event."""
    hours = [at + timedelta(hours=n) for n in range(24)]
    return [hour for hour in hours if not running(hour)]


def running(at: datetime) -> list[str]:
    """The uids of the sessions that run at `at` at events that everybody sees."""
    query = (
        select(Booking.uid)
        .join(Event, Event.id == Booking.event_id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.starts_at <= at,
            Booking.ends_at > at,
        )
    )
    return list(db.session.scalars(query))


def broken_rules() -> list[tuple[str, str]]:
    """Rules that bookings of running events break, but for the caps that an organizer bent."""
    bent = set(
        db.session.scalars(
            select(Change.subject).where(Change.reason.is_not(None), Change.source == "web")
        )
    )
    assert len(bent) == 1
    broken = []
    for found in db.session.scalars(select(Event).where(Event.status == EventStatus.PUBLISHED)):
        for booking in queries.bookings(found):
            parts = (booking.team, booking.room, booking.slots, booking.with_teams)
            # The situation leaves out the booking itself; the rules judge it like a new one.
            situation = queries.situation(found, propose(*parts, booking), booking.updated_at)
            broken += [
                (violation.rule, booking.title)
                for violation in judge(propose(*parts), situation).violations
                if not (violation.rule.endswith("_cap") and violation.facts["team"] in bent)
            ]
    return broken


def public_paths(app: Flask) -> list[str]:
    """Every address of the demo's PTG that takes names of the event, a team, room or project.

    Not the stream, which goes on and tells what `/changes` does.
    """
    known = {"event": DEMO_EVENT, "team": "nova", "room": "avocet", "project": "openstack"}
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return [
            adapter.build(rule.endpoint, {name: known[name] for name in rule.arguments})
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.arguments <= set(known)
            if not rule.rule.endswith("/stream")
        ]
