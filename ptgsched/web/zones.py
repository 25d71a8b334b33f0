"""The zone a page speaks: asked for, remembered, the account's, else the event's."""

from __future__ import annotations

from flask import Response, after_this_request, request
from flask_login import current_user

from ptgsched.errors import PtgschedError
from ptgsched.timezones import current_name
from ptgsched.web.context import settings

COOKIE = "tz"  # chosen by hand; the browser's own guess is proposed by script, never forced
YEAR = 365 * 24 * 3600


def reader_zone(default: str = "UTC") -> str:
    """The reader's zone: ``?tz=`` (then remembered), the cookie, the account, else `default`.

    Raises UnknownZone for a ``?tz=`` that is none; an unknown remembered one is ignored.
    """
    asked = request.args.get("tz", "").strip()
    if asked:
        name = current_name(asked)
        if request.cookies.get(COOKIE) != name:
            after_this_request(lambda response: remember_zone(response, name))
        return name
    account = getattr(current_user, "timezone", None)
    for candidate in (request.cookies.get(COOKIE), account):
        if candidate:
            try:
                return current_name(candidate)
            except PtgschedError:
                continue
    return default


def remember_zone(response: Response, name: str) -> Response:
    """Have this browser's pages speak the zone from now on."""
    response.set_cookie(
        COOKIE, name, max_age=YEAR, samesite="Lax", secure=settings().https, httponly=False
    )
    return response
