"""What belongs to the running application: its settings and its links."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import current_app, g

from ptgsched.clock import utcnow
from ptgsched.config import Settings
from ptgsched.web.links import Links

EXTENSION = "ptgsched"


def settings() -> Settings:
    """The settings this application was made with."""
    return cast("Settings", current_app.extensions[EXTENSION])


def links() -> Links:
    """The public addresses of this application."""
    return Links.of(settings())


def now() -> datetime:
    """The instant of this request: asked from the clock once, then the same all through it."""
    if "now" not in g:
        g.now = utcnow()
    return cast("datetime", g.now)
