"""Register, correct, cancel, confirm from the waitlist: under the event's lock, in order.

Operations flush; the caller commits once.  `letters` writes the mails that go with a change into
the same transaction, or notes them (`owed`); None, and any once the event is over, writes none.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import ObjectDeletedError

from ptgsched.db import begin_write, db
from ptgsched.errors import Conflict, Stale
from ptgsched.events.models import Event
from ptgsched.registrations import queries
from ptgsched.registrations.details import Details, plain, write
from ptgsched.registrations.models import Registration, Source, Status
from ptgsched.registrations.policy import (
    RegistrationClosed,
    desk_of,
    event_end,
    free_places,
)
from ptgsched.schedule.journal import lock
from ptgsched.schedule.models import Booking
from ptgsched.teams.models import Team

CANCELLED = "This registration is cancelled; register again."


class Outcome(StrEnum):
    """What became of a registration that was sent in."""

    CREATED = "created"
    RETURNED = "returned"  # had cancelled before
    UPDATED = "updated"
    PROPOSED = "proposed"  # the address is somebody's: they are asked


class Letters(Protocol):
    """Writes the mails that a change calls for."""

    def registered(self, registration: Registration) -> None:
        """You have a place."""

    def waitlisted(self, registration: Registration) -> None:
        """You are on the waitlist."""

    def promoted(self, registration: Registration) -> None:
        """You have a place after all."""

    def cancelled(self, registration: Registration) -> None:
        """You are off the list."""

    def again(self, registration: Registration, at: datetime) -> None:
        """You, or somebody, registered under your address again."""


class Roll:
    """The registrations of an event, open for changes."""

    def __init__(self, event: Event, at: datetime, letters: Letters | None) -> None:
        self.event = event
        self.at = at
        self._letters = letters if at < event_end(event) else None  # then there is no more to tell
        self._last_place = queries.last_place(event)
        self._fresh: dict[int, Registration] = {}  # by place: enrolled here, and told of nothing

    def take(
        self,
        email: str,
        said: Details,
        *,
        known: Registration | None,
        trusted: bool,
        source: Source = Source.PAGE,
        browser: str | None = None,
        registered_at: datetime | None = None,
    ) -> tuple[Registration, Outcome]:
        """One registration under an address in lower case; `known` is the one it has already.

        It is waitlisted until the roll is closed, which confirms as many as there are places.
        Whoever is not `trusted` changes nothing of a registration that stands: its owner is asked.
        """
        if known is None:
            made = Registration(
                event_id=self.event.id,
                email=email,
                source=source,
                browser_hash=browser,
                registered_at=registered_at or self.at,
                updated_at=self.at,
                times_registered=1,
            )
            self._enrol(made, said)
            return made, Outcome.CREATED
        if known.is_cancelled:
            known.times_registered += 1
            known.browser_hash = browser
            known.registered_at = registered_at or self.at
            known.source = source
            known.starred = []
            self._enrol(known, said)
            return known, Outcome.RETURNED
        if trusted:
            self.update(known, said)
            outcome = Outcome.UPDATED
        else:
            known.proposal, known.proposed_at = plain(said), self.at
            outcome = Outcome.PROPOSED
        if self._letters is not None:
            self._letters.again(known, self.at)
        return known, outcome

    def update(self, registration: Registration, said: Details) -> None:
        """Write what the person says now; a proposal of somebody else is done with."""
        write(registration, said)
        registration.proposal = registration.proposed_at = None
        registration.updated_at = self.at

    def cancel(self, registration: Registration) -> None:
        """Take the person off; the calendar of theirs ends.  Raises Conflict when off already."""
        if registration.is_cancelled:
            raise Conflict("This registration is cancelled already.", code="already_cancelled")
        registration.status = Status.CANCELLED
        registration.cancelled_at = registration.updated_at = self.at
        registration.confirmed_at = None
        registration.feed_seed = registration.feed_hash = None
        registration.proposal = registration.proposed_at = None
        if self._letters is not None and registration.place not in self._fresh:
            self._letters.cancelled(registration)

    def settle(self) -> list[Registration]:
        """Confirm from the waitlist, first come first, as many as there are places."""
        db.session.flush()
        free = free_places(self.event, queries.count(self.event, Status.CONFIRMED))
        promoted = queries.waitlist(self.event, free) if free != 0 else []
        for registration in promoted:
            registration.status = Status.CONFIRMED
            registration.confirmed_at = registration.updated_at = self.at
        if self._letters is not None:
            for registration in promoted:
                if registration.place not in self._fresh:
                    self._letters.promoted(registration)
            for registration in self._fresh.values():
                if registration.is_confirmed:
                    self._letters.registered(registration)
                elif registration.is_waitlisted:
                    self._letters.waitlisted(registration)
        self._fresh = {}
        return promoted

    def _enrol(self, registration: Registration, said: Details) -> None:
        """Put the person at the end of the line."""
        self._last_place += 1
        registration.place = self._last_place
        registration.status = Status.WAITLISTED
        registration.updated_at = self.at
        registration.confirmed_at = registration.cancelled_at = None
        write(registration, said)
        db.session.add(registration)
        self._fresh[registration.place] = registration


@contextlib.contextmanager
def roll(event: Event, *, at: datetime, letters: Letters | None = None) -> Iterator[Roll]:
    """Open the event's registrations; its lock is held until commit or rollback.

    At the end free places go to those who wait, first come first.  Raises Conflict for a team or
    session that was read before the lock and is gone.
    """
    lock(event)
    opened = Roll(event, at, letters)
    try:
        yield opened
        opened.settle()
        db.session.flush()
    except (IntegrityError, ObjectDeletedError) as error:
        said = "A team was deleted at this moment; look at your choice and send it again."
        raise Conflict(said, code="choice_gone") from error


def register(
    event: Event,
    email: str,
    said: Details,
    *,
    at: datetime,
    letters: Letters | None,
    owner_of: int | None = None,
    browser: str | None = None,
) -> tuple[Registration, Outcome]:
    """Register the address, in lower case, at the page; nobody is registered twice.

    Of a registration that stands, only its owner changes something: `owner_of` is the id of the
    one that the asker has shown to be theirs; `browser` names the browser, which may correct
    what it sent until the address has been shown to be somebody's.  Anybody else's words wait
    for the owner.  Raises RegistrationClosed.
    """
    with roll(event, at=at, letters=letters) as opened:
        desk = desk_of(event, at)
        if not desk.is_open:
            raise RegistrationClosed(desk)
        known = queries.by_email(event, email)
        trusted = known is not None and (known.id == owner_of or _same_browser(known, browser))
        return opened.take(email, said, known=known, trusted=trusted, browser=browser)


def _same_browser(known: Registration, browser: str | None) -> bool:
    return browser is not None and known.verified_at is None and known.browser_hash == browser


def update(registration: Registration, said: Details, *, at: datetime) -> Registration:
    """The owner's own changes.  Raises Conflict when it is cancelled."""
    with roll(registration.event, at=at) as opened:
        if registration.is_cancelled:
            raise Conflict(CANCELLED, code="cancelled")
        opened.update(registration, said)
    return registration


def cancel(registration: Registration, *, at: datetime, letters: Letters | None) -> Registration:
    """Take the person off; the next on the waitlist has the place at once.

    Raises Conflict when off already, and when the event is over.
    """
    with roll(registration.event, at=at, letters=letters) as opened:
        if at >= event_end(opened.event):
            raise Conflict("This event is over; there is nothing to cancel.", code="event_over")
        opened.cancel(registration)
    return registration


def promote(event: Event, *, at: datetime, letters: Letters | None) -> list[Registration]:
    """Give free places to those who wait (a raised capacity); who was confirmed."""
    lock(event)
    promoted = Roll(event, at, letters).settle()
    db.session.flush()
    return promoted


def take_proposal(
    registration: Registration, said: Details | None, *, seen: datetime | None, at: datetime
) -> None:
    """The owner takes (`said`) or drops (None) what somebody sent under their address.

    Raises Stale when it is not the one sent at the instant that the owner has `seen`.
    """
    with roll(registration.event, at=at) as opened:
        if seen is None or registration.proposed_at != seen:
            raise Stale(
                "Another one was sent meanwhile, or you have answered; look at your page again."
            )
        if said is None:
            registration.proposal = registration.proposed_at = None
        elif registration.is_cancelled:
            raise Conflict(CANCELLED, code="cancelled")
        else:
            opened.update(registration, said)


def open_page(registration: Registration, *, at: datetime) -> None:
    """The personal link was opened: its address is theirs."""
    if registration.verified_at is None:
        begin_write()
        registration.verified_at = at
        registration.browser_hash = None
        db.session.flush()


def _hold(registration: Registration) -> None:
    """Keep others who change it waiting until commit: a button is pressed twice at once."""
    begin_write()
    db.session.refresh(registration, ["updated_at"], with_for_update={"of": Registration})


def follow(registration: Registration, team: Team, *, wanted: bool, at: datetime) -> None:
    """Add the team to those of interest, or take it off; as often as one likes."""
    _hold(registration)
    if wanted == (team in registration.teams):
        return
    (registration.teams.append if wanted else registration.teams.remove)(team)
    registration.updated_at = at
    db.session.flush()


def star(registration: Registration, booking: Booking, *, wanted: bool, at: datetime) -> None:
    """Mark a single session, or take the mark off."""
    _hold(registration)
    if wanted == (booking in registration.starred):
        return
    (registration.starred.append if wanted else registration.starred.remove)(booking)
    registration.updated_at = at
    db.session.flush()
