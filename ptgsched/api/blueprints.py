"""The JSON API, put together."""

from __future__ import annotations

from flask import Blueprint, Flask

CSRF_EXEMPT = Blueprint("api", __name__, url_prefix="/api/v1")


def init_app(app: Flask) -> None:
    """Serve the API below /api/v1."""
    app.register_blueprint(CSRF_EXEMPT)
