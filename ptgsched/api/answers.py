"""What goes out: JSON with a strong ETag, conditional; lists in pages; headers for browsers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, g, request

from ptgsched.errors import Stale
from ptgsched.web.context import settings
from ptgsched.web.errors import to_json

JSON = "application/json"
CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Retry-After",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Last-Event-ID",
    "Access-Control-Max-Age": "86400",
}

Row = TypeVar("Row")


def tag_of(shape: Mapping[str, Any]) -> str:
    """The entity tag of a representation, without quotes."""
    return hashlib.sha256(to_json(shape)).hexdigest()[:32]


def require_unchanged(tag: Callable[[], str], **facts: Any) -> None:
    """Raises Stale when If-Match names another state than the one here, whose tag `tag` tells."""
    if "If-Match" in request.headers and not request.if_match.contains(tag()):
        said = "This was changed since you read it; read it again and decide anew."
        raise Stale(said, **facts)


def read_answer(value: Mapping[str, Any]) -> Response:
    """200 with a strong ETag, or 304 for a client that has it already."""
    body = to_json(value)
    response = Response(body, content_type=JSON)
    return conditional(response, hashlib.sha256(body).hexdigest()[:32])


def stamped_answer(etag: str, value: Callable[[], Mapping[str, Any]]) -> Response:
    """Likewise, for what has a stamp: `value` is only asked for by clients without it."""
    known = request.if_none_match.contains_weak(etag)
    response = Response(b"" if known else to_json(value()), content_type=JSON)
    return conditional(response, etag)


def write_answer(
    value: Mapping[str, Any], status: int = 200, *, etag: str = "", location: str = ""
) -> Response:
    """What became of a change, or a secret; `etag` is that of the thing changed, as GET has it."""
    response = Response(to_json(value), status, content_type=JSON)
    if etag:
        response.set_etag(etag)
    if location:
        response.headers["Location"] = location
    return response


def listed(
    rows: Sequence[Row], shape: Callable[[Row], Mapping[str, Any]], query: Mapping[str, Any]
) -> Response:
    """A page of `rows` as a list."""
    page, following = page_of(rows, query)
    return read_answer({"items": [shape(row) for row in page], "next": following})


def listed_page(items: Sequence[Mapping[str, Any]], *, offset: int, total: int) -> Response:
    """A page that was read as one, of what nobody may keep."""
    end = offset + len(items)
    following = _next(end) if items and end < total else None
    return write_answer({"items": items, "next": following})


def page_of(rows: Sequence[Row], query: Mapping[str, Any]) -> tuple[Sequence[Row], str | None]:
    """The rows from ``offset`` on, all or ``limit`` of them, and the address of the next page."""
    start, limit = query["offset"], query.get("limit")
    page = rows[start:] if limit is None else rows[start : start + limit]
    end = start + len(page)
    return page, _next(end) if page and end < len(rows) else None


def _next(offset: int) -> str:
    kept = {name: value for name, value in request.args.items() if name != "offset"}
    return f"{settings().base_url}{request.path}?{urlencode({**kept, 'offset': offset})}"


def conditional(response: Response, etag: str) -> Response:
    """The answer with its tag; 304 for a client that has it.  Raises Stale as a change does."""
    require_unchanged(lambda: etag)
    response.set_etag(etag)
    response.headers["Cache-Control"] = "no-cache"
    if g.get("api_private"):
        response.headers["Cache-Control"] = "private, no-store"
    response.make_conditional(request)
    return response


def init_app(app: Flask, prefix: str) -> None:
    """Let pages of any origin read what is below `prefix`; they cannot write.

    Nobody keeps an answer that does not say that it may be kept: one to a change, a refusal.
    """

    def finish(response: Response) -> Response:
        if request.path.startswith(f"{prefix}/"):
            if request.method in {"GET", "HEAD"}:
                response.headers.update(CROSS_ORIGIN)
            elif request.method == "OPTIONS":
                response.headers.update({**CROSS_ORIGIN, **_PREFLIGHT})
            if response.is_json:
                response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(finish)
