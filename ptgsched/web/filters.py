"""What templates say of times, colours and words."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Make the filters known to templates."""
