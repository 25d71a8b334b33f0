"""Booking, the cells it holds, the teams that join it, and the journal of changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ptgsched.db import Base, UTCDateTime
from ptgsched.events.models import Room, Slot
from ptgsched.intervals import Interval
from ptgsched.teams.models import Team

CANCELLED_FOR = timedelta(hours=24)
"""How long after its end a released booking is told of in feeds."""


class BookingStatus(StrEnum):
    """As the API says it; the feed says CONFIRMED and CANCELLED (RFC 5545 3.8.1.11)."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class BookingTeam(Base):
    """A team invited to another team's booking: a joint session."""

    __tablename__ = "booking_team"

    booking_id: Mapped[int] = mapped_column(
        ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class BookingSlot(Base):
    """One cell of the grid, held: the database itself refuses a second holder."""

    __tablename__ = "booking_slot"
    __table_args__ = (UniqueConstraint("room_id", "slot_id"),)

    booking_id: Mapped[int] = mapped_column(
        ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True
    )
    slot_id: Mapped[int] = mapped_column(
        ForeignKey("slot.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="RESTRICT"))


class Booking(Base):
    """A team's session: one or more neighbouring slots of one window in one room.

    `uid` is the VEVENT's for life; `sequence` rises with each change a reader must see.
    Times, room and slot codes stay on the row when it is released, for feeds and for undo;
    the cells themselves (`BookingSlot`) are given back.
    """

    __tablename__ = "booking"
    __table_args__ = (Index("ix_booking_event_id_starts_at", "event_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="RESTRICT"), index=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="RESTRICT"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    slot_codes: Mapped[list[Any]] = mapped_column(JSON)
    title: Mapped[str] = mapped_column(String(200), default="", server_default="")
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    status: Mapped[str] = mapped_column(String(16), default=BookingStatus.CONFIRMED)
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    owner: Mapped[str] = mapped_column(String(120), default="", server_default="")  # Actor.label

    team: Mapped[Team] = relationship(foreign_keys=[team_id])
    room: Mapped[Room] = relationship(foreign_keys=[room_id])
    with_teams: Mapped[list[Team]] = relationship(secondary="booking_team", order_by="Team.slug")
    cells: Mapped[list[BookingSlot]] = relationship(cascade="all, delete-orphan")
    slots: Mapped[list[Slot]] = relationship(
        secondary="booking_slot", order_by="Slot.starts_at", viewonly=True
    )

    @property
    def interval(self) -> Interval:
        """When it is, in UTC; what it had when it was released."""
        return Interval(self.starts_at, self.ends_at)

    @property
    def hours(self) -> float:
        """How long, in hours."""
        return (self.ends_at - self.starts_at).total_seconds() / 3600

    @property
    def is_confirmed(self) -> bool:
        """Whether it holds its cells, not released."""
        return self.status == BookingStatus.CONFIRMED

    @property
    def teams(self) -> list[Team]:
        """All who take part, the booking team first."""
        return [self.team, *self.with_teams]


class Change(Base):
    """One line of an event's journal: what the changes feed, webhooks and the audit read.

    `before` and `after` hold facts only; links are made when they are read.
    """

    __tablename__ = "change"
    __table_args__ = (UniqueConstraint("event_id", "cursor"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    cursor: Mapped[int]
    revision: Mapped[int]  # the schedule_revision it belongs to
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    token_id: Mapped[int | None] = mapped_column(
        ForeignKey("api_token.id", ondelete="SET NULL"), index=True
    )
    action: Mapped[str] = mapped_column(String(32))
    booking_uid: Mapped[str | None] = mapped_column(String(36), index=True)
    subject: Mapped[str | None] = mapped_column(String(64))  # slug of a team or room
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(String(500))  # of an override


class Replay(Base):
    """The first answer given under an Idempotency-Key, kept for 24 h."""

    __tablename__ = "replay"
    __table_args__ = (UniqueConstraint("token_id", "path", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(300))
    key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    headers: Mapped[dict[str, Any]] = mapped_column(JSON)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
