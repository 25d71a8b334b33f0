"""Registration as part of the running service: its key, its mails, and what it listens to."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, current_app

from ptgsched.events.models import Event
from ptgsched.registrations import operations, privacy, visitor
from ptgsched.registrations.letters import Letters
from ptgsched.registrations.owed import Owed
from ptgsched.registrations.policy import desk_of
from ptgsched.schedule import entrance
from ptgsched.setup import settings as event_settings
from ptgsched.web.context import links, now, settings


def init_app(app: Flask) -> None:
    """Confirm from the waitlist as soon as an event has more places; let those who come in."""
    event_settings.follow(_on_settings)
    entrance.admit(visitor.is_guest)
    app.jinja_env.globals.update(
        may_register=_may_register,
        registration_for=visitor.mine,
        stars_for=visitor.stars,
        own_registrations=visitor.all_mine,
    )
    app.add_template_global(privacy.ends_at, "kept_until")


def key() -> str:
    """What secret links are made with, beside their stored seeds."""
    return str(current_app.config["SECRET_KEY"])


def letters() -> Letters:
    """Writes the mails of this service."""
    return Letters(links(), key(), settings().host)


def _may_register(event: Event) -> bool:
    """Whether the visitor is shown the way to the form: it is open, and they have none yet."""
    return desk_of(event, now()).is_open and visitor.mine(event) is None


def _on_settings(event: Event, at: datetime) -> None:
    operations.promote(event, at=at, letters=Owed())
