"""The blueprint of the organizers' pages that draw from several features."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("manage", __name__)
