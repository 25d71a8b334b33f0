"""The schedule grid, and booking in it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("schedule", __name__)
