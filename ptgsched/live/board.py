"""The door of the live board, and the turn of its day."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import delete, func, select

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.errors import Conflict
from ptgsched.events.models import Event, EventStatus
from ptgsched.live.days import board_day
from ptgsched.live.models import CheckIn, LiveBoard, Place, Topic
from ptgsched.live.queries import is_over
from ptgsched.schedule.journal import Counter, Journal, door

NEW_DAY = Actor("new day", "system")
OF_THE_DAY = (Topic, Place, CheckIn)


@contextlib.contextmanager
def live_door(event: Event, *, actor: Actor, at: datetime) -> Iterator[Journal]:
    """Open the event's board for changes, as `schedule.journal.door` does for its schedule.

    The first to come on a new day finds it swept: what readers passed over is now gone.
    """
    with door(event, actor=actor, at=at, counter=Counter.LIVE) as journal:
        board, day = db.session.get(LiveBoard, event.id), board_day(event, at)
        if is_over(board, day):
            sweep(journal, by=NEW_DAY)
        # It goes back only with the event itself, not for one who waited here over midnight.
        if board is not None and (board.day < day or board.changed_at < at):
            board.day = day
        yield journal
        if journal.has_lines:
            board_of(event, at).changed_at = at


def require_open(event: Event) -> None:
    """Raises Conflict when the event is archived: what was on there is kept as it was."""
    if event.status == EventStatus.ARCHIVED:
        raise Conflict(
            "This event is kept as it was; nothing is on there any more.", code="event_closed"
        )


def board_of(event: Event, at: datetime) -> LiveBoard:
    """The event's board, made when there is none yet."""
    board = db.session.get(LiveBoard, event.id)
    if board is None:
        board = LiveBoard(event_id=event.id, day=board_day(event, at), changed_at=at)
        db.session.add(board)
    return board


def sweep(journal: Journal, *, by: Actor | None = None) -> None:
    """Drop all that belongs to a day; writes one line, or none when there was nothing."""
    event_id = journal.event.id
    had_any = False
    for model in OF_THE_DAY:
        query = select(func.count()).select_from(model).where(model.event_id == event_id)
        had_any = bool(db.session.scalar(query)) or had_any
        db.session.execute(delete(model).where(model.event_id == event_id))
    if had_any:
        journal.append("live.cleaned", by=by)
