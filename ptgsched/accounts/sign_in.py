"""The signed-in person of a request."""

from __future__ import annotations

from flask import Flask
from flask_login import LoginManager

from ptgsched.accounts.models import User
from ptgsched.db import db

manager = LoginManager()


def init_app(app: Flask) -> None:
    """Load people from their session; the session never survives a deactivated account."""
    manager.init_app(app)


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(user_id: str) -> User | None:
    user = db.session.get(User, int(user_id)) if user_id.isdigit() else None
    return user if user is not None and user.is_active else None
