"""Secret links of a registered person: 256 bits, stored hashed.

Later mails and the person's page have to name a link again, so each is made from a random seed
that is stored and the service's key that is not: neither the database nor a copy of it holds a
link.  Lookups go by the hash, so links stay good when the key changes; they can then no more be
named, and the next mail or rotation makes a new one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Literal

from sqlalchemy import select

from ptgsched.accounts.tokens import hash_of
from ptgsched.db import db
from ptgsched.registrations.models import Registration

Purpose = Literal["link", "feed"]
SECRETS = ("link_seed", "link_hash", "feed_seed", "feed_hash")
LENGTH = 43  # characters of base64url for 256 bits


def token_of(registration: Registration, purpose: Purpose, key: str) -> str | None:
    """The secret of the person's page or calendar; None when it cannot be named any more."""
    seed, known = _stored(registration, purpose)
    if seed is None or known is None:
        return None
    token = _made(seed, purpose, key)
    return token if hmac.compare_digest(hash_of(token), known) else None


def renew(registration: Registration, purpose: Purpose, key: str) -> str:
    """A new secret in place of the one before, which is void from now on."""
    seed = secrets.token_urlsafe(32)
    token = _made(seed, purpose, key)
    if purpose == "link":
        registration.link_seed, registration.link_hash = seed, hash_of(token)
    else:
        registration.feed_seed, registration.feed_hash = seed, hash_of(token)
    return token


def ensured(registration: Registration, purpose: Purpose, key: str) -> str:
    """The secret as it stands, else a new one; in a writing transaction.

    Two who find none at once have to end up with the same: a link that is told must stay good.
    """
    token = token_of(registration, purpose, key)
    if token is not None:
        return token
    db.session.flush()
    db.session.refresh(registration, SECRETS, with_for_update={"of": Registration})
    return token_of(registration, purpose, key) or renew(registration, purpose, key)


def find(token: str, purpose: Purpose) -> Registration | None:
    """Whose secret this is; None for any other text."""
    if len(token) != LENGTH:
        return None
    column = Registration.link_hash if purpose == "link" else Registration.feed_hash
    return db.session.scalar(select(Registration).where(column == hash_of(token)))


def _stored(registration: Registration, purpose: Purpose) -> tuple[str | None, str | None]:
    if purpose == "link":
        return registration.link_seed, registration.link_hash
    return registration.feed_seed, registration.feed_hash


def _made(seed: str, purpose: str, key: str) -> str:
    digest = hmac.digest(key.encode(), f"ptgsched {purpose}: {seed}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
