"""How a route of the API is declared: one decorator says all that the document says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, NamedTuple

import flask_smorest
from flask import Flask, Response, request
from marshmallow import Schema

from ptgsched.api import auth, examples, replays
from ptgsched.api.parsing import Parser, raw_body
from ptgsched.api.schemas import ProblemSchema
from ptgsched.web.access import access

View = Callable[..., Response]
PREFIX = "/api/v1"
PROBLEM = "application/problem+json"
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
}
_FAILURES = {
    400: "The body is not JSON.",
    401: "No token, or one that is unknown, expired or revoked.",
    403: "The token may not do this: scope, event or team.",
    404: "There is no such thing, or it is not public.",
    409: "Taken or in use: `violations` or `bookings` say by whom; or it was released already.",
    412: "It is not what `If-Match` says any more.",
    413: "The body is larger than 1 MB.",
    415: "The body is not `application/json`.",
    422: "A rule forbids it (`violations`), or fields are wrong (`fields`).",
    429: "This token writes too often; `Retry-After` says when to go on.",
}
_EXTRA_HEADERS = {
    401: {"WWW-Authenticate": {"description": "RFC 6750.", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
}
_WRITE_FAILURES = (401, 403, 404, 422, 429)
_BODY_FAILURES = (400, 413, 415)
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


class Api(flask_smorest.Api):  # type: ignore[misc] # flask-smorest ships no types
    """The document; errors are told by `ptgsched.web.errors` alone."""

    def _register_error_handlers(self) -> None:
        pass

    def _register_pagination_header(self) -> None:
        """Lists say what follows in their body."""

    def _register_responses(self) -> None:
        for status, description in _FAILURES.items():
            response = {
                "description": description,
                "content": {
                    PROBLEM: {"schema": ProblemSchema, "example": examples.problem(status)}
                },
                "headers": _EXTRA_HEADERS.get(status, {}),
            }
            self.spec.components.response(HTTPStatus(status).name, response, lazy=True)
        other = {
            "description": "Something is wrong on our side; nothing was changed.",
            "content": {PROBLEM: {"schema": ProblemSchema}},
        }
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, other, lazy=True)


class ApiBlueprint(flask_smorest.Blueprint):  # type: ignore[misc] # likewise
    """All routes below /api/v1."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._prepare_doc_cbks.append(_document_headers)

    def register_views_in_doc(self, *_args: Any, **_options: Any) -> None:
        """Nothing yet: describing takes half of the time that a start does, and few ask."""

    def describe(self, api: Api, app: Flask) -> None:
        """Write all routes into the document of `api`; once."""
        super().register_views_in_doc(api, app, api.spec, name=self.name, parameters=None)


def _document_headers(
    doc: dict[str, Any], declared: dict[str, Any], **_context: Any
) -> dict[str, Any]:
    # Manual parameters would take the place of those that `arguments` found.
    headers = declared["manual_doc"].pop("request_headers")
    doc["parameters"] = [*doc.get("parameters", []), *headers]
    return doc


blueprint = ApiBlueprint("api", __name__, url_prefix=PREFIX)


def read(
    path: str,
    *,
    tag: str,
    answer: type[Schema],
    example: Mapping[str, Any],
    query: type[Schema] | None = None,
) -> Callable[[View], View]:
    """A GET that everybody may do; the view gets the path's names and `query`."""
    failures = [404] if "<" in path else []
    failures += [422] if query is not None else []

    def mark(view: View) -> View:
        if query is not None:
            view = blueprint.arguments(query, location="query", arg_name="query")(view)
        view = _documented(view, failures, [_IF_NONE_MATCH], [{}, {"token": [auth.MANAGE]}])
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
    query: type[Schema],
) -> Callable[[View], View]:
    """A GET below an event by a token with `scope`; the view gets the event itself and `query`."""

    def mark(view: View) -> View:
        @wraps(view)
        def wrapper(*, event: str, **names: Any) -> Response:
            auth.authorise(scope)
            return view(event=auth.guarded_event(event), **names)

        wrapped = blueprint.arguments(query, location="query", arg_name="query")(wrapper)
        failures = [401, 403, 404, 422, 429]
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
    query: type[Schema],
    answers: Mapping[int, Answer],
    body: type[Schema] | None = None,
    body_example: Mapping[str, Any] | None = None,
) -> Callable[[View], View]:
    """A change by a token with `scope` (any of several), in one transaction, committed at its end.

    The view gets the event itself, the path's other names, `query` and `body`.  With
    ``?dry_run=true`` the transaction is rolled back instead; a POST may be replayed.
    """
    failures = [*_WRITE_FAILURES, 409]
    headers = [_KEY] if method == "POST" else [_IF_MATCH]
    failures += [] if method == "POST" else [412]
    failures += _BODY_FAILURES if body is not None else []
    scopes = (scope,) if isinstance(scope, str) else scope

    def mark(view: View) -> View:
        if body is not None:
            view = blueprint.arguments(body, arg_name="body", example=body_example)(view)
        view = _transacted(view, replayable=method == "POST")
        view = blueprint.arguments(query, location="query", arg_name="query")(view)
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
    def wrapper(*, event: str, query: Mapping[str, Any], **names: Any) -> Response:
        raw_body(request)  # before the lock: nobody waits for a slow client
        found = auth.writable_event(event, locked=True)

        def work() -> Response:
            return view(event=found, query=query, **names)

        return replays.transact(work, dry_run=query.get("dry_run", False), replayable=replayable)

    return wrapper


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
