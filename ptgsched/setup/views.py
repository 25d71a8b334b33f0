"""All pages of setting up; their modules register them on the blueprint."""

from __future__ import annotations

from flask import Flask
from flask_login import current_user

from ptgsched.events.models import Event
from ptgsched.setup import (
    event_views,
    paste_views,
    phase_views,
    project_views,
    room_views,
    settings_views,
    team_views,
    undo_views,
    window_views,
)
from ptgsched.setup.blueprint import blueprint
from ptgsched.teams.permissions import is_organizer

__all__ = [
    "event_views",
    "init_app",
    "paste_views",
    "phase_views",
    "project_views",
    "room_views",
    "settings_views",
    "team_views",
    "undo_views",
    "window_views",
]


def init_app(app: Flask) -> None:
    """Serve the pages, and let every page of an event offer them to its organizers."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["may_manage"] = may_manage


def may_manage(event: Event) -> bool:
    """Whether the reader of this page runs the event."""
    return is_organizer(current_user, event)
