"""A person's registration for one event, what they follow there, and what was sent in its name.

The shape, for all that counts, imports and exports:

- one row for each e-mail address (in lower case) and event; the address is null once the row was
  made anonymous, and such rows still count;
- `status` is confirmed, waitlisted or cancelled.  `place` rises with each registration of the
  event: the waitlist is confirmed in its order.  Who cancels and registers anew goes to the end;
- only `registrations.operations` writes rows, under the event's lock: `roll(event, …)` opens an
  event's registrations once for one change or for ten thousand;
- `teams` and `projects` are those of interest; the teams are also those that one's calendar shows
  and of whose changes one is told.  `starred` are single sessions.
- of secret links only a hash and a random seed are kept: see `registrations.tokens`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ptgsched.db import Base, UTCDateTime
from ptgsched.events.models import Event
from ptgsched.schedule.models import Booking
from ptgsched.teams.models import Project, Team

ROLES = (
    "Contributor",
    "Core reviewer or maintainer",
    "Operator",
    "User",
    "Documentation or community",
    "Student or newcomer",
    "Other",
)
"""What the form offers; an import may bring other words."""


class Status(StrEnum):
    """Where a registration stands; confirmed and waitlisted ones are `registered`."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


class Source(StrEnum):
    """Which way a registration came in."""

    PAGE = "page"
    IMPORT = "import"


class RegistrationTeam(Base):
    """A team that a registered person is interested in."""

    __tablename__ = "registration_team"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class RegistrationProject(Base):
    """A project that a registered person is interested in."""

    __tablename__ = "registration_project"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class RegistrationStar(Base):
    """A single session that a registered person has marked."""

    __tablename__ = "registration_star"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True
    )
    booking_id: Mapped[int] = mapped_column(
        ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Registration(Base):
    """One person at one event."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("event_id", "email"),
        Index("ix_registration_event_id_status_place", "event_id", "status", "place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    email: Mapped[str | None] = mapped_column(String(254), index=True)  # in lower case
    status: Mapped[str] = mapped_column(String(16))
    place: Mapped[int]  # in the order of the event's registrations
    source: Mapped[str] = mapped_column(String(16), default=Source.PAGE, server_default="page")

    name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    affiliation: Mapped[str] = mapped_column(String(120), default="", server_default="")
    country: Mapped[str | None] = mapped_column(String(2))  # ISO 3166
    timezone: Mapped[str | None] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(64), default="", server_default="")
    chat_nick: Mapped[str] = mapped_column(String(64), default="", server_default="")
    access_needs: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    listed: Mapped[bool] = mapped_column(default=False, server_default=false())
    newsletter: Mapped[bool] = mapped_column(default=False, server_default=false())

    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)  # of anything that the person sees
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # When the personal link was opened first: from then on the address is known to be theirs.
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    link_seed: Mapped[str | None] = mapped_column(String(43))
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    feed_seed: Mapped[str | None] = mapped_column(String(43))
    feed_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    # The browser it was made in may correct it until the personal link was opened.
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    # What somebody else sent under this address: the owner takes it or leaves it.
    proposal: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    proposed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    times_registered: Mapped[int] = mapped_column(default=1, server_default="1")
    # The mail about where it stands that the worker has yet to write: see `registrations.owed`.
    owed: Mapped[str | None] = mapped_column(String(16), index=True)

    event: Mapped[Event] = relationship()
    teams: Mapped[list[Team]] = relationship(secondary="registration_team", order_by="Team.slug")
    projects: Mapped[list[Project]] = relationship(
        secondary="registration_project", order_by="Project.slug"
    )
    starred: Mapped[list[Booking]] = relationship(
        secondary="registration_star", order_by="(Booking.starts_at, Booking.uid)"
    )

    @property
    def is_confirmed(self) -> bool:
        """Whether this person has a place."""
        return self.status == Status.CONFIRMED

    @property
    def is_waitlisted(self) -> bool:
        """Whether this person waits for a place."""
        return self.status == Status.WAITLISTED

    @property
    def is_cancelled(self) -> bool:
        """Whether this person does not come."""
        return self.status == Status.CANCELLED

    @property
    def has_choice(self) -> bool:
        """Whether the person's calendar is narrowed to teams or sessions."""
        return bool(self.teams or self.starred)

    def __repr__(self) -> str:
        return f"<Registration {self.id}>"  # no name and no e-mail: this ends up in logs


class ToldChange(Base):
    """Up to where in an event's journal those who follow teams have been told of changes.

    While they are being told, some at a time, `until` says how far: whoever goes on after a worker
    that died tells the same, so that nobody is told twice.
    """

    __tablename__ = "told_change"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    cursor: Mapped[int]
    until: Mapped[int | None]
