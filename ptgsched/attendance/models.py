"""How many were in a session, as its moderator counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
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
