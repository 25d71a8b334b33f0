"""The cast of our tests: a small virtual PTG in October, and the people around it.

Monday 26 October 2026 to Friday, three windows of four hours a day in UTC.  nova, cinder and
neutron are vertical teams, the TC is a horizontal one.  Lena leads nova, Omar leads cinder, Olga
organizes, Ada administers, Vic has an account and nothing else.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.models import User
from ptgsched.db import begin_write, db
from ptgsched.events.layout import create_event
from ptgsched.events.models import Event, EventStatus, Phase, Room, RoomKind, Slot
from ptgsched.schedule import operations, queries
from ptgsched.schedule.models import Booking, Change
from ptgsched.teams.models import Membership, Organizer, Project, Role, Team, TeamKind, declare
from ptgsched.teams.permissions import team_of

MONDAY = date(2026, 10, 26)
FRIDAY = date(2026, 10, 30)
SIGN_UP = datetime(2026, 10, 1, 12, tzinfo=UTC)
"""When our people book: weeks before the event."""

PASSCODE = "3141592"
ZOOM = f"https://zoom.example/j/811?pwd={PASSCODE}"
ROOMS = (
    # name, kind, join link, passcode, capacity
    ("Bexar", RoomKind.MEETPAD, None, None, 30),
    ("Austin", RoomKind.ZOOM, ZOOM, PASSCODE, 100),
    ("Ballroom", RoomKind.PHYSICAL, None, None, 12),
)
PEOPLE = ("lena", "omar", "olga", "ada", "vic")

LEAD = Actor("lead:nova", "web")
ORGANIZER = Actor("organizer", "web")


class Story:
    """The event `oct` of an application; all but `begin` and `client` need its context open."""

    def __init__(self, app: Flask, slug: str = "oct") -> None:
        self.app = app
        self.slug = slug

    @classmethod
    def begin(cls, app: Flask, *, slug: str = "oct", monday: date = MONDAY) -> "Story":
        """Write the cast into the database, in an application context of its own."""
        with app.app_context():
            begin_write()
            event = create_event(
                slug,
                title="October PTG",
                kind="virtual-ptg",
                starts_on=monday,
                ends_on=monday + (FRIDAY - MONDAY),
                status=EventStatus.PUBLISHED,
                at=SIGN_UP,
            )
            _rooms(event)
            nova, cinder = _teams(event)
            people = _people()
            db.session.flush()
            db.session.add_all(
                [
                    Membership(team=nova, user=people["lena"], role=Role.LEAD),
                    Membership(team=cinder, user=people["omar"], role=Role.LEAD),
                    Organizer(event_id=event.id, user_id=people["olga"].id),
                ]
            )
            db.session.commit()
        return cls(app, slug)

    # Who and what

    @property
    def event(self) -> Event:
        """The event."""
        return db.session.scalars(select(Event).where(Event.slug == self.slug)).one()

    def room(self, slug: str) -> Room:
        """A room: bexar (meetpad), austin (zoom with a passcode), ballroom (physical)."""
        return queries.room_by_slug(self.event, slug)

    def team(self, slug: str) -> Team:
        """A team: nova, cinder, neutron, tc."""
        return team_of(self.event, slug)

    def slots(self, *codes: str) -> tuple[Slot, ...]:
        """Slots by code."""
        return queries.slots_by_code(self.event, codes)

    def user(self, name: str) -> User:
        """One of our people."""
        email = f"{name}@example.org"
        return db.session.scalars(select(User).where(User.email == email)).one()

    def booking(self, uid: str) -> Booking:
        """A booking as it stands."""
        return queries.booking_by_uid(self.event, uid)

    def journal(self) -> list[Change]:
        """Every change of the event, in order."""
        return list(
            db.session.scalars(
                select(Change).where(Change.event_id == self.event.id).order_by(Change.cursor)
            )
        )

    def marks(self) -> tuple[int, int, int]:
        """What any change would move: the revision, the cursor, the number of journal lines."""
        db.session.expire_all()
        lines = db.session.scalar(select(func.count()).select_from(Change)) or 0
        return self.event.schedule_revision, self.event.cursor, lines

    # What happens

    def book(
        self,
        team: str,
        room: str,
        *codes: str,
        with_teams: Sequence[str] = (),
        title: str = "",
        description: str = "",
        at: datetime = SIGN_UP,
        actor: Actor = LEAD,
        override: str | None = None,
    ) -> Booking:
        """Book and commit."""
        event = self.event
        booking, _ = operations.book(
            event,
            team=team_of(event, team),
            room=queries.room_by_slug(event, room),
            slots=queries.slots_by_code(event, codes),
            with_teams=[team_of(event, slug) for slug in with_teams],
            title=title,
            description=description,
            actor=actor,
            at=at,
            override=override,
        )
        db.session.commit()
        return booking

    def phase(
        self,
        name: str = "Sign-up",
        *,
        opens: timedelta = timedelta(days=-1),
        closes: timedelta | None = None,
        kinds: Sequence[str] = (),
        per_day: float | None = None,
        total: float | None = None,
    ) -> Phase:
        """Add a sign-up phase; `opens` and `closes` count from SIGN_UP."""
        phase = Phase(
            name=name,
            opens_at=SIGN_UP + opens,
            closes_at=None if closes is None else SIGN_UP + closes,
            team_kinds=list(kinds),
            max_hours_per_day=per_day,
            max_hours_total=total,
        )
        event = self.event
        event.phases.append(phase)
        db.session.commit()
        return phase

    def keep_apart(self, one: str, other: str) -> None:
        """Two teams share people and must not meet in parallel."""
        db.session.add(declare(self.team(one), self.team(other)))
        db.session.commit()

    def set(self, **facts: object) -> None:
        """Change settings of the event behind the door's back: arranging, not testing."""
        event = self.event
        for name, value in facts.items():
            setattr(event, name, value)
        db.session.commit()

    def client(self, name: str | None = None) -> FlaskClient:
        """A browser: signed in as one of our people, else a visitor's.  No context is left open."""
        client = self.app.test_client()
        if name is not None:
            with self.app.app_context():
                user_id = self.user(name).get_id()
            with client.session_transaction() as session:
                session["_user_id"] = user_id
                session["_fresh"] = True
        return client


def _rooms(event: Event) -> None:
    for position, (name, kind, join_url, passcode, capacity) in enumerate(ROOMS):
        event.rooms.append(
            Room(
                slug=name.lower(),
                name=name,
                kind=kind,
                join_url=join_url,
                passcode=passcode,
                capacity=capacity,
                position=position,
            )
        )


def _teams(event: Event) -> tuple[Team, Team]:
    openstack = Project(event_id=event.id, slug="openstack", name="OpenStack")
    nova, cinder, neutron = (
        Team(event=event, slug=name.lower(), name=name, project=openstack)
        for name in ("Nova", "Cinder", "Neutron")
    )
    tc = Team(event=event, slug="tc", name="Technical Committee", kind=TeamKind.HORIZONTAL)
    db.session.add_all([openstack, nova, cinder, neutron, tc])
    return nova, cinder


def _people() -> dict[str, User]:
    """The cast; a second event in the same database has the same people."""
    known = {user.email: user for user in db.session.scalars(select(User))}
    people = {
        name: known.get(f"{name}@example.org")
        or User(
            email=f"{name}@example.org",
            name=name.title(),
            is_admin=name == "ada",
            created_at=SIGN_UP,
        )
        for name in PEOPLE
    }
    db.session.add_all(people.values())
    return people
