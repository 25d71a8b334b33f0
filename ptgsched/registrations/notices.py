"""What the worker tells registered people by itself: reminders, passcodes, changes.

Each function bears being called again at any time and by several workers: the outbox knows what
was told already.  Each commits, some mails at a time, so that nobody waits for long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, exists, func, literal, select
from sqlalchemy.orm import selectinload

from ptgsched.db import begin_write, db
from ptgsched.events.models import Event, EventStatus, Slot
from ptgsched.outbox.models import OutgoingMail
from ptgsched.registrations.following import ACTIONS, Line, concerns, lines_of
from ptgsched.registrations.letters import Letters
from ptgsched.registrations.models import Registration, Status, ToldChange
from ptgsched.schedule.entrance import passcode_time
from ptgsched.schedule.models import Change

REMIND = timedelta(days=7)
"""Before the first slot; who registers later than that needs no reminder."""

SETTLES = timedelta(minutes=2)
"""Changes are told when none has followed for so long: one mail, not one for each step."""

AT_THE_LATEST = timedelta(minutes=15)
AT_ONCE = 100  # mails in one transaction


def remind(letters: Letters, at: datetime) -> None:
    """A week before an event begins, to all who had a place by then."""
    for event, first, _end in _events(at):
        if first - REMIND <= at < first - timedelta(hours=24):
            early = Registration.confirmed_at < first - REMIND
            _post_each(event, "reminder", letters.reminder, early)


def tell_passcodes(letters: Letters, at: datetime) -> None:
    """From 24 h before an event begins: the ways in, to all who have a place, later ones too."""
    for event, first, end in _events(at):
        hours = passcode_time(event)
        if hours is not None and hours.contains(at) and first < end:
            _post_each(event, "passcodes", letters.passcodes)


def tell_changes(letters: Letters, at: datetime) -> None:
    """What has moved, to all who follow it."""
    for event, first, _end in _events(at):
        lines, mark = _settled(event, at, news=at >= first - REMIND)
        if mark is None:
            continue
        for registration in _followers(event) if lines else ():
            own = [line for line in lines if concerns(line, registration)]
            if own:
                # In one transaction with the mark: told once, whoever dies in between.
                letters.changed(registration, [line.facts(letters.links) for line in own], mark)
        db.session.commit()


def _events(at: datetime) -> Iterator[tuple[Event, datetime, datetime]]:
    """Published events with registrations that are not over; their first and last instants."""
    ends = (
        select(Slot.event_id, func.min(Slot.starts_at), func.max(Slot.ends_at))
        .join(Event, Event.id == Slot.event_id)
        .where(Event.status == EventStatus.PUBLISHED)
        .where(exists().where(Registration.event_id == Slot.event_id))
        .group_by(Slot.event_id)
        .having(func.max(Slot.ends_at) > at)
    )
    for event_id, first, end in db.session.execute(ends).all():
        event = db.session.get(Event, event_id)
        if event is not None:
            yield event, first, end


def _post_each(
    event: Event, what: str, post: Callable[[Registration], None], *more: ColumnElement[bool]
) -> None:
    """Post to all confirmed people who have no mail of this kind yet, some at a time."""
    key = (
        literal("registration:")
        + cast(Registration.id, String(20))
        + ":"
        + cast(Registration.times_registered, String(20))
        + f":{what}"
    )
    waiting = (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
            Registration.email.is_not(None),
            ~exists().where(OutgoingMail.key == key),
            *more,
        )
        .order_by(Registration.place)
        .limit(AT_ONCE)
    )
    while True:
        begin_write()
        found = db.session.scalars(waiting).all()
        for registration in found:
            post(registration)
        db.session.commit()
        if len(found) < AT_ONCE:
            return


def _settled(event: Event, at: datetime, *, news: bool) -> tuple[Sequence[Line], int | None]:
    """What changed since people were told last, once it has settled, and the new mark.

    The mark is None while there is nothing to mark.
    """
    known = db.session.get(ToldChange, event.id)
    if known is not None and known.cursor == event.cursor:
        return (), None
    begin_write()
    mark = db.session.get(ToldChange, event.id, with_for_update=True)
    if mark is None:  # history is not news
        db.session.add(ToldChange(event_id=event.id, cursor=event.cursor))
        return (), event.cursor
    changes = db.session.scalars(
        select(Change)
        .where(
            Change.event_id == event.id,
            Change.cursor > mark.cursor,
            Change.booking_uid.is_not(None),
            Change.action.in_(ACTIONS),
        )
        .order_by(Change.cursor)
    ).all()
    if changes and changes[-1].at > at - SETTLES and changes[0].at > at - AT_THE_LATEST:
        db.session.rollback()
        return (), None
    mark.cursor = event.cursor
    return lines_of(event, changes, at, news=news), mark.cursor


def _followers(event: Event) -> Iterator[Registration]:
    query = (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
            Registration.email.is_not(None),
        )
        .options(selectinload(Registration.teams), selectinload(Registration.starred))
        .order_by(Registration.place)
    )
    yield from db.session.scalars(query)
