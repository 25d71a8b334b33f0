"""Give a token to a program of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.models import ApiToken, User
from ptgsched.accounts.tokens import create_token
from ptgsched.db import db
from ptgsched.errors import Conflict
from ptgsched.profile.policy import Grant, bound_teams

MOST = 50


def give_token(
    user: User,
    grant: Grant,
    *,
    name: str,
    scopes: Sequence[str],
    teams: Sequence[str],
    days: int,
    at: datetime,
) -> tuple[ApiToken, str]:
    """A token that never reaches further than `user` does, and its secret, which is not kept.

    Raises Invalid for what is not theirs to give, Conflict when they have too many.
    """
    bound = bound_teams(grant, scopes, teams)
    in_use = db.session.scalar(
        select(func.count())
        .select_from(ApiToken)
        .where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
    )
    if (in_use or 0) >= MOST:
        raise Conflict(f"You have {MOST} tokens. Revoke those you do not use.", code="too_many")
    return create_token(
        name,
        scopes,
        at=at,
        event_id=grant.event.id if grant.event else None,
        team_slugs=bound,
        days=days,
        user_id=user.id,
        actor=person_actor(user),
    )


def person_actor(user: User) -> Actor:
    """Somebody at their own account page."""
    return Actor("person", "web", user_id=user.id)
