"""Who is told of a topic: the subscribers whose pattern is found in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.live import queries
from ptgsched.live.models import Notice
from ptgsched.live.operations import Posted
from ptgsched.live.patterns import Search

KEPT = timedelta(hours=1)  # who hears of a topic later than that is told nothing new


class Told(NamedTuple):
    """A line for one person."""

    to: str
    text: str


def told_of(event: Event, posted: Posted) -> list[Told]:
    """One line for each subscriber whose pattern is found in ``#team now text``."""
    where = f" ({posted.place})" if posted.place else ""
    line = f"{posted.kind} in #{posted.team}{where}: {posted.text}"
    search = Search(f"#{posted.team} {posted.kind} {posted.text}")
    return [
        Told(person.nick, line)
        for person in queries.subscribers(event)
        if person.subscription is not None and search.finds(person.subscription)
    ]


def queue(event: Event, posted: Posted, *, at: datetime) -> None:
    """Keep the lines for the relay: the topic was set elsewhere than in chat."""
    db.session.execute(delete(Notice).where(Notice.event_id == event.id, Notice.at < at - KEPT))
    db.session.add_all(
        Notice(event_id=event.id, to=told.to, text=told.text, at=at)
        for told in told_of(event, posted)
    )
    db.session.flush()


def fetch(event: Event, *, after: int) -> list[Notice]:
    """The lines that wait, oldest first; those up to the id `after` have arrived and go."""
    db.session.execute(delete(Notice).where(Notice.event_id == event.id, Notice.id <= after))
    return queries.notices(event, after=after)
