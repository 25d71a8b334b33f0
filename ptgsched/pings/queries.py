"""Whose wish it is, and what was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from ptgsched.accounts.models import User
from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.pings.models import Ping, PingTold
from ptgsched.registrations.models import Registration

MOST = 20
STALE = timedelta(minutes=30)  # a topic that became now longer ago is no news


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told: by account, or else by registration."""

    user: User | None = None
    registration: Registration | None = None

    @property
    def address(self) -> str:
        """Their own address, to show it to them."""
        one = self.user or self.registration
        return (one.email if one else None) or ""


def ping_of(event: Event, person: Person) -> Ping | None:
    """This person's wish at the event."""
    query = select(Ping).where(Ping.event_id == event.id)
    if person.user is not None:
        return db.session.scalar(query.where(Ping.user_id == person.user.id))
    if person.registration is not None:
        return db.session.scalar(query.where(Ping.registration_id == person.registration.id))
    return None


def wish_of(registration: Registration) -> dict[str, Any] | None:
    """What a registered person without an account wants to be told of."""
    ping = db.session.scalar(select(Ping).where(Ping.registration_id == registration.id))
    if ping is None:
        return None
    teams = [team.slug for team in ping.teams]
    return {"teams": teams, "pattern": ping.pattern, "by_mail": ping.by_mail}


def last_told(ping: Ping) -> int:
    """The number of the newest topic this person was told of; 0 for none."""
    newest = select(func.max(PingTold.id)).where(PingTold.ping_id == ping.id)
    return db.session.scalar(newest) or 0


def told_after(ping: Ping, number: int, at: datetime) -> Sequence[PingTold]:
    """The topics that came after it and are still news at `at`, oldest first."""
    query = select(PingTold).where(
        PingTold.ping_id == ping.id, PingTold.id > number, PingTold.at > at - STALE
    )
    return db.session.scalars(query.order_by(PingTold.id).limit(MOST)).all()
