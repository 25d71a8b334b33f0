"""An invitation to a role, as it was mailed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ptgsched.accounts.models import User
from ptgsched.db import Base, UTCDateTime
from ptgsched.events.models import Event
from ptgsched.teams.models import Team


class Invited(StrEnum):
    """To what somebody can be invited."""

    LEAD = "lead"
    DEPUTY = "deputy"
    ORGANIZER = "organizer"


class Invitation(Base):
    """Whoever holds the secret that was mailed may take the role; only its hash is kept."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int | None] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), index=True
    )  # null: an organizer of the event
    role: Mapped[str] = mapped_column(String(16))
    email: Mapped[str] = mapped_column(String(254))  # case-folded
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    steps_down: Mapped[bool] = mapped_column()  # the inviter becomes a deputy: a hand-over
    mails: Mapped[int] = mapped_column()  # how often it was sent
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
    team: Mapped[Team | None] = relationship()
    invited_by: Mapped[User | None] = relationship(foreign_keys=[invited_by_id])

    @property
    def is_pending(self) -> bool:
        """Whether nobody has taken it and nobody taken it back; it may have expired."""
        return self.accepted_at is None and self.revoked_at is None

    def __repr__(self) -> str:
        return f"<Invitation {self.id} {self.role}>"  # no e-mail: this ends up in logs
