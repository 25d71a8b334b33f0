"""Sending what waits: taken one by one, handed over, and crossed off.

A mail that is taken is due again when the lease ends, so a worker that dies loses nothing; one
that dies between the server's yes and our note of it sends that one mail twice, with the same
Message-ID.  Taking and crossing off are each one short transaction; none is open meanwhile.
"""

from __future__ import annotations

import logging
import random
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from ptgsched.clock import utcnow
from ptgsched.config import Settings
from ptgsched.db import begin_write, db
from ptgsched.outbox.carriers import Carrier, Later, Never, Unreachable
from ptgsched.outbox.messages import message_of
from ptgsched.outbox.models import MailState, OutgoingMail
from ptgsched.outbox.operations import has_left

LEASE = timedelta(minutes=3)
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
SERVER_AGAIN = timedelta(seconds=1)
SERVER_LONGEST = timedelta(minutes=1)

log = logging.getLogger(__name__)
_ADDRESS = re.compile(r"<?[^\s<>]*@[^\s<>]*>?")


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail in this worker's hands, read completely, so that no transaction stays open."""

    mail: OutgoingMail
    claim: str


class Delivery:
    """One worker's hands; `pass_on` is called again and again."""

    def __init__(self, settings: Settings, carrier: Carrier) -> None:
        self._settings = settings
        self._carrier = carrier
        self._failures = 0  # of the server, in a row
        self._not_before: datetime | None = None

    def pass_on(self) -> bool:
        """Take one mail and see to it; False when there is none, or the server is away."""
        at = utcnow()
        if self._not_before is not None and at < self._not_before:
            return False
        taken = take(at)
        if taken is None:
            self._carrier.rest()
            return False
        mail = taken.mail
        if mail.state != MailState.WAITING:
            return True
        try:
            message = message_of(mail, self._settings)
        except ValueError as error:  # an address that no header can hold, for one
            self._settle(taken, MailState.REFUSED, f"this mail cannot be written: {error}")
            return True
        try:
            answer = self._carrier.send(message, f"{mail.id:06}-{mail.template}")
        except Never as error:
            self._settle(taken, MailState.REFUSED, str(error))
        except Later as error:
            log.warning("mail %s: %s", mail.id, nameless(str(error)))
            self._put_back(taken, str(error), utcnow() + pause(mail.attempts))
        except Unreachable as error:
            self._put_back(taken, str(error), at, counts=False)
            self._wait(error)
            return False
        else:
            self._settle(taken, MailState.SENT, answer)
        self._failures = 0
        return True

    def rest(self) -> None:
        """Close what is open."""
        self._carrier.rest()

    def _wait(self, error: Unreachable) -> None:
        wait = jittered(min(SERVER_AGAIN * 2 ** min(self._failures, 10), SERVER_LONGEST))
        if not self._failures:
            log.warning("the mail server is away, mails wait: %s", error)
        self._failures += 1
        self._not_before = utcnow() + wait

    def _settle(self, taken: Taken, state: MailState, answer: str) -> None:
        if state == MailState.REFUSED:
            log.warning("mail %s is refused: %s", taken.mail.id, nameless(answer))
        begin_write()
        mail = db.session.get(OutgoingMail, taken.mail.id)
        # Whoever else has taken it since, because this took longer than the lease: it is done.
        if mail is not None:
            finish(mail, state, answer, utcnow())
        db.session.commit()

    def _put_back(
        self, taken: Taken, answer: str, due_at: datetime, *, counts: bool = True
    ) -> None:
        begin_write()
        mail = db.session.get(OutgoingMail, taken.mail.id)
        if mail is not None and mail.claim == taken.claim:
            mail.claim, mail.answer, mail.due_at = None, answer, due_at
            mail.attempts -= 0 if counts else 1
        db.session.commit()


def take(at: datetime) -> Taken | None:
    """The mail that has been due longest, leased; None when there is none.

    One that has expired, or that its reader does not want, is finished instead.
    """
    due = (
        select(OutgoingMail)
        .where(OutgoingMail.state == MailState.WAITING, OutgoingMail.due_at <= at)
        .order_by(OutgoingMail.due_at, OutgoingMail.id)
        .limit(1)
    )
    if db.session.scalar(due) is None:  # most looks find none, and must not queue up to write
        db.session.rollback()
        return None
    begin_write()
    mail = db.session.scalar(due.with_for_update(skip_locked=True))
    if mail is None:
        db.session.rollback()
        return None
    claim = secrets.token_hex(16)
    if mail.expires_at <= at:
        finish(mail, MailState.EXPIRED, mail.answer, at)
    elif mail.mailing is not None and has_left(mail.to, mail.mailing):
        finish(mail, MailState.UNWANTED, None, at)
    else:
        mail.claim, mail.due_at = claim, at + LEASE
        mail.attempts += 1
    db.session.flush()
    db.session.expunge(mail)  # as it is now, whoever deletes it while the server is talked to
    db.session.commit()
    return Taken(mail, claim)


def finish(mail: OutgoingMail, state: MailState, answer: str | None, at: datetime) -> None:
    """Note what became of a mail and wipe what it said."""
    mail.state, mail.answer, mail.done_at, mail.claim = state, answer, at, None
    mail.text, mail.html, mail.attachments, mail.unsubscribe = "", None, [], None
    if mail.is_last:
        mail.to, mail.subject, mail.answer = "", "", None


def nameless(answer: str) -> str:
    """What a mail server said, for the log: without the addresses that it repeats."""
    return _ADDRESS.sub("<address>", answer)


def pause(attempts: int) -> timedelta:
    """How long a mail waits after so many attempts: twice as long each time, up to an hour."""
    return jittered(min(FIRST_RETRY * 2 ** min(attempts - 1, 12), LONGEST_RETRY))


def jittered(wait: timedelta) -> timedelta:
    """A fifth shorter to a fifth longer, so that what failed together does not return together."""
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 (no secret)
