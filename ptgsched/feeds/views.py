"""Feeds over HTTP."""

from __future__ import annotations

from flask import Blueprint, Flask

blueprint = Blueprint("feeds", __name__)


def init_app(app: Flask) -> None:
    """Serve the feeds."""
    app.register_blueprint(blueprint)
