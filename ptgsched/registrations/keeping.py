"""How long people's data are kept: per event, and for a day what was uploaded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ptgsched.db import Base, UTCDateTime


class Retention(Base):
    """For how many days after its end an event's registrations are kept; null: without end."""

    __tablename__ = "registration_retention"
    __table_args__ = (CheckConstraint("days >= 0", name="not_negative"),)

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    days: Mapped[int | None]


class Upload(Base):
    """A file between its upload and its import, of one organizer; gone after a day at most."""

    __tablename__ = "registration_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
