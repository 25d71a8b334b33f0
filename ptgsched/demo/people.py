"""The demo's people: accounts to sign in with, and the leads of all other teams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ptgsched.accounts.models import User
from ptgsched.accounts.passwords import create_user, set_password
from ptgsched.db import db
from ptgsched.demo.teams import TEAMS
from ptgsched.events.models import Event
from ptgsched.teams.models import Membership, Organizer, Role, Team

PASSWORD = "see-you-at-the-ptg"  # noqa: S105 -- printed at the start: it guards nothing


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo, with what it is good for in one sentence."""

    email: str
    password: str
    role: str
    what_to_try: str


@dataclass(frozen=True, slots=True)
class _Person:
    account: DemoAccount
    name: str
    zone: str
    teams: Mapping[str, Role]


def _person(
    who: str, role: str, what_to_try: str, *, name: str, zone: str, **teams: Role
) -> _Person:
    account = DemoAccount(f"{who}@demo.example.org", PASSWORD, role, what_to_try)
    return _Person(account, name, zone, teams)


CAST = (
    _person(
        "nova",
        "lead of Nova",
        "Book a free hour, move it, release it, undo.",
        name="Mara Lindqvist",
        zone="Europe/Stockholm",
        nova=Role.LEAD,
    ),
    _person(
        "nova-deputy",
        "deputy lead of Nova",
        "See the same schedule at India's hours.",
        name="Arjun Nair",
        zone="Asia/Kolkata",
        nova=Role.DEPUTY,
    ),
    _person(
        "cinder",
        "lead of Cinder",
        "Try to meet in parallel with Manila, or in a room that Nova holds.",
        name="Beatriz Moreno",
        zone="America/Sao_Paulo",
        cinder=Role.LEAD,
    ),
    _person(
        "attendee",
        "attendee",
        "Read the schedule in your zone, star a session, see your registration.",
        name="Haruka Mori",
        zone="Asia/Tokyo",
        nova=Role.MEMBER,
        neutron=Role.MEMBER,
    ),
    _person(
        "organizer",
        "organizer",
        "Manage the Virtual PTG: rooms, teams, phases, who comes; bend a rule with a reason.",
        name="Tom Whitfield",
        zone="America/Chicago",
    ),
    _person(
        "admin",
        "administrator",
        "Everything an organizer may, at every event; lay out a new one.",
        name="Ines Ferreira",
        zone="UTC",
    ),
)

_FIRST = "Ada Bo Chen Dina Elif Finn Goran Hana Igor Jun Kofi Lena Miro Nadia Olu Petra Qiang Rosa"
_LAST = "Adeyemi Berg Castro Dvorak Eriksen Gupta Ito Kim Mwangi Novak Okafor Rossi Sato Tran Varga"
_ZONES = {
    "A": ("America/New_York", "Europe/Paris", "America/Denver", "Europe/Warsaw"),
    "B": ("Asia/Seoul", "Europe/Budapest", "Asia/Shanghai", "Asia/Ho_Chi_Minh"),
    "C": ("America/Los_Angeles", "Australia/Sydney", "Pacific/Auckland", "America/Vancouver"),
}


def create_cast(at: datetime) -> dict[str, User]:
    """The accounts to sign in with, by the part of the address before the @.

    All have the same password, which is hashed once: hashing is slow on purpose.
    """
    cast: dict[str, User] = {}
    password_hash = None
    for person in CAST:
        who = person.account.email.partition("@")[0]
        user = create_user(person.account.email, None, at=at, admin=who == "admin")
        if password_hash is None:
            set_password(user, PASSWORD)
            password_hash = user.password_hash
        user.password_hash = password_hash
        user.name = person.name
        user.timezone = person.zone
        cast[who] = user
    return cast


def give_roles(cast: Mapping[str, User], event: Event, teams: Mapping[str, Team]) -> None:
    """Everybody's place at the virtual PTG: memberships, and who runs it."""
    for person in CAST:
        user = cast[person.account.email.partition("@")[0]]
        for slug, role in person.teams.items():
            db.session.add(Membership(team=teams[slug], user=user, role=role))
    give_organizer(cast, event)
    _add_other_leads(teams, at=event.created_at)


def give_organizer(cast: Mapping[str, User], event: Event) -> None:
    """Let the organizer run this event as well."""
    db.session.add(Organizer(event_id=event.id, user_id=cast["organizer"].id))


def _add_other_leads(teams: Mapping[str, Team], *, at: datetime) -> None:
    """A lead for each team that has none; these have no password."""
    firsts, lasts = _FIRST.split(), _LAST.split()
    led = {slug for person in CAST for slug, role in person.teams.items() if role == Role.LEAD}
    for number, plan in enumerate(TEAMS):
        if plan.slug in led:
            continue
        # 18 and 15 names: no pair comes twice among 46 teams.
        first, last = firsts[number % len(firsts)], lasts[number * 7 % len(lasts)]
        zones = _ZONES[plan.windows[0]]
        lead = User(
            email=f"{plan.slug}.lead@demo.example.org",
            name=f"{first} {last}",
            timezone=zones[number % len(zones)],
            created_at=at,
        )
        db.session.add(Membership(team=teams[plan.slug], user=lead, role=Role.LEAD))
