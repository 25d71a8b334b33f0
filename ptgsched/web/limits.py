"""Rate limits, shared by all processes when Redis is set."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from ptgsched.config import Settings
from ptgsched.web.context import settings as current_settings

limiter = Limiter(get_remote_address, headers_enabled=False)


def init_app(app: Flask, settings: Settings) -> None:
    """Count in Redis when there is one, else in this process."""
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    limiter.init_app(app)


def signins() -> str:
    """How often an address may try to sign in."""
    return f"{current_settings().rate_signins} per minute"


def writes() -> str:
    """How often a token may write."""
    return f"{current_settings().rate_writes} per minute"
