"""The signed-in person of a request."""

from __future__ import annotations

import hashlib
from typing import cast

from flask import Flask, session
from flask_login import LoginManager, current_user, login_user, logout_user

from ptgsched.accounts.models import User
from ptgsched.db import db

MARK = "mark"  # of the password with which a session began
manager = LoginManager()


def init_app(app: Flask) -> None:
    """Load people from their session; the session never survives a deactivated account."""
    manager.init_app(app)


def person() -> User:
    """Who is signed in; behind ``@access("signed_in")`` there is always somebody."""
    return cast("User", current_user._get_current_object())  # noqa: SLF001  # how Werkzeug names it


def sign_in(user: User) -> None:
    """Begin a session for `user` that inherits nothing from the one before."""
    session.clear()
    session.permanent = True
    session[MARK] = _mark(user)
    login_user(user)


def sign_out() -> None:
    """Forget the session and whoever it was of."""
    logout_user()
    session.clear()


def _mark(user: User) -> str:
    return hashlib.sha256((user.password_hash or "").encode()).hexdigest()[:16]


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(user_id: str) -> User | None:
    user = db.session.get(User, int(user_id)) if user_id.isdigit() else None
    if user is None or not user.is_active:
        return None
    # A session ends when the password changes, so that a stolen one does not outlive it.
    return user if session.get(MARK, _mark(user)) == _mark(user) else None
