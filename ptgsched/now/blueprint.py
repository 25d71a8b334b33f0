"""The blueprint of the pages of the moment."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("now", __name__)
