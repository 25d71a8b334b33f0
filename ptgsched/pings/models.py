"""What people want to be told of at an event, and what they were told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ptgsched.accounts.models import User
from ptgsched.db import Base, UTCDateTime
from ptgsched.events.models import Event
from ptgsched.registrations.models import Registration
from ptgsched.teams.models import Team


class PingTeam(Base):
    """A team whose topics somebody wants to be told of."""

    __tablename__ = "ping_team"

    ping_id: Mapped[int] = mapped_column(
        ForeignKey("ping.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Ping(Base):
    """One person's wish at one event: by account, or else by registration."""

    __tablename__ = "ping"
    __table_args__ = (
        UniqueConstraint("event_id", "user_id"),
        UniqueConstraint("event_id", "registration_id"),
        CheckConstraint("(user_id IS NULL) <> (registration_id IS NULL)", name="one_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    pattern: Mapped[str | None] = mapped_column(String(200))  # a regular expression
    by_mail: Mapped[bool]

    event: Mapped[Event] = relationship()
    user: Mapped[User | None] = relationship()
    registration: Mapped[Registration | None] = relationship()
    teams: Mapped[list[Team]] = relationship(secondary="ping_team", order_by="Team.slug")

    @property
    def is_empty(self) -> bool:
        """Whether it waits for nothing."""
        return not self.teams and self.pattern is None

    @property
    def address(self) -> str | None:
        """Where mails for this person go; None while they may not be sent any."""
        if self.user is not None:
            return self.user.email if self.user.is_active else None
        found = self.registration
        return None if found is None or found.is_cancelled else found.email

    @property
    def zone(self) -> str:
        """The zone this person reads in."""
        person = self.user or self.registration
        return (person.timezone if person else None) or self.event.timezone


class PingTold(Base):
    """A topic that somebody was told of; the same one is not told again that day."""

    __tablename__ = "ping_told"
    __table_args__ = (UniqueConstraint("ping_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ping_id: Mapped[int] = mapped_column(ForeignKey("ping.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))  # of the day, the team and the text
    team: Mapped[str] = mapped_column(String(120))  # its name
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class PingMark(Base):
    """Up to where in an event's journal people have been told."""

    __tablename__ = "ping_mark"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    cursor: Mapped[int]
