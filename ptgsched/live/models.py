"""The live board of an event: topics, messages of the day, places, and who is where.

What belongs to a day (topics, places, check-ins) is valid on the board's `day` only; it needs
no clean-up at midnight, because reading on a later day passes over it (`live.queries`).
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ptgsched.db import Base, UTCDateTime
from ptgsched.teams.models import Team


class TopicKind(StrEnum):
    """What a topic is for its team."""

    NOW = "now"
    NEXT = "next"


class Level(StrEnum):
    """How loud a message of the day is; Bootstrap's names for it, as ptgbot had them."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"


class LiveBoard(Base):
    """The settings of an event's board and the day it stands for; made by the first write."""

    __tablename__ = "live_board"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date]  # the event day that topics, places and check-ins belong to
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)  # of the last live_revision
    voice_required: Mapped[bool] = mapped_column(default=False, server_default=false())


class Topic(Base):
    """What a team talks about now (one, `position` 0) or next (in the order of `position`)."""

    __tablename__ = "live_topic"
    __table_args__ = (UniqueConstraint("team_id", "kind", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8))
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(120))  # Actor.label

    team: Mapped[Team] = relationship()


class Message(Base):
    """A message of the day; stays until somebody takes it off, whatever the day."""

    __tablename__ = "live_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    level: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)


class Place(Base):
    """Where a team is today, in its own words or its room."""

    __tablename__ = "live_place"

    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)

    team: Mapped[Team] = relationship()


class Person(Base):
    """Somebody in chat: a nick, the same in any case, and what this person chose."""

    __tablename__ = "live_person"
    __table_args__ = (UniqueConstraint("event_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))  # the nick case-folded, which may lengthen it
    nick: Mapped[str] = mapped_column(String(64))  # as its owner last wrote it
    shares: Mapped[bool] = mapped_column(default=False, server_default=false())
    subscription: Mapped[str | None] = mapped_column(String(200))  # a regular expression


class CheckIn(Base):
    """Where a person is, or was until `out_at`; one for each person."""

    __tablename__ = "live_check_in"
    __table_args__ = (Index("ix_live_check_in_event_id_team_id", "event_id", "team_id"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("live_person.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"))
    place: Mapped[str] = mapped_column(Text)  # ``#nova``, or free text
    in_at: Mapped[datetime] = mapped_column(UTCDateTime)
    out_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(lazy="joined")
    team: Mapped[Team | None] = relationship()


class Notice(Base):
    """A line for one person about a topic, kept for the relays that have not been told of it."""

    __tablename__ = "live_notice"
    # A relay says up to which id it has them, so no id may come again.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    to: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    # The token of the relay that was told in the answer to a line it passed on.
    told_token_id: Mapped[int | None]


class NoticeMark(Base):
    """Up to which notice a relay has said them: each says all of them in its own network."""

    __tablename__ = "live_notice_mark"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True
    )
    token_id: Mapped[int] = mapped_column(
        ForeignKey("api_token.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    number: Mapped[int]


class PostedForm(Base):
    """What a form of the Now page posted, so that it is posted once; kept for a day."""

    __tablename__ = "live_posted_form"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
