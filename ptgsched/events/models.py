"""Event, Window, Slot, Room and Phase: the time grid that teams book."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ptgsched.db import Base, UTCDateTime
from ptgsched.intervals import Interval
from ptgsched.text import holds_passcode


class EventStatus(StrEnum):
    """Only a published event is public; only a published one takes bookings."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class QuotaDay(StrEnum):
    """What a day is for the daily cap: the event's or the UTC calendar's."""

    EVENT = "event"
    UTC = "utc"


class OverlapPolicy(StrEnum):
    """What two declared teams meeting in parallel means."""

    BLOCK = "block"
    WARN = "warn"


class RoomKind(StrEnum):
    """Decides the icon, and whether a join link is public unless said otherwise."""

    ZOOM = "zoom"
    MEETPAD = "meetpad"
    PHYSICAL = "physical"
    OTHER = "other"


room_offer = Table(
    "room_offer",
    Base.metadata,
    Column("room_id", ForeignKey("room.id", ondelete="CASCADE"), primary_key=True),
    Column("slot_id", ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True),
)


class Event(Base):
    """A gathering; `schedule_revision` rises with every change of anything its feeds show."""

    __tablename__ = "event"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="days_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    kind: Mapped[str] = mapped_column(String(32))
    timezone: Mapped[str] = mapped_column(String(64), default="UTC", server_default="UTC")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(16), default=EventStatus.DRAFT)
    eventid: Mapped[str] = mapped_column(String(120))  # ptgbot's name of it; pads are named by it
    quota_day: Mapped[str] = mapped_column(
        String(8), default=QuotaDay.EVENT, server_default="event"
    )
    overlap_policy: Mapped[str] = mapped_column(
        String(8), default=OverlapPolicy.BLOCK, server_default="block"
    )
    allow_parallel: Mapped[bool] = mapped_column(default=False, server_default=false())
    registration_capacity: Mapped[int | None]  # null: as many as come
    registration_opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # null: at once
    registration_closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # null: at the end
    links: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    schedule_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    live_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    cursor: Mapped[int] = mapped_column(default=0, server_default="0")  # of the last Change
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)  # of the last schedule_revision

    windows: Mapped[list[Window]] = relationship(
        back_populates="event", order_by="Window.starts_at", cascade="all, delete-orphan"
    )
    slots: Mapped[list[Slot]] = relationship(
        back_populates="event", order_by="(Slot.starts_at, Slot.code)", viewonly=True
    )
    rooms: Mapped[list[Room]] = relationship(
        back_populates="event", order_by="(Room.position, Room.id)", cascade="all, delete-orphan"
    )
    phases: Mapped[list[Phase]] = relationship(
        back_populates="event", order_by="(Phase.opens_at, Phase.id)", cascade="all, delete-orphan"
    )

    @property
    def is_published(self) -> bool:
        """Whether anybody may see it: published, or over and kept as an archive."""
        return self.status in {EventStatus.PUBLISHED, EventStatus.ARCHIVED}


class Organizer(Base):
    """A person who runs an event: may book for every team there and override rules."""

    __tablename__ = "organizer"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Window(Base):
    """A block of working hours cut into slots; belongs to the event day it starts on."""

    __tablename__ = "event_window"
    __table_args__ = (UniqueConstraint("event_id", "day", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    day: Mapped[date]
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship(back_populates="windows")
    slots: Mapped[list[Slot]] = relationship(
        back_populates="window", order_by="Slot.number", cascade="all, delete-orphan"
    )


class Slot(Base):
    """The unit of booking: an instant and a length, known by a code like ``MonA1``."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        UniqueConstraint("window_id", "number"),
        Index("ix_slot_event_id_starts_at", "event_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="has_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    window_id: Mapped[int] = mapped_column(ForeignKey("event_window.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(32))
    number: Mapped[int]  # 1 is the window's first
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship(back_populates="slots")
    window: Mapped[Window] = relationship(back_populates="slots", lazy="joined")

    @property
    def interval(self) -> Interval:
        """When it is, in UTC."""
        return Interval(self.starts_at, self.ends_at)

    @property
    def hours(self) -> float:
        """Its length."""
        return (self.ends_at - self.starts_at).total_seconds() / 3600

    @property
    def day(self) -> date:
        """The event day it belongs to, though it may lie past midnight."""
        return self.window.day


class Room(Base):
    """A place to meet, physical or a call."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("event_id", "slug"), UniqueConstraint("event_id", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16), default=RoomKind.OTHER)
    join_url: Mapped[str | None] = mapped_column(String(500))
    join_public: Mapped[bool | None]  # null: as its kind has it
    passcode: Mapped[str | None] = mapped_column(String(120))
    capacity: Mapped[int | None]
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    features: Mapped[list[Any]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    offered_always: Mapped[bool] = mapped_column(default=True, server_default=true())
    ptgbot: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # desc, cap_* as imported

    event: Mapped[Event] = relationship(back_populates="rooms")
    offered_slots: Mapped[list[Slot]] = relationship(
        secondary=room_offer, order_by="Slot.starts_at"
    )

    def offers(self, slot: Slot) -> bool:
        """Whether it may be booked in `slot` at all, free or not."""
        return self.offered_always or slot in self.offered_slots

    @property
    def link_is_public(self) -> bool:
        """Whether anybody may see its join link; a passcode in it (``pwd=``) hides it."""
        if not self.join_url:
            return self.kind == RoomKind.MEETPAD
        if holds_passcode(self.join_url) or (self.passcode and self.passcode in self.join_url):
            return False
        return self.kind != RoomKind.ZOOM if self.join_public is None else self.join_public


class Phase(Base):
    """A stretch of sign-up: who may book from when, and how many hours (DOMAIN 1-5, 7)."""

    __tablename__ = "phase"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # null: stays open
    team_kinds: Mapped[list[Any]] = mapped_column(JSON)
    max_hours_per_day: Mapped[float | None]  # null: no cap
    max_hours_total: Mapped[float | None]

    event: Mapped[Event] = relationship(back_populates="phases")

    def is_open(self, at: datetime) -> bool:
        """Whether it holds at the instant `at`."""
        return self.opens_at <= at and (self.closes_at is None or at < self.closes_at)
