"""Addresses that are told of changes, and what was told them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ptgsched.db import Base, UTCDateTime
from ptgsched.events.models import Event


class DeliveryState(StrEnum):
    """What has become of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"  # answered with 2xx
    FAILED = "failed"  # tried for days


class Webhook(Base):
    """An address of an organizer's; `cursor` is the last change that deliveries were made of.

    One delivery at a time is under way to each: `due_at` lies behind it, or after the pause that
    an address gets that cannot be reached.
    """

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(64))  # signing needs it as it is
    about: Mapped[list[Any]] = mapped_column(JSON)  # first words of actions; empty: all
    cursor: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")  # in a row
    failing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    off_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    off_because: Mapped[str | None] = mapped_column(Text)  # null: an organizer's wish

    event: Mapped[Event] = relationship()

    @property
    def is_on(self) -> bool:
        """Whether it is told anything."""
        return self.off_at is None

    def wants(self, action: str) -> bool:
        """Whether a change like ``booking.moved`` is to be told."""
        return not self.about or action.partition(".")[0] in self.about


class Delivery(Base):
    """One change for one address: the body as it is sent each time, and the last answer."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_webhook_id_state_due_at", "webhook_id", "state", "due_at"),
        Index("ix_webhook_delivery_state_created_at", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(9), default=DeliveryState.WAITING)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    tried_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    status: Mapped[int | None]  # of the last answer; null: there was none
    answer: Mapped[str | None] = mapped_column(Text)  # its beginning, or why there was none

    webhook: Mapped[Webhook] = relationship()
