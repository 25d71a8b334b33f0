"""Project, Team, and who leads what."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ptgsched.accounts.models import User
from ptgsched.db import Base, UTCDateTime
from ptgsched.events.models import Event, Organizer

__all__ = [
    "DeclaredConflict",
    "Membership",
    "Organizer",
    "Project",
    "Role",
    "Team",
    "TeamKind",
    "declare",
]


class TeamKind(StrEnum):
    """Horizontal teams cut across projects and sign up first (DOMAIN rules 1 and 2)."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class Role(StrEnum):
    """What a person is in a team; leads and deputies may book for it."""

    LEAD = "lead"
    DEPUTY = "deputy"
    MEMBER = "member"


class Project(Base):
    """A community that sends teams: OpenStack, Kata Containers, Zuul."""

    __tablename__ = "project"
    __table_args__ = (UniqueConstraint("event_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))

    teams: Mapped[list[Team]] = relationship(back_populates="project", order_by="Team.slug")


class Team(Base):
    """Who books: a project team, SIG or working group at one event (ptgbot's track)."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("event_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("project.id", ondelete="SET NULL"), index=True
    )
    slug: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16), default=TeamKind.VERTICAL)
    description: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    color: Mapped[str | None] = mapped_column(String(32))  # CSS; null: chosen from the slug
    etherpad_url: Mapped[str | None] = mapped_column(String(500))  # null: made from the names
    join_url: Mapped[str | None] = mapped_column(String(500))
    chat_channel: Mapped[str | None] = mapped_column(String(120))
    expected_attendance: Mapped[int | None]
    hours_wanted: Mapped[float | None]
    survey_completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ptgbot: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # track: its name there

    event: Mapped[Event] = relationship()
    project: Mapped[Project | None] = relationship(back_populates="teams", lazy="joined")
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="team", cascade="all, delete-orphan"
    )


class Membership(Base):
    """A person's place in a team."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("team_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str] = mapped_column(String(16), default=Role.MEMBER)

    team: Mapped[Team] = relationship(back_populates="memberships")
    user: Mapped[User] = relationship()


class DeclaredConflict(Base):
    """Two teams that share people and must not meet in parallel; one row for the pair."""

    __tablename__ = "declared_conflict"
    __table_args__ = (CheckConstraint("team_id < other_id", name="pair_in_order"),)

    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )
    other_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Wish(StrEnum):
    """What a team asks for with regard to another."""

    APART = "apart"  # never in parallel: then there is a DeclaredConflict, too
    JOINT = "joint"


class TeamWish(Base):
    """One team's wish with regard to another, as its survey says; the other may not share it."""

    __tablename__ = "team_wish"

    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )
    other_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)


class TeamSurvey(Base):
    """What a team's survey says beside what stands on the team itself (DOMAIN 6)."""

    __tablename__ = "team_survey"

    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )
    windows: Mapped[list[Any]] = mapped_column(JSON, default=list)  # codes that suit: A, C
    notes: Mapped[str] = mapped_column(Text, default="", server_default="")  # organizers read them
    updated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # of what is missing


def declare(team: Team, other: Team) -> DeclaredConflict:
    """The row that says `team` and `other` must not meet in parallel; both have ids."""
    low, high = sorted((team.id, other.id))
    return DeclaredConflict(team_id=low, other_id=high)
