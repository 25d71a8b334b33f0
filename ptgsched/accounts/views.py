"""Sign in, sign out, the account page."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
