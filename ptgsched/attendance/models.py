"""How many were in a session, as its moderator counted, and who said so of themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ptgsched.db import Base, UTCDateTime


class HeadCount(Base):
    """The latest count of a session; what it was before stands in the audit.

    It is no part of the schedule: no feed, revision or sequence changes with it.
    """

    __tablename__ = "head_count"
    __table_args__ = (CheckConstraint("people >= 0", name="not_negative"),)

    booking_id: Mapped[int] = mapped_column(
        ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True
    )
    people: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120))  # Actor.label


class Guest(Base):
    """A registered person who said that they are in a session.

    It stays when the registration goes, so that the count stays; then it is nobody's.
    """

    __tablename__ = "session_guest"
    __table_args__ = (UniqueConstraint("booking_id", "registration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL"), index=True
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime)
