"""Errors over HTTP: a designed page for people, RFC 9457 problem+json for programs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson
from flask import Flask, Response, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from ptgsched.db import db
from ptgsched.errors import Conflict, Forbidden, Invalid, NotFound, PtgschedError, Stale
from ptgsched.timezones import UnknownZone
from ptgsched.web.limits import retry_after
from ptgsched.web.personal import address_for_log

log = logging.getLogger(__name__)

# The first family that fits: a refusal that is both a conflict and more is a conflict.
STATUS: tuple[tuple[type[PtgschedError], int], ...] = (
    (Conflict, 409),
    (Stale, 412),
    (NotFound, 404),
    (Forbidden, 403),
    (Invalid, 422),
)


def status_of(error: PtgschedError) -> int:
    """The HTTP status that tells this error."""
    return next((status for family, status in STATUS if isinstance(error, family)), 400)


def to_json(value: object) -> bytes:
    """JSON with instants as ``…Z`` in whole seconds and dates as ``YYYY-MM-DD``."""
    options = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(value, option=options)


def problem(status: int, code: str, detail: str, /, **members: Any) -> Response:
    """An RFC 9457 answer: `code` is stable, `members` are the facts."""
    body = {
        **members,
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return Response(to_json(body), status, content_type="application/problem+json")


def wants_problem() -> bool:
    """Whether the answer is for a program: everything below /api/ except its human docs."""
    return request.path.startswith("/api/")


def answer(error: PtgschedError) -> Response:
    """Take back what was begun, and tell the error in the form that fits the request."""
    db.session.rollback()
    return in_form(error)


def in_form(error: PtgschedError) -> Response:
    """The error as a page or as problem+json, whichever fits the request."""
    status = status_of(error)
    if wants_problem():
        members = dict(error.facts)
        if isinstance(error, Invalid) and error.fields:
            members["fields"] = error.fields
        return problem(status, error.code, error.message, **members)
    asked = isinstance(error, UnknownZone) and "tz" in request.args
    zones = error.facts["suggestions"] if asked else None
    return page(status, error.message, zones=zones)


def page(status: int, message: str, *, zones: Sequence[str] | None = None) -> Response:
    """The designed error page; `zones` are offered to show the same page in.

    When the fault is ours it asks neither the session nor the database, which may be the fault.
    """
    facts = {"status": status, "title": _title(status), "message": message, "zones": zones}
    if status < 500:
        body = render_template("web/error.html", **facts)
    else:
        template = current_app.jinja_env.get_template("web/error.html")
        body = template.render(plain=True, **facts)
    return Response(body, status, content_type="text/html; charset=utf-8")


def _title(status: int) -> str:
    return _TITLES.get(status, HTTPStatus(status).phrase)


def init_app(app: Flask) -> None:
    """Every error of ours, of HTTP and of nobody's plan gets a clear answer, never a traceback."""
    app.after_request(_stay_here)
    app.register_error_handler(PtgschedError, answer)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(HTTPException, _http)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _database)
    for gone in (ObjectDeletedError, StaleDataError):
        app.register_error_handler(gone, _deleted_meanwhile)
    app.register_error_handler(Exception, _unforeseen)


def _stay_here(response: Response) -> Response:
    """A missing slash is added to the path alone: whatever host and scheme were asked stay."""
    if isinstance(request.routing_exception, RequestRedirect):
        target = urlsplit(request.routing_exception.new_url)
        path = "/" + target.path.lstrip("/")
        response.headers["Location"] = urlunsplit(("", "", path, target.query, ""))
    return response


def _expired_form(_error: CSRFError) -> Response:
    message = "This form is too old to be sent. Go back, reload the page and send it again."
    return page(400, message)


def _http(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:  # a redirect
        return Response.force_type(error.get_response(), request.environ)  # type: ignore[return-value]
    status = error.code or 500
    sentence = _too_large() if status == 413 else _SENTENCES.get(status, error.description or "")
    code = _CODES.get(status, HTTPStatus(status).phrase.lower().replace(" ", "_"))
    response = problem(status, code, sentence) if wants_problem() else page(status, sentence)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    if status == 429:
        response.headers["Retry-After"] = str(retry_after())
    return response


def _too_large() -> str:
    most = (request.max_content_length or 0) // 1_000_000
    return f"The request is too large; at most {most} MB is taken."


def _database(error: SQLAlchemyError) -> Response:
    db.session.rollback()
    log.error("database: %s", error.orig if isinstance(error, DBAPIError) else error)
    sentence = "The database is busy or away; try again in a moment."
    response = problem(503, "unavailable", sentence) if wants_problem() else page(503, sentence)
    response.headers["Retry-After"] = "5"
    return response


def _deleted_meanwhile(error: SQLAlchemyError) -> Response:
    """It was read, then waited for the lock of whoever deleted it."""
    log.warning("deleted meanwhile at %s %r: %s", request.method, address_for_log(), error)
    said = "What this is about was deleted at this very moment, so nothing was changed. Look again."
    return answer(Conflict(said, code="deleted_meanwhile"))


def _unforeseen(error: Exception) -> Response:
    db.session.rollback()
    log.error("unforeseen error at %s %r", request.method, address_for_log(), exc_info=error)
    sentence = "Something went wrong on our side; nothing was changed. It is noted in the log."
    return problem(500, "internal", sentence) if wants_problem() else page(500, sentence)


_SENTENCES = {
    400: "The request could not be read.",
    401: "Sign in, or send a valid token.",
    403: "You may not do this.",
    404: "There is nothing at this address.",
    405: "This address does not take that kind of request.",
    415: "Send this as application/json.",
    429: "Too many requests; wait a moment and try again.",
}
_TITLES = {
    400: "That could not be read",
    403: "Not for you",
    404: "Nothing here",
    405: "Not this way",
    409: "Taken already",
    412: "Changed meanwhile",
    413: "Too large",
    422: "Please correct this",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Busy for a moment",
}
_CODES = {413: "too_large", 429: "rate_limited", 400: "malformed"}
