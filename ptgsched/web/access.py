"""Who may call a route: declared beside it, enforced here, proven by a walk of the URL map.

`public`, `signed_in` and `admin` are enforced before the view runs.  `lead` and `organizer`
depend on the team or event in the path: here they ask for a sign-in, and the view fetches its
object with the functions of `teams.permissions`, which refuse strangers.  `token` is the API's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode

from flask import Flask, current_app, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from ptgsched.errors import Forbidden, NotFound
from ptgsched.web.navigation import own_path

Level = Literal["public", "signed_in", "lead", "organizer", "admin", "token"]
View = TypeVar("View", bound=Callable[..., Any])

SIGNED_OUT = "You were signed out, so nothing was changed. Sign in, then send it again."
TOO_LONG_TO_KEEP = "The longest text of the form could not be kept while you sign in."
NOT_TYPED = frozenset({"csrf_token", "fragment", "check"})
LONGEST_ADDRESS = 3800  # bytes; gunicorn takes 4094 for the first line of a request


def takes_up_to(size: int) -> Callable[[View], View]:
    """Let the view below take a body of so many bytes, from those who are signed in."""

    def mark(view: View) -> View:
        view.most_bytes = size  # type: ignore[attr-defined]
        return view

    return mark


def access(level: Level, *, opens_filled: bool = False) -> Callable[[View], View]:
    """Declare who may call the view function or method below.

    With `opens_filled` its form takes its values from the address as well: one that is posted
    after the session has ended comes back as it was after signing in.
    """

    def mark(view: View) -> View:
        view.access_level = level  # type: ignore[attr-defined]
        view.opens_filled = opens_filled  # type: ignore[attr-defined]
        return view

    return mark


def declared_access(view: Callable[..., Any], method: str) -> Level | None:
    """What a view declares for an HTTP method; None when it forgot to."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        name = "get" if method == "HEAD" else method.lower()
        view = getattr(view_class, name, None) or view
    return getattr(view, "access_level", None)


class Number(IntegerConverter):
    """``<int:number>``: the number of a row.

    No table has larger ones, and databases fail at the question.
    """

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": 2**31 - 1} | options)


def init_app(app: Flask) -> None:
    """Enforce what routes declare; to be called before any route is added."""
    app.url_map.converters["int"] = Number
    app.before_request(_enforce)


def _enforce() -> Response | None:
    if "\0" in request.path:  # no name has one, and PostgreSQL fails at the question
        raise NotFound("There is nothing at this address.")
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
        return redirect(_sign_in_for(view), code=303)
    if level == "admin" and not current_user.is_admin:
        raise Forbidden("Only an administrator may do this.")
    # Before the form is read: the check of its token does that next.
    request.max_content_length = getattr(view, "most_bytes", request.max_content_length)
    return None


def _sign_in_for(view: Callable[..., Any]) -> str:
    """The sign-in page that leads back to what was asked for, a form filled in as it was."""
    if request.method in {"GET", "HEAD"}:
        return _sign_in(request.full_path.rstrip("?"))
    flash(SIGNED_OUT, "warning")
    if not getattr(view, "opens_filled", False):
        return _sign_in(request.referrer)
    typed = [(k, v) for k, v in request.form.items(multi=True) if v and k not in NOT_TYPED]
    address = _sign_in(f"{request.path}?{urlencode(typed)}")
    if len(address) > LONGEST_ADDRESS:
        flash(TOO_LONG_TO_KEEP, "warning")
    while len(address) > LONGEST_ADDRESS and typed:
        typed.remove(max(typed, key=lambda field: len(field[1])))
        address = _sign_in(f"{request.path}?{urlencode(typed)}")
    return address


def _sign_in(back: str | None) -> str:
    return url_for("accounts.login", next=own_path(back))
