"""Where the pages of signing in and of one's own account belong, whichever floor they need."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
