"""What somebody is here: organizer of which events, lead of which teams; and their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from ptgsched.accounts.models import ApiToken, Identity, User
from ptgsched.db import db
from ptgsched.errors import NotFound
from ptgsched.events.models import Event
from ptgsched.teams.models import Membership, Organizer, Role, Team
from ptgsched.teams.permissions import LEADING

REVOKED_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class EventRole:
    """What one is at an event: its organizer, or somebody in some of its teams."""

    event: Event
    organizes: bool
    teams: Sequence[tuple[Team, str]]  # with one's role there

    @property
    def led(self) -> list[Team]:
        """The teams one may book for as their lead or deputy."""
        return [team for team, role in self.teams if role in LEADING]


@dataclass(frozen=True, slots=True)
class OwnToken:
    """A token as its owner sees it in the list."""

    token: ApiToken
    event: Event | None
    state: str  # active, expired, revoked


@dataclass(frozen=True, slots=True)
class EventToken:
    """A token as the organizers of its event see it; `owner` None: made on the command line."""

    token: ApiToken
    owner: User | None
    state: str


def roles_of(user: User) -> list[EventRole]:
    """Every event at which `user` is somebody, the latest first; leads before members."""
    organized = set(
        db.session.scalars(select(Organizer.event_id).where(Organizer.user_id == user.id))
    )
    teams: dict[int, list[tuple[Team, str]]] = {}
    rows = db.session.execute(
        select(Team, Membership.role)
        .join(Membership, Membership.team_id == Team.id)
        .where(Membership.user_id == user.id)
    )
    order = list(Role)
    for team, role in sorted(rows, key=lambda row: (order.index(Role(row[1])), row[0].slug)):
        teams.setdefault(team.event_id, []).append((team, role))
    events = db.session.scalars(
        select(Event)
        .where(Event.id.in_(organized | set(teams)))
        .order_by(Event.starts_on.desc(), Event.slug)
    )
    roles = [EventRole(event, event.id in organized, teams.get(event.id, ())) for event in events]
    # A draft is its organizers' own business, whoever has been put into its teams.
    return [role for role in roles if role.event.is_published or role.organizes or user.is_admin]


def reaches_of(user: User) -> list[Event]:
    """The events for which `user` may have tokens, the latest first; all for administrators."""
    if user.is_admin:
        return list(db.session.scalars(select(Event).order_by(Event.starts_on.desc(), Event.slug)))
    return [role.event for role in roles_of(user) if role.organizes or role.led]


def tokens_of(user: User, at: datetime) -> list[OwnToken]:
    """The tokens of `user`, newest first; revoked ones for a while."""
    rows = db.session.execute(
        select(ApiToken, Event)
        .outerjoin(Event, Event.id == ApiToken.event_id)
        .where(ApiToken.user_id == user.id, _shown(at))
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    )
    return [OwnToken(token, event, state_of(token, at)) for token, event in rows]


def tokens_for(event: Event, at: datetime) -> list[EventToken]:
    """All tokens that are for this event alone, whoever made them; likewise."""
    rows = db.session.execute(
        select(ApiToken, User)
        .outerjoin(User, User.id == ApiToken.user_id)
        .where(ApiToken.event_id == event.id, _shown(at))
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    )
    return [EventToken(token, owner, state_of(token, at)) for token, owner in rows]


def state_of(token: ApiToken, at: datetime) -> str:
    """``active``, ``expired`` or ``revoked``."""
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at is not None and token.expires_at <= at else "active"


def own_token(user: User, token_id: int) -> ApiToken:
    """A token of `user`; raises NotFound for anybody else's, as for none."""
    token = db.session.get(ApiToken, token_id)
    if token is None or token.user_id != user.id:
        raise NotFound("You have no such token.")
    return token


def token_for(event: Event, token_id: int) -> ApiToken:
    """A token of the event; raises NotFound for another event's, and for one of all events."""
    token = db.session.get(ApiToken, token_id)
    if token is None or token.event_id != event.id:
        raise NotFound("There is no such token at this event.")
    return token


def identities_of(user: User) -> list[Identity]:
    """The accounts elsewhere with which `user` signs in."""
    return list(
        db.session.scalars(
            select(Identity).where(Identity.user_id == user.id).order_by(Identity.linked_at)
        )
    )


def _shown(at: datetime) -> ColumnElement[bool]:
    return or_(ApiToken.revoked_at.is_(None), ApiToken.revoked_at > at - REVOKED_SHOWN)
