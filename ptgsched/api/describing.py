"""What flask-smorest writes into the document for us: failures by status, headers, parameters."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import flask_smorest
from flask import Flask

from ptgsched.api import examples
from ptgsched.api.parsing import Parser
from ptgsched.api.schemas import ProblemSchema

PROBLEM = "application/problem+json"

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


class Api(flask_smorest.Api):  # type: ignore[misc] # flask-smorest ships no types
    """The document; errors are told by `ptgsched.web.errors` alone."""

    def _register_error_handlers(self) -> None:
        pass

    def _register_pagination_header(self) -> None:
        """Lists say what follows in their body."""

    def _register_responses(self) -> None:
        """Nothing yet: see `ApiBlueprint.register_views_in_doc`."""

    def describe_failures(self) -> None:
        """Write the answers into the document that routes name by their status; once."""
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
        """Nothing yet: describing takes most of the time that making an application does."""

    def describe(self, api: Api, app: Flask) -> None:
        """Write all routes into the document of `api`; once."""
        api.describe_failures()
        super().register_views_in_doc(api, app, api.spec, name=self.name, parameters=None)


def _document_headers(
    doc: dict[str, Any], declared: dict[str, Any], **_context: Any
) -> dict[str, Any]:
    # Manual parameters would take the place of those that `arguments` found.
    headers = declared["manual_doc"].pop("request_headers")
    doc["parameters"] = [*doc.get("parameters", []), *headers]
    return doc
