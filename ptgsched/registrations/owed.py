"""Mails that a change of many calls for: noted with it, and written by the worker afterwards.

Writing ten thousand mails takes most of a minute, in which nobody else could write anything if it
were done under the event's lock.  A note is a word in the registration's own row: it is committed
with the change, and struck out in the transaction that posts the mail.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from ptgsched.db import db
from ptgsched.registrations.letters import Letters
from ptgsched.registrations.models import Registration
from ptgsched.registrations.policy import event_end
from ptgsched.schedule.journal import lock

AT_ONCE = 20  # mails in one transaction: a tenth of a second


class Owed:
    """Notes which mail each registration is owed."""

    def registered(self, registration: Registration) -> None:
        """You have a place."""
        registration.owed = "registered"

    def waitlisted(self, registration: Registration) -> None:
        """You are on the waitlist."""
        registration.owed = "waitlisted"

    def promoted(self, registration: Registration) -> None:
        """You have a place after all."""
        registration.owed = "promoted"

    def cancelled(self, registration: Registration) -> None:
        """You are off the list."""
        registration.owed = "cancelled"

    def again(self, registration: Registration, at: datetime) -> None:
        """Nothing: whoever is on a list once more has not sent the form."""


def write_owed(letters: Letters, at: datetime) -> bool:
    """Post some of the mails that are owed; whether there were any.  Commits.

    Under the event's lock, as all that changes who stands where.  When the event is over by then
    there is no more to tell.
    """
    owed = select(Registration).where(Registration.owed.is_not(None))
    one = db.session.scalar(owed.limit(1))
    if one is None:  # most looks find none, and must not queue up
        db.session.rollback()
        return False
    event = one.event
    lock(event)
    here = owed.where(Registration.event_id == event.id).order_by(Registration.place)
    for registration in db.session.scalars(here.limit(AT_ONCE)).all():
        if at < event_end(event):
            _write(letters, registration)
        registration.owed = None
    db.session.commit()
    return True


def _write(letters: Letters, registration: Registration) -> None:
    """Post what is owed, unless it is not true any more: then what came after was told."""
    if registration.owed == "registered" and registration.is_confirmed:
        letters.registered(registration)
    elif registration.owed == "promoted" and registration.is_confirmed:
        letters.promoted(registration)
    elif registration.owed == "waitlisted" and registration.is_waitlisted:
        letters.waitlisted(registration)
    elif registration.owed == "cancelled" and registration.is_cancelled:
        letters.cancelled(registration)
