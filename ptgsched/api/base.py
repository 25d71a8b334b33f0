"""How a route of the API is declared: one decorator says all that the document says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Response, g, request
from marshmallow import Schema

from ptgsched.api import auth, replays
from ptgsched.api.describing import ApiBlueprint
from ptgsched.api.parsing import raw_body
from ptgsched.api.requests import DryRunQuery
from ptgsched.web.access import access

View = Callable[..., Response]
PREFIX = "/api/v1"
EVENT_STREAM = "text/event-stream"
ETAG = {"ETag": {"description": "Strong validator (RFC 9110).", "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}

_PARAMETERS = {
    "event": ("Slug of the event.", "oct"),
    "team": ("Slug of the team.", "nova"),
    "room": ("Slug of the room.", "bexar"),
    "project": ("Slug of the project.", "openstack"),
    "window": ("Day and code of the window, in any case.", "MonA"),
    "uid": ("The booking's UUID; also the UID of its VEVENT.", None),
    "number": ("Number of the webhook.", 1),
}
_WRITE_FAILURES = (401, 403, 404, 409, 413, 422, 429)
_BODY_FAILURES = (400, 415)
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag you saw; another one now means 412 and no change.",
    "schema": {"type": "string"},
}
_IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "The ETag you have; still the same means 304.",
    "schema": {"type": "string"},
}
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Any name of yours for this request, for 24 hours: a repeat gets the first "
    "answer and changes nothing.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


class Answer(NamedTuple):
    """A documented success: `schema` is a class, or what OpenAPI says of several."""

    description: str
    schema: type[Schema] | dict[str, Any]
    example: Mapping[str, Any]
    headers: Mapping[str, Any] = ETAG


blueprint = ApiBlueprint("api", __name__, url_prefix=PREFIX)


def read(
    path: str,
    *,
    tag: str,
    answer: type[Schema],
    example: Mapping[str, Any],
    query: type[Schema] | None = None,
    scope: str = auth.MANAGE,
) -> Callable[[View], View]:
    """A GET that everybody may do; the view gets the path's names and `query`.

    A token with `scope` is shown more: drafts, or what is kept from everybody else.
    """
    failures = [404, 412] if "<" in path else [412]
    failures += [422] if query is not None else []

    def mark(view: View) -> View:
        if query is not None:
            view = blueprint.arguments(query, location="query", arg_name="query")(view)
        view = _documented(view, failures, [_IF_NONE_MATCH], [{}, {"token": [scope]}])
        for status in (304, 200):
            view = blueprint.alt_response(
                status,
                schema=answer if status == 200 else None,
                example=example if status == 200 else None,
                headers=ETAG,
            )(view)
        return _routed("GET", path, tag, access("public")(view))

    return mark


def guarded_read(
    path: str,
    *,
    tag: str,
    scope: str,
    answer: type[Schema],
    example: Mapping[str, Any],
    query: type[Schema] | None = None,
) -> Callable[[View], View]:
    """A GET below an event by an organizers' token with `scope`.

    The view gets the event itself, the path's other names, and `query`.
    """
    failures = [401, 403, 404, 429]
    failures += [422] if query is not None else []

    def mark(view: View) -> View:
        @wraps(view)
        def wrapper(*, event: str, **names: Any) -> Response:
            found = auth.writable_event(event)
            auth.caller().require_organizer(found)
            return view(event=found, **names)

        wrapped: View = wrapper
        if query is not None:
            wrapped = blueprint.arguments(query, location="query", arg_name="query")(wrapped)
        wrapped = _authorised(wrapped, (scope,))
        wrapped = _documented(wrapped, failures, [], [{"token": [scope]}])
        wrapped = blueprint.alt_response(200, schema=answer, example=example)(wrapped)
        return _routed("GET", path, tag, access("token")(wrapped))

    return mark


def stream(
    path: str, *, tag: str, query: type[Schema], example: str, headers: list[dict[str, Any]]
) -> Callable[[View], View]:
    """A GET that goes on: an event stream that everybody may listen to."""

    def mark(view: View) -> View:
        view = blueprint.arguments(query, location="query", arg_name="query")(view)
        view = _documented(view, [404, 422], headers, [{}])
        view = blueprint.alt_response(
            200, schema={"type": "string"}, content_type=EVENT_STREAM, example=example
        )(view)
        return _routed("GET", path, tag, access("public")(view))

    return mark


def write(
    method: str,
    path: str,
    *,
    tag: str,
    scope: str | tuple[str, ...],
    answers: Mapping[int, Answer],
    body: type[Schema] | None = None,
    body_example: Mapping[str, Any] | None = None,
    dry_run: bool = False,
    if_match: bool | None = None,
) -> Callable[[View], View]:
    """A change by a token with `scope` (any of several), in one transaction, committed at its end.

    The view gets the event itself, if the path names one, the other names, and `body`.  A POST
    may be replayed; `if_match` says whether the view heeds that header, default: unless it is a
    POST.  Where `dry_run` is taken, ``?dry_run=true`` has the transaction rolled back, and
    `is_dry_run` says so.
    """
    guarded = method != "POST" if if_match is None else if_match
    headers = [_KEY] if method == "POST" else []
    failures = [*_WRITE_FAILURES]
    if guarded:
        headers.append(_IF_MATCH)
        failures.append(412)
    if body is not None:
        failures += _BODY_FAILURES
    scopes = (scope,) if isinstance(scope, str) else scope

    def mark(view: View) -> View:
        if body is not None:
            view = blueprint.arguments(body, arg_name="body", example=body_example)(view)
        view = _transacted(view, replayable=method == "POST")
        if dry_run:
            view = blueprint.arguments(DryRunQuery, location="query", arg_name="query")(view)
        view = _authorised(view, scopes)
        view = _documented(view, failures, headers, [{"token": [each]} for each in scopes])
        for status, answer in answers.items():
            view = blueprint.alt_response(status, **answer._asdict())(view)
        return _routed(method, path, tag, access("token")(view))

    return mark


def _authorised(view: View, scopes: tuple[str, ...]) -> View:
    @wraps(view)
    def wrapper(**names: Any) -> Response:
        auth.authorise(*scopes)
        return view(**names)

    return wrapper


def _transacted(view: View, *, replayable: bool) -> View:
    @wraps(view)
    def wrapper(*, query: Mapping[str, Any] | None = None, **names: Any) -> Response:
        g.api_dry_run = query is not None and query["dry_run"]
        raw_body(request)  # before the lock: nobody waits for a slow client
        if "event" in names:
            names["event"] = auth.writable_event(names["event"], locked=True)
        else:
            auth.hold_token()

        def work() -> Response:
            return view(**names)

        return replays.transact(work, dry_run=g.api_dry_run, replayable=replayable)

    return wrapper


def is_dry_run() -> bool:
    """Whether this change is only tried."""
    return bool(g.api_dry_run)


def _documented(
    view: View,
    failures: list[int],
    headers: list[dict[str, Any]],
    security: list[dict[str, list[str]]],
) -> View:
    for status in failures:
        view = blueprint.alt_response(status, response=HTTPStatus(status).name)(view)
    documented: View = blueprint.doc(
        operationId=view.__name__, security=security, request_headers=headers
    )(view)
    return documented


def _routed(method: str, path: str, tag: str, view: View) -> View:
    named = [
        {
            "in": "path",
            "name": name,
            "description": about,
            **({"example": sample} if sample else {}),
        }
        for name, (about, sample) in _PARAMETERS.items()
        if f"<{name}>" in path or f":{name}>" in path
    ]
    register = blueprint.route(path, methods=[method], parameters=named, tags=[tag])
    register(view)
    return view
