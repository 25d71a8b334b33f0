"""People who can sign in, and the tokens of programs that speak for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from ptgsched.db import Base, UTCDateTime

SCOPES = ("booking:write", "live:write", "registrations:read", "manage")


class User(Base):
    """Somebody with an account; what they may do follows from roles and memberships."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # case-folded
    name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    timezone: Mapped[str | None] = mapped_column(String(64))
    is_admin: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    # Flask-Login's protocol, without its mixin, so that models stay free of Flask.
    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the session cookie remembers of this person."""
        return str(self.id)

    def __repr__(self) -> str:
        return f"<User {self.id}>"  # no e-mail: this ends up in logs


class ApiToken(Base):
    """A bearer token: only its SHA-256 is stored; it may be bound to one event and to teams."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]] = mapped_column(JSON)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), index=True
    )
    team_slugs: Mapped[list[Any] | None] = mapped_column(JSON)  # null: every team of the event
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
