"""What moderators do to teams from chat: add, delete, colour, pad, link.

Feeds show all of it, so it goes through the schedule's door, not the board's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.layout import SLUG
from ptgsched.events.models import Event
from ptgsched.schedule import queries
from ptgsched.schedule.journal import door
from ptgsched.setup.consequences import forget
from ptgsched.setup.shapes import team_facts
from ptgsched.setup.teams import OF_CHAT, add_team, remove_team
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of
from ptgsched.web.colors import parse_color


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
    """Make each of `names` a team, in lower case; those there are stay.

    Raises BadTeamName, and Conflict for what is another team's name.
    """
    for name in names:
        if not SLUG.fullmatch(name.lower()) or name.lower() in OF_CHAT:
            raise BadTeamName(name)
    known = {team.slug for team in teams_of(event)}
    for slug in dict.fromkeys(name.lower() for name in names):
        if slug not in known:
            add_team(event, {"slug": slug, "name": slug}, actor=actor, at=at)


def delete_teams(event: Event, teams: Sequence[Team], *, actor: Actor, at: datetime) -> None:
    """Delete `teams` with what they released before.  Raises TeamHasBookings.

    Unlike on the set-up pages, calendars need not have learnt of each release: what they
    showed is gone from them with the team.
    """
    for team in teams:
        bookings = queries.bookings(event, team=team, cancelled=True)
        standing = sum(booking.is_confirmed for booking in bookings)
        if standing:
            raise TeamHasBookings(team.slug, standing)
        for booking in bookings:
            if booking.team is not team:
                booking.with_teams.remove(team)
        forget([booking for booking in bookings if booking.team is team])
        remove_team(event, team, actor=actor, at=at)
    db.session.expire_all()  # the database itself let go of check-ins and topics


def set_color(event: Event, team: Team, color: str, *, actor: Actor, at: datetime) -> None:
    """Give the team a CSS colour, kept as it was written.  Raises Invalid (field ``color``)."""
    if parse_color(color) is None:
        said = f"{color!r} is not a color"
        raise Invalid(said, fields={"color": [said]})
    with door(event, actor=actor, at=at) as journal:
        before = team_facts(team)
        if team.color != color:
            team.color = color
            after = team_facts(team)
            journal.append("team.updated", before=before, after=after, subject=team.slug)
