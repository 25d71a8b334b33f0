"""Who registered for the demo's events, all of them invented, and how many came to a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.models import User
from ptgsched.attendance.operations import count_heads
from ptgsched.demo.teams import TEAMS
from ptgsched.events.models import Event
from ptgsched.registrations.details import details
from ptgsched.registrations.models import ROLES
from ptgsched.registrations.operations import Roll, roll
from ptgsched.schedule import queries
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of

PEOPLE = 230  # at the virtual PTG
EARLIER = 140  # at the OpenDev event before it
OPEN_FOR = timedelta(days=45)
COUNTED_OF_TEN = 8  # sessions; two in ten moderators forget

_GIVEN = "Amara Benedikt Chiara Dmitri Esther Farid Greta Hiroshi Ines Jamal Kaisa Luis Mei Nikhil"
_FAMILY = "Andersson Bauer Costa Diallo Estrada Farkas Garcia Huang Ivanov Jansen Kowalski Lopez Xu"
_FAMILY += " Mbeki Nguyen Oliveira Park Quispe Rahman Santos Tanaka Usman Vasquez Weber Yilmaz"
_FROM = (
    # country, zone; ever fewer of each
    ("US", "America/Chicago"),
    ("US", "America/New_York"),
    ("DE", "Europe/Berlin"),
    ("CN", "Asia/Shanghai"),
    ("IN", "Asia/Kolkata"),
    ("GB", "Europe/London"),
    ("US", "America/Los_Angeles"),
    ("JP", "Asia/Tokyo"),
    ("PL", "Europe/Warsaw"),
    ("KR", "Asia/Seoul"),
    ("FR", "Europe/Paris"),
    ("BR", "America/Sao_Paulo"),
    ("IN", "Asia/Kolkata"),
    ("CA", "America/Toronto"),
    ("AU", "Australia/Sydney"),
    ("ES", "Europe/Madrid"),
    ("KE", "Africa/Nairobi"),
    ("HU", "Europe/Budapest"),
    ("NZ", "Pacific/Auckland"),
    ("SE", "Europe/Stockholm"),
    ("IT", "Europe/Rome"),
    ("MX", "America/Mexico_City"),
    ("NG", "Africa/Lagos"),
    ("SG", "Asia/Singapore"),
    ("CZ", "Europe/Prague"),
    ("ZA", "Africa/Johannesburg"),
    ("VN", "Asia/Ho_Chi_Minh"),
)
_EMPLOYERS = (
    "Northgate Telecom",
    "Harbour Cloud",
    "Lighthouse Computing",
    "",
    "Tern Networks",
    "Institute for Open Infrastructure",
    "Harbour Cloud",
    "Sandpiper Storage",
    "Plover Systems",
    "",
    "Estuary Bank",
)


def register_people(event: Event, cast: Mapping[str, User], at: datetime) -> None:
    """Those who come to the virtual PTG; the cast's attendee is the first."""
    teams = teams_of(event)
    attendee = cast["attendee"]
    with roll(event, at=at) as opened:
        said = details(
            {
                "name": attendee.name,
                "country": "JP",
                "timezone": attendee.timezone,
                "role": ROLES[0],
                "teams": [team for team in teams if team.slug in {"nova", "neutron"}],
            }
        )
        began = at - OPEN_FOR
        opened.take(attendee.email, said, known=None, trusted=True, registered_at=began)
        _crowd(opened, teams, PEOPLE, since=began, until=at)


def register_earlier(event: Event, at: datetime) -> None:
    """Those who came to an earlier event: its curve stands beside the new one's."""
    start = min(slot.starts_at for slot in event.slots)
    with roll(event, at=at) as opened:
        _crowd(opened, teams_of(event), EARLIER, since=start - OPEN_FOR, until=start)


def count_sessions(event: Event, at: datetime) -> None:
    """Moderators counted heads towards the end of their sessions."""
    people = {plan.slug: plan.people for plan in TEAMS}
    for number, booking in enumerate(queries.bookings(event, until=at)):
        counted_at = booking.ends_at - timedelta(minutes=10)
        if counted_at > at or number % 10 >= COUNTED_OF_TEN:
            continue
        came = people[booking.team.slug] * (60 + number * 7 % 50) // 100
        actor = Actor(f"lead:{booking.team.slug}", "web")
        count_heads(event, booking, max(3, came), actor=actor, at=counted_at)


def _crowd(
    opened: Roll, teams: Sequence[Team], people: int, *, since: datetime, until: datetime
) -> None:
    """So many people: most in the first days and in the last, as it goes."""
    given, family = _GIVEN.split(), _FAMILY.split()
    for number, share in enumerate(sorted(map(_share, range(people)))):
        country, zone = _FROM[int((number * 11 % 97 / 97) ** 2 * len(_FROM))]
        wanted = [teams[number * step % len(teams)] for step in (1, 7, 13)[: 1 + number % 3]]
        said = details(
            {
                "name": f"{given[number % len(given)]} {family[number % len(family)]}",
                "affiliation": _EMPLOYERS[number * 5 % len(_EMPLOYERS)],
                "country": country,
                "timezone": zone,
                "role": ROLES[number * 3 % len(ROLES)],
                "listed": number % 4 == 0,
                "teams": wanted,
                "projects": [team.project for team in wanted if team.project is not None],
            }
        )
        opened.take(
            f"guest-{number + 1}@demo.example.org",
            said,
            known=None,
            trusted=True,
            registered_at=since + (until - since) * share,
        )


def _share(number: int) -> float:
    """How far into the time of registration somebody comes, from 0 to 1."""
    even = number % 97 / 97
    return even / 3 if number % 3 else 1 - (1 - even) / 4
