"""The record of what the public journal must not tell: tokens, roles, personal data looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.models import AuditEntry
from ptgsched.db import db

SECRET = frozenset({"passcode", "password", "secret", "token", "token_hash", "password_hash"})


class _Event(Protocol):
    @property
    def id(self) -> Any: ...


def record(
    event: _Event | None,
    actor: Actor,
    action: str,
    facts: Mapping[str, Any],
    at: datetime,
    *,
    subject: str | None = None,
) -> AuditEntry:
    """One line of the audit, in the caller's transaction; `event` None: about the whole site.

    `action` is a thing and what became of it (``token.created``, ``registrations.exported``),
    `subject` which one, `facts` JSON values.  Of people say their number or id rather than what is
    known of them: a line outlives the erasure of their data.  Raises ValueError for a secret.
    """
    return record_for(None if event is None else event.id, actor, action, facts, at, subject)


def record_for(
    event_id: int | None,
    actor: Actor,
    action: str,
    facts: Mapping[str, Any],
    at: datetime,
    subject: str | None = None,
) -> AuditEntry:
    """The same for whoever knows the event by its id only."""
    if SECRET.intersection(facts):
        raise ValueError("the audit is read by many: it holds no secret")
    entry = AuditEntry(
        event_id=event_id,
        at=at,
        actor=actor.label,
        source=actor.source,
        user_id=actor.user_id,
        token_id=actor.token_id,
        action=action,
        subject=subject[:200] if subject else None,
        facts=dict(facts),
    )
    db.session.add(entry)
    return entry
