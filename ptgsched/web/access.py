"""Who may call a route: declared beside it, enforced here, proven by a walk of the URL map.

`public`, `signed_in` and `admin` are enforced before the view runs.  `lead` and `organizer`
depend on the team or event in the path: here they ask for a sign-in, and the view fetches its
object with the functions of `teams.permissions`, which refuse strangers.  `token` is the API's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ptgsched.errors import Forbidden
from ptgsched.web.navigation import own_path

Level = Literal["public", "signed_in", "lead", "organizer", "admin", "token"]
View = TypeVar("View", bound=Callable[..., Any])


def access(level: Level) -> Callable[[View], View]:
    """Declare who may call the view function or method below."""

    def mark(view: View) -> View:
        view.access_level = level  # type: ignore[attr-defined]
        return view

    return mark


def declared_access(view: Callable[..., Any], method: str) -> Level | None:
    """What a view declares for an HTTP method; None when it forgot to."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        name = "get" if method == "HEAD" else method.lower()
        view = getattr(view_class, name, None) or view
    return getattr(view, "access_level", None)


def init_app(app: Flask) -> None:
    """Enforce what routes declare."""
    app.before_request(_enforce)


def _enforce() -> Response | None:
    if request.endpoint is None or request.method == "OPTIONS":
        return None
    view = current_app.view_functions[request.endpoint]
    if request.endpoint == "static" or request.endpoint.endswith(".static"):
        return None
    level = declared_access(view, request.method)
    if level is None:
        raise Forbidden("This address declares no readers, so it has none.")
    if level in {"public", "token"}:
        return None
    if not current_user.is_authenticated:
        # A form posted with an expired session cannot be repeated after signing in by itself.
        here = request.method in {"GET", "HEAD"}
        back = request.full_path.rstrip("?") if here else request.referrer
        return redirect(url_for("accounts.login", next=own_path(back)), code=303)
    if level == "admin" and not current_user.is_admin:
        raise Forbidden("Only an administrator may do this.")
    return None
