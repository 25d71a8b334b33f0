"""Posting a mail in the transaction of what it tells, and leaving a kind of mail."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ptgsched.clock import utcnow
from ptgsched.db import begin_write, db
from ptgsched.outbox.models import LeftMailing, MailState, OutgoingMail
from ptgsched.outbox.rendering import render
from ptgsched.text import plain_address

TRIED_FOR = timedelta(days=3)
KEPT_AFTER = timedelta(days=7)  # addresses of mails that are done
FORGOTTEN: Mapping[str, Any] = {"to": "", "subject": "", "answer": None}
EVERY_MAILING = "*"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail: its name, its MIME type, its bytes."""

    name: str
    type: str
    content: bytes


def post(
    *,
    template: str,
    to: str,
    key: str,
    zone: str | None = None,
    facts: Mapping[str, Any] | None = None,
    attachments: Sequence[Attachment] = (),
    unsubscribe: str | None = None,
    mailing: str | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    at: datetime | None = None,
) -> OutgoingMail:
    """Write a mail into the caller's transaction; the worker sends it once that is committed.

    The same `key` posts nothing and gives back the first mail: name what happened in it, like
    ``registration:42:confirmed``.  It is rendered here and now from templates/mail/<template>,
    with times in `zone` (default: UTC) and UTC beside.  `mailing` names a kind of mail that its
    reader can leave with one click (``List-Unsubscribe``), and that is not sent to who has;
    `unsubscribe` is an address of the caller's own for the same.  After `expires_at` (default:
    three days from when it may go) it is not tried any more.
    """
    begin_write()
    known = db.session.scalar(select(OutgoingMail).where(OutgoingMail.key == key))
    if known is not None:
        return known
    now = at or utcnow()
    due = max(not_before or now, now)
    words = render(template, facts or {}, zone or "UTC")
    row = {
        "key": key,
        "template": template,
        "to": to,
        "subject": words.subject,
        "text": words.text,
        "html": words.html,
        "attachments": [_stored(attachment) for attachment in attachments],
        "mailing": mailing,
        "unsubscribe": unsubscribe,
        "state": MailState.WAITING,
        "created_at": now,
        "due_at": due,
        "expires_at": expires_at or due + TRIED_FOR,
    }
    _insert_once(OutgoingMail, row, "key")
    return db.session.scalars(select(OutgoingMail).where(OutgoingMail.key == key)).one()


def cancel(key_prefix: str) -> None:
    """Take back the waiting mails whose keys begin so, one that a worker holds excepted."""
    begin_write()
    db.session.execute(
        delete(OutgoingMail).where(
            OutgoingMail.key.startswith(key_prefix, autoescape=True),
            OutgoingMail.state == MailState.WAITING,
            OutgoingMail.claim.is_(None),
        )
    )


def forget(addresses: Sequence[str], concerns: Callable[[str], bool]) -> None:
    """Take back what waits for these addresses, and drop them from what is done.

    Only of mails whose key `concerns` takes for one's own.
    """
    begin_write()
    columns = (OutgoingMail.id, OutgoingMail.key, OutgoingMail.state)
    found = db.session.execute(select(*columns).where(OutgoingMail.to.in_(addresses))).all()
    mine = [mail for mail in found if concerns(mail.key)]
    waiting = [mail.id for mail in mine if mail.state == MailState.WAITING]
    done = [mail.id for mail in mine if mail.state != MailState.WAITING]
    db.session.execute(delete(OutgoingMail).where(OutgoingMail.id.in_(waiting)))
    db.session.execute(update(OutgoingMail).where(OutgoingMail.id.in_(done)).values(**FORGOTTEN))


def forget_when_done(key: str) -> None:
    """Drop the address of the mail with this key, if there is one, as soon as it is done."""
    begin_write()
    db.session.execute(update(OutgoingMail).where(OutgoingMail.key == key).values(is_last=True))


def forget_done(at: datetime) -> None:
    """Drop addresses and subjects of mails that were done a week before `at`."""
    begin_write()
    old = (OutgoingMail.done_at < at - KEPT_AFTER, OutgoingMail.to != "")
    db.session.execute(update(OutgoingMail).where(*old).values(**FORGOTTEN))


def digest_of(address: str) -> str:
    """What is kept of an address that has left a mailing: its SHA-256, the same in any case."""
    return hashlib.sha256(plain_address(address).encode()).hexdigest()


def leave(digest: str, mailing: str, *, at: datetime) -> None:
    """Send no more of a mailing (or `EVERY_MAILING`) to the address with this digest."""
    begin_write()
    row = {"digest": digest, "mailing": mailing, "at": at}
    _insert_once(LeftMailing, row, "digest", "mailing")


def rejoin(digest: str, mailing: str) -> None:
    """Undo `leave`."""
    begin_write()
    mine = (LeftMailing.digest == digest, LeftMailing.mailing == mailing)
    db.session.execute(delete(LeftMailing).where(*mine))


def has_left(to: str, mailing: str) -> bool:
    """Whether an address wants none of a mailing."""
    return has_left_digest(digest_of(to), mailing)


def has_left_digest(digest: str, mailing: str) -> bool:
    """Likewise for the address with this digest."""
    left = (LeftMailing.digest == digest, LeftMailing.mailing.in_([mailing, EVERY_MAILING]))
    return db.session.scalar(select(LeftMailing.id).where(*left).limit(1)) is not None


def _insert_once(model: type[Any], row: dict[str, Any], *unique: str) -> None:
    """Insert unless another transaction has: on PostgreSQL one that is not over is waited for."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(model).values(**row).on_conflict_do_nothing(index_elements=unique)
    db.session.execute(statement)


def _stored(attachment: Attachment) -> dict[str, str]:
    data = base64.b64encode(attachment.content).decode()
    return {"name": attachment.name, "type": attachment.type, "data": data}
