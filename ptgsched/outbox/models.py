"""Mails that wait to be sent, and who does not want which."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ptgsched.db import Base, UTCDateTime


class MailState(StrEnum):
    """What has become of a mail."""

    WAITING = "waiting"
    SENT = "sent"  # the server took it
    REFUSED = "refused"  # the server said never
    EXPIRED = "expired"  # the server said later, for days
    UNWANTED = "unwanted"  # its reader has left this kind of mail


class OutgoingMail(Base):
    """One mail to one person, rendered; `due_at` is when the next worker may take it.

    What it says is wiped once it is no longer waiting; its key stays, so that it is never
    posted again.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index("ix_outgoing_mail_state_due_at", "state", "due_at"),
        Index("ix_outgoing_mail_to", "to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    template: Mapped[str] = mapped_column(String(60))
    to: Mapped[str] = mapped_column(String(254))  # empty once forgotten
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    attachments: Mapped[list[Any]] = mapped_column(JSON)  # {name, type, data: base64}
    mailing: Mapped[str | None] = mapped_column(String(40))  # the kind of mail one can leave
    unsubscribe: Mapped[str | None] = mapped_column(Text)  # an address of the sender's own for it
    state: Mapped[str] = mapped_column(String(8), default=MailState.WAITING)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)  # after this it is not tried again
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    claim: Mapped[str | None] = mapped_column(String(32))  # the worker's that has it in hand
    answer: Mapped[str | None] = mapped_column(Text)  # the mail server's last
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # To somebody whose data are erased: the address goes once it is done, not a week later.
    is_last: Mapped[bool] = mapped_column(default=False, server_default=false())

    def __repr__(self) -> str:
        return f"<OutgoingMail {self.id} {self.template} {self.state}>"  # no address: for logs


class LeftMailing(Base):
    """Somebody's wish to get no more of a kind of mail; the address is kept as its digest."""

    __tablename__ = "left_mailing"
    __table_args__ = (UniqueConstraint("digest", "mailing"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    mailing: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
