"""Passwords: argon2, and accounts found by their e-mail address in any case."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ptgsched.accounts.models import User
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.text import plain_address

MIN_LENGTH = 10
_hasher = PasswordHasher()


def clean_email(text: str) -> str:
    """The address as it is stored: checked for form, in lower case.  Raises Invalid."""
    try:
        checked = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid(f"Not an e-mail address: {error}", fields={"email": [str(error)]}) from error
    return plain_address(checked.normalized)


def create_user(
    email: str, password: str | None, *, at: datetime, admin: bool = False, name: str = ""
) -> User:
    """A new account; `password` None means that it cannot sign in with one.

    Raises Invalid for a bad address or a short password, Conflict for a known address.
    """
    email = clean_email(email)
    known = Conflict(f"There is already an account for {email}.", code="known_email")
    if find_user(email) is not None:
        raise known
    user = User(email=email, name=name, is_admin=admin, created_at=at)
    if password is not None:
        set_password(user, password)
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError as error:  # since a moment ago
        raise known from error
    return user


def set_password(user: User, password: str) -> None:
    """Store the hash of a new password; raises Invalid when it is too short or too long."""
    if not MIN_LENGTH <= len(password) <= 256:
        said = f"A password has at least {MIN_LENGTH} and at most 256 characters."
        raise Invalid(said, fields={"password": [said]})
    user.password_hash = _hasher.hash(password)


def find_user(email: str) -> User | None:
    """The account of an address, in any case."""
    return db.session.scalar(select(User).where(User.email == plain_address(email)))


def authenticate(email: str, password: str) -> User | None:
    """The active account with this address and password, else None, in the same time."""
    user = find_user(email)
    known = user is not None and user.password_hash is not None and user.is_active
    stored = user.password_hash if user is not None and user.password_hash else _nobody()
    try:
        _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return None
    return user if known else None


@cache
def _nobody() -> str:
    # Verified when nobody has the address, so that the time taken tells nothing.
    return _hasher.hash("nobody has this password")
