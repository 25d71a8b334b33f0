"""The blueprint that all pages of the schedule are registered on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("schedule", __name__)
