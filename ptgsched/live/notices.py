"""Who is told of a topic: the subscribers whose pattern is found in it.

Each relay tells them in its own network.  One that passes a topic on is told at once whom to
tell; the others, and all of what is set elsewhere, fetch it here.  A relay is known by its token.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, update

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.live import queries
from ptgsched.live.models import Notice, NoticeMark
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
    """Keep the lines for every relay: the topic was set elsewhere than in chat."""
    _keep(event, told_of(event, posted), at=at)


def tell(event: Event, posted: Posted, *, token_id: int | None, at: datetime) -> list[Told]:
    """The lines, for the relay with this token, which passed the topic on; kept for the others."""
    told = told_of(event, posted)
    if told and queries.has_other_relays(event, token_id):
        _keep(event, told, at=at, told_token_id=token_id)
    return told


def fetch(event: Event, *, token_id: int, after: int, at: datetime) -> list[Notice]:
    """The lines that wait for the relay with this token, oldest first.

    Those up to the id `after` have arrived there, and are not fetched with this token again.  At
    the first time none wait, but for a relay that was given this token in place of another.
    """
    mark = db.session.get(NoticeMark, {"event_id": event.id, "token_id": token_id})
    if mark is None:
        mark = NoticeMark(event_id=event.id, token_id=token_id, number=0)
        if not after:
            _begin(event, mark, at)
        db.session.add(mark)
    # A number that nothing has yet must not hide what is to come.
    mark.number = max(mark.number, queries.last_notice(event, until=after))
    db.session.flush()
    return queries.notices(event, token_id, after=mark.number, since=at - KEPT)


def forget_old(at: datetime) -> None:
    """Drop what no relay will say any more, at all events; the caller commits."""
    db.session.execute(delete(Notice).where(Notice.at < at - KEPT))


def _begin(event: Event, mark: NoticeMark, at: datetime) -> None:
    """Where a relay stopped whose token holds no more, and only one goes on there; else now."""
    old = queries.mark_left(event, at)
    if old is None:
        mark.number = queries.last_notice(event)
        return
    mark.number = old.number
    told = update(Notice).where(Notice.event_id == event.id, Notice.told_token_id == old.token_id)
    db.session.execute(told.values(told_token_id=mark.token_id))
    db.session.delete(old)


def _keep(
    event: Event, lines: Iterable[Told], *, at: datetime, told_token_id: int | None = None
) -> None:
    db.session.execute(delete(Notice).where(Notice.event_id == event.id, Notice.at < at - KEPT))
    db.session.add_all(
        Notice(event_id=event.id, to=told.to, text=told.text, at=at, told_token_id=told_token_id)
        for told in lines
    )
    db.session.flush()
