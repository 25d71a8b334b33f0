"""Rate limits: shared by all processes of a machine, and by all machines when Redis is set."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user

from ptgsched.clock import utcnow
from ptgsched.config import Settings
from ptgsched.web.context import settings as current_settings
from ptgsched.web.counters import SCHEME


def address() -> str:
    """Whom a request is counted for when nobody is signed in: the client's address."""
    return f"address:{get_remote_address()}"


def caller() -> str:
    """Whom a request is counted for: the signed-in person, else the address."""
    return f"user:{current_user.id}" if current_user.is_authenticated else address()


limiter = Limiter(caller)


def init_app(app: Flask, settings: Settings) -> None:
    """Count in Redis when there is one, else in a file that all processes here share.

    While neither can be had, each process counts for itself.
    """
    here = Path(settings.instance).resolve() / "limits.sqlite"
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or f"{SCHEME}://{here}"
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    limiter.init_app(app)


def signins() -> str:
    """How often an address may try to sign in."""
    return f"{current_settings().rate_signins} per minute"


def registrations() -> str:
    """How often an address may send a registration."""
    return f"{current_settings().rate_registrations} per minute"


def writes() -> str:
    """How often a token, or a signed-in person, may write."""
    return f"{current_settings().rate_writes} per minute"


def retry_after() -> int:
    """In how many seconds the limit that this request broke begins anew; at least 1."""
    limit = limiter.current_limit
    return 60 if limit is None else max(1, limit.reset_at - int(utcnow().timestamp()))
