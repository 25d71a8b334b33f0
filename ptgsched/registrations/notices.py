"""What the worker tells registered people, and leads, by itself: reminders, passcodes, changes.

Each function bears being called again at any time and by several workers: the outbox knows what
was told already.  Each commits, some mails at a time, so that nobody waits for long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, exists, func, literal, select

from ptgsched.accounts.models import User
from ptgsched.db import begin_write, db
from ptgsched.events.models import Event, EventStatus, Slot
from ptgsched.invitations.queries import leading_by_team
from ptgsched.outbox.models import OutgoingMail
from ptgsched.registrations.following import ACTIONS, Line, lines_of, news_for, news_for_lead
from ptgsched.registrations.letters import Letters
from ptgsched.registrations.models import Registration, Status, ToldChange
from ptgsched.registrations.passcodes import Turn, turns_of_ways
from ptgsched.registrations.queries import confirmed
from ptgsched.schedule.entrance import passcode_time
from ptgsched.schedule.journal import lock
from ptgsched.schedule.models import Change
from ptgsched.teams.permissions import teams_of

REMIND = timedelta(days=7)
"""Before the first slot; who registers later than that needs no reminder."""

SETTLES = timedelta(minutes=2)
"""Changes are told when none has followed for so long: one mail, not one for each step."""

AT_THE_LATEST = timedelta(minutes=15)
AT_ONCE = 25  # mails in one transaction: so long others wait to write


def remind(letters: Letters, at: datetime) -> None:
    """A week before an event begins, to all who had a place by then."""
    for event, first, _end in _events(at):
        if first - REMIND <= at < first - timedelta(hours=24):
            early = Registration.confirmed_at < first - REMIND
            _post_each(event, "reminder", letters.reminder, early)


def tell_passcodes(letters: Letters, at: datetime) -> None:
    """From 24 h before an event begins: the ways in, to all who have a place, later ones too.

    When one of them changes, once that has settled, again to those who were told before.
    """
    for event, _first, _end in _events(at):
        hours = passcode_time(event)
        if hours is None or not hours.contains(at):
            continue
        _post_each(event, "passcodes", lambda person: letters.passcodes(person, at))
        turns = turns_of_ways(event, hours)
        if turns and turns[-1].at <= at - SETTLES:
            _tell_turn(letters, event, turns[-1], at)


def _tell_turn(letters: Letters, event: Event, turn: Turn, at: datetime) -> None:
    def post(person: Registration) -> None:
        letters.passcodes(person, at, changed=turn.cursor)

    told = OutgoingMail.created_at < turn.at
    before = exists().where(OutgoingMail.key == _key("passcodes"), told)
    _post_each(event, f"passcodes:{turn.cursor}", post, before)


def tell_changes(letters: Letters, at: datetime) -> None:
    """What has moved, to all who follow it, and to leads what others did to their sessions."""
    for event, first, _end in _events(at):
        stretch = _settled(event, at)
        if stretch is None:
            continue
        lines = lines_of(event, _changes(event, *stretch), at)
        if lines:
            _tell(letters, event, lines, stretch[1], new=at >= first - REMIND)
        _end_telling(event, stretch[1])


def _tell(letters: Letters, event: Event, lines: Sequence[Line], mark: int, *, new: bool) -> None:
    told: dict[str | None, set[str]] = {}
    place = 0
    lock(event)  # as in `_post_each`
    while people := confirmed(event, behind=place, most=AT_ONCE):
        place = people[-1].place
        for registration in people:
            own = news_for(lines, registration, new=new)
            if own:
                letters.changed(registration, [line.facts(letters.links) for line in own], mark)
                told[registration.email] = {line.now["uid"] for line in own}
        db.session.commit()  # so that nobody waits for long
        lock(event)
    slugs = {team.id: team.slug for team in teams_of(event)}
    teams, leads = defaultdict[User, set[str]](set), defaultdict[str, set[int]](set)
    for team_id, places in leading_by_team(event).items():
        for each in places:
            teams[each.user].add(slugs[team_id])
            leads[slugs[team_id]].add(each.user_id)
    for user, led in teams.items():
        others = news_for_lead(lines, led, leads)
        own = [line for line in others if line.now["uid"] not in told.get(user.email, ())]
        if own:
            letters.changed_for_lead(user, event, [line.facts(letters.links) for line in own], mark)
    db.session.commit()


def _events(at: datetime) -> Iterator[tuple[Event, datetime, datetime]]:
    """Published events that are not over; their first and last instants."""
    ends = (
        select(Slot.event_id, func.min(Slot.starts_at), func.max(Slot.ends_at))
        .join(Event, Event.id == Slot.event_id)
        .where(Event.status == EventStatus.PUBLISHED)
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
    waiting = (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
            Registration.email.is_not(None),
            ~exists().where(OutgoingMail.key == _key(what)),
            *more,
        )
        .order_by(Registration.place)
        .limit(AT_ONCE)
    )
    place = 0
    while True:
        lock(event)  # nobody cancels, or is erased, between the look and the mail
        found = db.session.scalars(waiting.where(Registration.place > place)).all()
        for registration in found:
            place = registration.place
            post(registration)
        db.session.commit()
        if len(found) < AT_ONCE:
            return


def _key(what: str) -> ColumnElement[str]:
    """`letters.mail_key` of each registration."""
    number, times = (
        cast(column, String(20)) for column in (Registration.id, Registration.times_registered)
    )
    return literal("registration:") + number + ":" + times + f":{what}"


def _settled(event: Event, at: datetime) -> tuple[int, int] | None:
    """The stretch of the journal that is told now: behind the first cursor, up to the second.

    None while nothing has changed since people were told last, or has not settled.
    """
    known = db.session.get(ToldChange, event.id)
    if known is not None and known.until is None and known.cursor == event.cursor:
        return None
    begin_write()
    known = db.session.get(ToldChange, event.id, with_for_update=True)
    if known is None:  # history is not news
        db.session.add(ToldChange(event_id=event.id, cursor=event.cursor))
        db.session.commit()
        return None
    if known.until is None:
        changes = _changes(event, known.cursor, event.cursor)
        if changes and changes[-1].at > at - SETTLES and changes[0].at > at - AT_THE_LATEST:
            db.session.rollback()
            return None
        known.until = event.cursor
    stretch = known.cursor, known.until
    db.session.commit()
    return stretch


def _changes(event: Event, behind: int, until: int) -> Sequence[Change]:
    query = select(Change).where(
        Change.event_id == event.id,
        Change.cursor > behind,
        Change.cursor <= until,
        Change.booking_uid.is_not(None),
        Change.action.in_(ACTIONS),
    )
    return db.session.scalars(query.order_by(Change.cursor)).all()


def _end_telling(event: Event, mark: int) -> None:
    begin_write()
    known = db.session.get(ToldChange, event.id, with_for_update=True)
    if known is not None and known.until == mark:
        known.cursor, known.until = mark, None
    db.session.commit()
