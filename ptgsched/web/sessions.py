"""The session's cookie: pages renew it, what they fetch does not."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from ptgsched.web.delivery import is_static


class Sessions(SecureCookieSessionInterface):
    """Flask sends a lasting session back with every answer, as its request had it.

    One that a page fetched, and that comes late, would bring back what has changed since: a
    message shown already, or who has signed out.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Files are the same for everybody, whatever their cookie, and are kept for good."""
        if not is_static(request.endpoint):
            super().save_session(app, session, response)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:  # noqa: ARG002 - Flask's
        """Whether the answer sets it: when it changed, and on pages, which prolong it."""
        mode = request.headers.get("Sec-Fetch-Mode", "navigate")  # older browsers do not say
        return session.modified or (session.permanent and mode == "navigate")
