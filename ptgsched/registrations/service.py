"""Registration as part of the running service: its key, its mails, and what it listens to."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, current_app

from ptgsched.events.models import Event
from ptgsched.registrations import operations
from ptgsched.setup import settings


def init_app(_app: Flask) -> None:
    """Confirm people from the waitlist as soon as an event has more places."""
    settings.follow(_on_settings)


def key() -> str:
    """What secret links are made with, beside their stored seeds."""
    return str(current_app.config["SECRET_KEY"])


def _on_settings(event: Event, at: datetime) -> None:
    operations.promote(event, at=at, letters=None)
