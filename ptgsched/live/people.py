"""What anybody in chat does for themselves: check in and out, share it, subscribe.

A check-in is public as a number only; the journal names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.errors import Conflict
from ptgsched.events.models import Event
from ptgsched.live import queries
from ptgsched.live.board import live_door, require_open
from ptgsched.live.models import CheckIn, Person
from ptgsched.live.patterns import require_pattern
from ptgsched.schedule.journal import Journal, lock
from ptgsched.teams.models import Team

SOMEBODY = Actor("chat", "chat")


class NeverIn(Conflict):
    """Nobody can leave where they never came."""

    code = "never_in"

    def __init__(self) -> None:
        super().__init__("You weren't checked in anywhere yet!")


class AlreadyOut(Conflict):
    """Left `place` before, at `out_at`."""

    code = "already_out"

    def __init__(self, place: str, out_at: datetime) -> None:
        super().__init__(f"You already checked out of {place}.", place=place, out_at=out_at)
        self.place = place
        self.out_at = out_at


def check_in(event: Event, nick: str, place: str, team: Team | None, *, at: datetime) -> None:
    """`nick` is at `place`, which is that of `team` or free text.  Raises as `require_open`."""
    with live_door(event, actor=SOMEBODY, at=at) as journal:
        require_open(event)
        person = _person(event, nick)
        known = db.session.get(CheckIn, person.id)
        was_at = known.team if known is not None and known.out_at is None else None
        concerned = [one for one in (was_at, team) if one is not None]
        before = _counts(concerned)
        if known is None:
            known = CheckIn(person_id=person.id, event_id=event.id)
            db.session.add(known)
        known.place, known.team, known.in_at, known.out_at = place, team, at, None
        _record(journal, before, concerned)


def check_out(event: Event, nick: str, *, at: datetime) -> str:
    """`nick` left; the place they were at.  Raises NeverIn and AlreadyOut."""
    with live_door(event, actor=SOMEBODY, at=at) as journal:
        known = queries.check_in_of(event, nick, at)
        if known is None:
            raise NeverIn
        if known.out_at is not None:
            raise AlreadyOut(known.place, known.out_at)
        concerned = [known.team] if known.team is not None else []
        before = _counts(concerned)
        _person(event, nick)
        known.out_at = at
        _record(journal, before, concerned)
        return known.place


def share(event: Event, nick: str, shares: bool, *, at: datetime) -> None:
    """Whether the board may name this person where they are."""
    with live_door(event, actor=SOMEBODY, at=at) as journal:
        person = _person(event, nick)
        if person.shares != shares:
            person.shares = shares
            if db.session.get(CheckIn, person.id) is not None:
                _record(journal, {}, [])


def subscribe(event: Event, nick: str, pattern: str) -> str | None:
    """Tell this person of topics that hold `pattern`; the one it replaces.  Raises BadPattern."""
    require_pattern(pattern)
    lock(event)
    person = _person(event, nick)
    before, person.subscription = person.subscription, pattern
    db.session.flush()
    return before


def unsubscribe(event: Event, nick: str) -> str | None:
    """Tell this person of nothing more; the pattern they had, None for none."""
    lock(event)
    person = queries.person(event, nick)
    if person is None or person.subscription is None:
        return None
    before, person.subscription = person.subscription, None
    db.session.flush()
    return before


def _person(event: Event, nick: str) -> Person:
    """Somebody by nick, made when new; the nick stays as last written."""
    person = queries.person(event, nick)
    if person is None:
        person = Person(event_id=event.id, key=nick.casefold(), shares=False)
        db.session.add(person)
    person.nick = nick
    db.session.flush()
    return person


def _counts(teams: Iterable[Team]) -> dict[str, int]:
    """How many are checked in at each of `teams`."""
    found = {}
    for team in teams:
        query = select(func.count()).where(CheckIn.team_id == team.id, CheckIn.out_at.is_(None))
        found[team.slug] = db.session.scalar(query) or 0
    return found


def _record(journal: Journal, before: dict[str, int], concerned: list[Team]) -> None:
    db.session.flush()
    journal.append(
        "live.checkin",
        before={"checkins": before},
        after={"checkins": _counts(concerned)},
        subject=concerned[-1].slug if concerned else None,
    )
