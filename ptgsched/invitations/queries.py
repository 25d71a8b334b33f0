"""Who has which role, and who is invited to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from ptgsched.accounts.models import User
from ptgsched.accounts.tokens import hash_of
from ptgsched.db import db
from ptgsched.errors import NotFound
from ptgsched.events.models import Event, Organizer
from ptgsched.invitations.models import Invitation
from ptgsched.teams.models import Membership, Role, Team
from ptgsched.teams.permissions import LEADING

GONE = (
    "This invitation does not hold any more: it was used, taken back, or is too old. "
    "Ask whoever invited you for a new one."
)


_LEADS_FIRST = case((Membership.role == Role.LEAD, 0), else_=1)


def leading(team: Team) -> list[Membership]:
    """The team's leads, then its deputies."""
    query = (
        select(Membership)
        .where(Membership.team_id == team.id, Membership.role.in_(LEADING))
        .order_by(_LEADS_FIRST, Membership.id)
        .options(joinedload(Membership.user))
    )
    return list(db.session.scalars(query))


def leading_by_team(event: Event) -> dict[int, list[Membership]]:
    """Leads, then deputies, of each team of the event by its id."""
    query = (
        select(Membership)
        .join(Team, Team.id == Membership.team_id)
        .where(Team.event_id == event.id, Membership.role.in_(LEADING))
        .order_by(_LEADS_FIRST, Membership.id)
        .options(joinedload(Membership.user))
    )
    found: dict[int, list[Membership]] = {}
    for membership in db.session.scalars(query):
        found.setdefault(membership.team_id, []).append(membership)
    return found


def organizers(event: Event) -> list[User]:
    """The accounts that run the event; administrators run all and are not among them."""
    query = (
        select(User)
        .join(Organizer, Organizer.user_id == User.id)
        .where(Organizer.event_id == event.id)
        .order_by(User.email)
    )
    return list(db.session.scalars(query))


def pending(event: Event, team: Team | None) -> list[Invitation]:
    """Invitations to a team, or to run the event, that nobody has taken."""
    query = (
        select(Invitation)
        .where(
            Invitation.event_id == event.id,
            Invitation.team_id == (team.id if team else None),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .order_by(Invitation.id)
        .options(joinedload(Invitation.invited_by))
    )
    return list(db.session.scalars(query))


def pending_counts(event: Event, at: datetime) -> dict[int, int]:
    """How many invitations are open for each team, by its id."""
    rows = db.session.execute(
        select(Invitation.team_id, func.count())
        .where(
            Invitation.event_id == event.id,
            Invitation.team_id.is_not(None),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > at,
        )
        .group_by(Invitation.team_id)
    )
    return {team_id: count for team_id, count in rows if team_id is not None}


def invitation_of(event: Event, team: Team | None, number: int) -> Invitation:
    """One that is pending; raises NotFound."""
    found = next((each for each in pending(event, team) if each.id == number), None)
    if found is None:
        raise NotFound("This invitation was used or taken back meanwhile.")
    return found


def by_secret(secret: str, at: datetime) -> Invitation:
    """The invitation whose secret this is, while it holds; raises NotFound, whatever is wrong."""
    found = db.session.scalar(select(Invitation).where(Invitation.token_hash == hash_of(secret)))
    if found is None or not found.is_pending or found.expires_at <= at:
        raise NotFound(GONE)
    return found


def names(people: Iterable[User]) -> list[str]:
    """What people are called: by name, else by address."""
    return [person.name or person.email for person in people]
