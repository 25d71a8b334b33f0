"""The blueprint of the pages on which organizers set an event up."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("setup", __name__)
