"""The addresses behind "get no more mails like this": signed, and without the reader's address."""

from __future__ import annotations

import hashlib
import hmac

from ptgsched.config import Settings
from ptgsched.errors import NotFound
from ptgsched.outbox.operations import digest_of

SIGNED_WITH = 32  # hex digits: 128 bits


def leave_url(to: str, mailing: str | None, settings: Settings) -> str | None:
    """Where `to` leaves a mailing; None when it is no mailing."""
    if mailing is None:
        return None
    digest = digest_of(to)
    signature = _signature(digest, mailing, settings)
    return f"{settings.base_url}/mail/{mailing}/{digest}/{signature}"


def check(digest: str, mailing: str, signature: str, settings: Settings) -> None:
    """Raises NotFound unless the address is one that we sent."""
    if not hmac.compare_digest(signature.encode(), _signature(digest, mailing, settings).encode()):
        said = "This link is not complete, or no longer valid. Take it from a newer mail."
        raise NotFound(said)


def _signature(digest: str, mailing: str, settings: Settings) -> str:
    signed = hmac.new(
        settings.secret_key.encode(), f"leave:{mailing}:{digest}".encode(), hashlib.sha256
    )
    return signed.hexdigest()[:SIGNED_WITH]
