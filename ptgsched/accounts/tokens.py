"""Bearer tokens: 256 random bits shown once, stored as SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from ptgsched.accounts.actor import OPERATOR, Actor
from ptgsched.accounts.audit import record_for
from ptgsched.accounts.models import SCOPES, ApiToken
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.text import clean_line

PREFIX = "ptg_"
RESTORABLE = timedelta(minutes=10)  # so long a revocation can be taken back
USE_NOTED_EVERY = timedelta(minutes=5)  # a write for each use would cost more than it tells


def hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(
    name: str,
    scopes: Sequence[str],
    *,
    at: datetime,
    event_id: int | None = None,
    team_slugs: Sequence[str] | None = None,
    days: int | None = None,
    user_id: int | None = None,
    actor: Actor = OPERATOR,
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is not kept.  Raises Invalid for unknown scopes."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        said = f"Scopes are {', '.join(SCOPES)}; not {', '.join(unknown) or 'none'}."
        raise Invalid(said, fields={"scope": [said]})
    if days is not None and not 1 <= days <= 3650:
        raise Invalid("A token lasts from 1 to 3650 days.", fields={"expires": ["1 to 3650"]})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        name=clean_line(name)[:120] or "token",
        token_hash=hash_of(secret),
        scopes=list(dict.fromkeys(scopes)),
        event_id=event_id,
        team_slugs=list(team_slugs) if team_slugs else None,
        user_id=user_id,
        created_at=at,
        expires_at=at + timedelta(days=days) if days else None,
    )
    db.session.add(token)
    db.session.flush()
    _record(token, "token.created", actor, at)
    return token, secret


def revoke_token(token: ApiToken, *, actor: Actor, at: datetime) -> None:
    """From now on nothing is done with it; one that is revoked stays as it was."""
    if token.revoked_at is None:
        token.revoked_at = at
        _record(token, "token.revoked", actor, at)


def restore_token(token: ApiToken, *, actor: Actor, at: datetime) -> None:
    """Take a revocation back.  Raises Conflict when it was long ago: make another then."""
    if token.revoked_at is None:
        return
    if at - token.revoked_at > RESTORABLE:
        raise Conflict(
            f"{token.name} was revoked more than 10 minutes ago; make another token instead.",
            code="long_revoked",
        )
    token.revoked_at = None
    _record(token, "token.restored", actor, at)


def _record(token: ApiToken, action: str, actor: Actor, at: datetime) -> None:
    facts = {
        "number": token.id,
        "scopes": list(token.scopes),
        "teams": token.team_slugs,
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
    }
    record_for(token.event_id, actor, action, facts, at, token.name)


def find_token(secret: str, at: datetime) -> ApiToken | None:
    """The valid token with this secret at the instant `at`; None if unknown, expired, revoked."""
    token = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == hash_of(secret)))
    if token is None or token.revoked_at is not None:
        return None
    if token.expires_at is not None and token.expires_at <= at:
        return None
    return token


def actor_of(token: ApiToken) -> Actor:
    """How the journal names a program: by its token's name."""
    # As long as the journal's column at most: PostgreSQL refuses more.
    return Actor(f"token:{token.name}"[:120], "api", user_id=token.user_id, token_id=token.id)
