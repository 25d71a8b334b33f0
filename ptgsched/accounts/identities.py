"""Which of our accounts somebody is whom a provider of OpenID Connect vouches for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.audit import record
from ptgsched.accounts.models import Identity, User
from ptgsched.accounts.passwords import clean_email, create_user, find_user
from ptgsched.db import db
from ptgsched.errors import Conflict, Forbidden, Invalid
from ptgsched.text import clean_line

LONGEST_SUBJECT = 255  # OpenID Connect Core, section 2


class Unverified(Forbidden):
    """The provider does not vouch for the address, so no account can be found by it."""

    code = "unverified_email"


class Closed(Forbidden):
    """The account is there and may not be used."""

    code = "account_closed"


class AtOnce(Conflict):
    """Somebody came for the first time, twice in the same moment."""

    code = "at_once"

    def __init__(self) -> None:
        super().__init__("Your account was made at this very moment. Sign in once more.")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a provider says of somebody; `email` only if it has verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str

    @classmethod
    def of(cls, issuer: str, said: Mapping[str, Any]) -> Claims:
        """The claims we use (OpenID Connect Core 5.1).  Raises Invalid without a subject."""
        subject = said.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise Invalid("The sign-in provider did not say who you are.")
        # Some providers send the word instead of the value.
        verified = said.get("email_verified") in {True, "true"}
        email, name = said.get("email"), said.get("name")
        return cls(
            issuer=issuer,
            subject=subject,
            email=email if verified and isinstance(email, str) else None,
            name=clean_line(name)[:120] if isinstance(name, str) else "",
        )


def person_of(claims: Claims, *, at: datetime) -> User:
    """The account of whom the provider vouches for; linked or made at the first sign-in.

    Found by issuer and subject, whatever the address is by now; at first by the verified e-mail
    address.  Raises Unverified, Closed and AtOnce.
    """
    identity = db.session.scalar(
        select(Identity).where(Identity.issuer == claims.issuer, Identity.subject == claims.subject)
    )
    if identity is None:
        user = _linked(claims, at)
    else:
        identity.last_used_at = at
        user = db.session.get_one(User, identity.user_id)
    if not user.is_active:
        raise Closed("This account is closed. Ask the people who run this site.")
    return user


def _linked(claims: Claims, at: datetime) -> User:
    email = _email(claims)
    user = find_user(email)
    is_new = user is None
    if user is None:
        user = _created(email, claims.name, at)
    elif not user.is_active:
        return user
    db.session.add(
        Identity(
            user_id=user.id,
            issuer=claims.issuer,
            subject=claims.subject,
            linked_at=at,
            last_used_at=at,
        )
    )
    try:
        db.session.flush()
    except IntegrityError as error:
        raise AtOnce from error
    action = "account.created" if is_new else "account.linked"
    record(None, Actor("person", "web", user_id=user.id), action, {"issuer": claims.issuer}, at)
    return user


def _created(email: str, name: str, at: datetime) -> User:
    try:
        return create_user(email, None, at=at, name=name)
    except Conflict as error:
        raise AtOnce from error


def _email(claims: Claims) -> str:
    if claims.email is None:
        raise Unverified(
            "The sign-in provider has not verified your e-mail address. Verify it there, "
            "then sign in again."
        )
    return clean_email(claims.email)
