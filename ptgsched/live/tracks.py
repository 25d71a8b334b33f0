"""What moderators do to teams from chat: add, delete, colour, pad, link.

Feeds show all of it, so it goes through the schedule's door, not the board's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.layout import SLUG
from ptgsched.events.models import Event
from ptgsched.live.models import CheckIn
from ptgsched.schedule.journal import door
from ptgsched.schedule.models import Booking, BookingStatus, BookingTeam
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of
from ptgsched.text import is_web_address
from ptgsched.web.colors import parse_color

RESERVED = frozenset({"in", "out", "seen", "subscribe", "unsubscribe", "share", "help"})
"""Words that chat reads otherwise: a team of that name could never be addressed there."""
LONGEST_URL = 500


class BadTeamName(Invalid):
    """Not a slug, or a word that chat reads otherwise."""

    code = "bad_team_name"

    def __init__(self, name: str) -> None:
        super().__init__(f"No team can be named {name!r}.", fields={"name": [name]}, name=name)


class TeamHasBookings(Conflict):
    """A team that still meets is not deleted."""

    code = "team_has_bookings"

    def __init__(self, team: str, bookings: int) -> None:
        super().__init__(
            f"{team} still has bookings ({bookings}); release them first.",
            team=team,
            bookings=bookings,
        )


def add_teams(event: Event, names: Sequence[str], *, actor: Actor, at: datetime) -> None:
    """Make each of `names` a team, in lower case; those there are stay.  Raises BadTeamName."""
    for name in names:
        if not SLUG.fullmatch(name.lower()) or name.lower() in RESERVED:
            raise BadTeamName(name)
    with door(event, actor=actor, at=at) as journal:
        known = {team.slug for team in teams_of(event)}
        for slug in dict.fromkeys(name.lower() for name in names):
            if slug not in known:
                team = Team(event=event, slug=slug, name=slug)
                db.session.add(team)
                db.session.flush()
                journal.append("team.created", after=team_facts(team), subject=slug)


def delete_teams(event: Event, teams: Sequence[Team], *, actor: Actor, at: datetime) -> None:
    """Delete `teams` with what they released before.  Raises TeamHasBookings."""
    with door(event, actor=actor, at=at) as journal:
        for team in teams:
            held = _bookings(team)
            if held:
                raise TeamHasBookings(team.slug, held)
        for team in teams:
            before, team_id = team_facts(team), team.id
            # The database would let go of these by itself; the session has to know as well.
            for check_in in db.session.scalars(select(CheckIn).where(CheckIn.team_id == team_id)):
                check_in.team_id = None
            db.session.flush()
            db.session.execute(delete(Booking).where(Booking.team_id == team_id))
            db.session.execute(delete(Team).where(Team.id == team_id))
            journal.append("team.deleted", before=before, subject=before["slug"])
        db.session.flush()
        db.session.expire_all()


def dress(event: Event, team: Team, *, actor: Actor, at: datetime, **looks: str | None) -> None:
    """Set the team's `color`, `etherpad_url` or `join_url`; None is what follows from its name.

    Raises Invalid for what is no colour or no http(s) address.
    """
    for name, value in looks.items():
        require_look(name, value)
    with door(event, actor=actor, at=at) as journal:
        before = team_facts(team)
        changed = {name: value for name, value in looks.items() if getattr(team, name) != value}
        for name, value in changed.items():
            setattr(team, name, value)
        if changed:
            after = team_facts(team)
            journal.append("team.updated", before=before, after=after, subject=team.slug)


def require_look(name: str, value: str | None) -> None:
    """Raises Invalid (field `name`) unless `value` may be a team's `color` or address."""
    if value is None:
        return
    if name == "color":
        good, said = parse_color(value) is not None, f"{value!r} is not a color"
    else:
        good = is_web_address(value) and len(value) <= LONGEST_URL
        said = f"{value!r} is not an http(s) URL"
    if not good:
        raise Invalid(said, fields={name: [said]})


def team_facts(team: Team) -> dict[str, Any]:
    """The team for the journal, which is public: a link with a passcode is not in it."""
    return {
        "slug": team.slug,
        "name": team.name,
        "project": team.project.slug if team.project else None,
        "kind": team.kind,
        "color": team.color,
        "etherpad_url": team.etherpad_url,
        "join_url": team.join_url if "pwd=" not in (team.join_url or "").lower() else None,
    }


def _bookings(team: Team) -> int:
    """How many sessions the team takes part in."""
    joined = select(BookingTeam.booking_id).where(BookingTeam.team_id == team.id)
    query = select(Booking.id).where(
        or_(Booking.team_id == team.id, Booking.id.in_(joined)),
        Booking.status == BookingStatus.CONFIRMED,
    )
    return len(db.session.scalars(query).all())
