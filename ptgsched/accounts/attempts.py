"""How often somebody may guess at one account, from however many addresses.

Each e-mail address that is typed has so many wrong attempts, whether there is an account or not.
A browser that has signed in to the account before has its own: so nobody shuts the owner out by
guessing on and on.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from ptgsched.text import plain_address
from ptgsched.web.context import settings
from ptgsched.web.forms import line

COOKIE = "known_here"
KEPT = 180 * 24 * 3600  # seconds
MINUTES = 10
TIMES = 2  # as many wrong attempts in `MINUTES`, as an address may make attempts in a minute


def wrong_attempts() -> str:
    """How many there may be."""
    return f"{TIMES * settings().rate_signins} per {MINUTES} minutes"


def is_wrong(response: Response) -> bool:
    """Whether the attempt that was answered so counts: it went through, and did not fit."""
    return response.status_code == 422


def meant() -> str:
    """Whom an attempt is counted for: the account that is meant, and its owner's browser."""
    email = plain_address(line(request.form.get("email")))
    name, _, mark = request.cookies.get(COOKIE, "").partition(".")
    known = name if hmac.compare_digest(mark.encode(), _mark(name, email).encode()) else "anybody"
    return f"account:{_mark('', email)}:{known}"


def know(response: Response, email: str) -> None:
    """This browser has signed in to the account: remember it, without saying whose it is."""
    name = secrets.token_urlsafe(16)
    response.set_cookie(
        COOKIE,
        f"{name}.{_mark(name, plain_address(email))}",
        max_age=KEPT,
        path=url_for("accounts.log_in"),
        secure=settings().https,
        httponly=True,
        samesite="Lax",
    )


def _mark(name: str, email: str) -> str:
    """What stands for the address and tells nobody which it is."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"known here: {name} {email}".encode(), hashlib.sha256).hexdigest()
