"""The OpenAPI document, complete for what is served; for programs, and as a page for people."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from threading import Lock

import orjson
from flask import Flask, Response, render_template
from markupsafe import Markup, escape

from ptgsched.api.answers import JSON, conditional
from ptgsched.api.describing import Api, ApiBlueprint
from ptgsched.api.reference import Reference, reference
from ptgsched.web.access import access
from ptgsched.web.context import links
from ptgsched.web.errors import to_json

ABOUT = """\
Read the schedule of a gathering; book, change and release sessions.

Reads are public. Writes need a token (`Authorization: Bearer TOKEN`) with the scope
that the operation names; it may be bound to one event and to some of its teams.

All instants are RFC 3339 in UTC. Errors are `application/problem+json` (RFC 9457) with a
stable `code`; fields and problems may be added, so ignore what you do not know.
"""
TAGS = {
    "Events": "What there is to book: events, their slots, rooms and teams.",
    "Schedule": "Who meets when and where, and what is free.",
    "Bookings": "Book, change, release.",
    "Registrations": "Who comes, for those who may know; and in numbers, for everybody.",
    "Set-up": "What organizers do: settings and phases, rooms, teams, projects, windows.",
    "Webhooks": "Programs that are told of each change without asking.",
    "Changes": "Every change in order: to ask for, to wait for, to listen to.",
    "Live": "What is on now and next, messages of the day, head counts, the language of chat.",
}
_CODE = re.compile(r"`([^`]+)`")


def serve(app: Flask, api: Api, blueprint: ApiBlueprint, prefix: str) -> None:
    """Serve the document at `prefix`/openapi.json, always from the same bytes; as a page at docs.

    The page is rendered here: what others offer for it is a megabyte of script that shows nothing
    to whoever runs none, and writes styles that the content policy would have to allow.
    """
    lock = Lock()

    @cache
    def document() -> tuple[bytes, str]:
        blueprint.describe(api, app)
        described = {
            **api.spec.to_dict(),
            "servers": [{"url": links().base}],
            "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        }
        body = to_json(described)
        return body, hashlib.sha256(body).hexdigest()[:32]

    @access("public")
    def openapi() -> Response:
        with lock:
            body, etag = document()
        return conditional(Response(body, content_type=JSON), etag)

    @cache
    def told() -> Reference:
        with lock:
            body, _etag = document()
        return reference(orjson.loads(body))

    @access("public")
    def api_docs() -> str:
        return render_template("api/docs.html", reference=told(), in_markup=_in_markup)

    app.add_url_rule(f"{prefix}/openapi.json", "openapi", openapi)
    app.add_url_rule(f"{prefix}/docs", "api_docs", api_docs)


def _in_markup(text: str) -> Markup:
    """The little Markdown that the document speaks: code between backticks, and paragraphs."""
    code = _CODE.sub(r"<code>\1</code>", str(escape(text.strip())))
    return Markup("<br><br>").join(Markup(part) for part in code.split("\n\n"))  # noqa: S704
