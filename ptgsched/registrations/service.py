"""Registration as part of the running service: its key, its mails, and what it listens to."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, current_app

from ptgsched.events.models import Event
from ptgsched.registrations import operations, visitor
from ptgsched.registrations.letters import Letters
from ptgsched.registrations.policy import event_end
from ptgsched.schedule import entrance
from ptgsched.setup import settings as event_settings
from ptgsched.web.context import links, settings


def init_app(app: Flask) -> None:
    """Confirm from the waitlist as soon as an event has more places; let those who come in."""
    event_settings.follow(_on_settings)
    entrance.admit(visitor.is_guest)
    app.jinja_env.globals.update(
        registration_for=visitor.mine, stars_for=visitor.stars, own_registrations=visitor.all_mine
    )


def key() -> str:
    """What secret links are made with, beside their stored seeds."""
    return str(current_app.config["SECRET_KEY"])


def letters() -> Letters:
    """Writes the mails of this service."""
    return Letters(links(), key(), settings().host)


def _on_settings(event: Event, at: datetime) -> None:
    tells = letters() if at < event_end(event) else None
    operations.promote(event, at=at, letters=tells)
