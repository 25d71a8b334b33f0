"""Pages of one person: kept by no cache, found by no search engine, told to no other site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request

View = TypeVar("View", bound=Callable[..., Any])


def personal(view: View) -> View:
    """Mark a view whose answers, refusals too, are one person's business."""
    view.is_personal = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Mark the answers; to be called before others set headers, since the first runs last."""
    app.after_request(_seal)


def address_for_log() -> str:
    """The path of the request, without the secret that a personal one holds."""
    if request.url_rule is not None and "token" in (request.view_args or {}):
        return request.url_rule.rule
    return request.path


def _seal(response: Response) -> Response:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "is_personal", False):
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
