"""How answers travel: for how long they may be kept, and compressed.

Pages are never kept by caches that others share, nor at all once somebody is signed in.  Static
files carry their state in the address (``?v=``), so that browsers may keep them for good.

Compressing pages that repeat what was asked beside a secret (a CSRF token) can betray it to
somebody who makes the reader's browser ask thousands of times (BREACH).  Our session cookie is
``SameSite=Lax``, so requests that another site starts in the background carry no secret.
"""

from __future__ import annotations

import gzip
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, session
from werkzeug.http import parse_date

SMALLEST = 860  # bytes; below it an answer fits into one packet anyway
FOR_GOOD = "public, max-age=31536000, immutable"
COMPRESSED = {
    "text/html",
    "text/css",
    "text/javascript",
    "application/javascript",
    "image/svg+xml",
}


def init_app(app: Flask) -> None:
    """Version the addresses of static files; set caching and compress on the way out."""
    app.before_request(_pass_over_impossible_date)
    app.url_defaults(_add_version)
    app.after_request(_compress)  # runs last
    app.after_request(_caching)


def is_static(endpoint: str | None) -> bool:
    """Whether an endpoint serves shipped files: ours or an extension's."""
    return endpoint is not None and (endpoint == "static" or endpoint.endswith(".static"))


def _pass_over_impossible_date() -> None:
    """A condition that is no date is to be ignored (RFC 9110 13.1.3); Werkzeug fails at some."""
    try:
        parse_date(request.environ.get("HTTP_IF_MODIFIED_SINCE"))
    except OverflowError:
        del request.environ["HTTP_IF_MODIFIED_SINCE"]


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if is_static(endpoint) and "filename" in values and "v" not in values:
        name = endpoint.rpartition(".")[0]
        holder = current_app.blueprints[name] if name else current_app
        path = Path(str(holder.static_folder)) / values["filename"]
        if path.is_file():
            facts = path.stat()
            values["v"] = _version(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=512)
def _version(path: Path, _modified: int, _size: int) -> str:
    """The same on every machine, whenever it was installed there."""
    return f"{zlib.crc32(path.read_bytes()):08x}"


def _caching(response: Response) -> Response:
    if is_static(request.endpoint):
        response.headers["Cache-Control"] = FOR_GOOD if "v" in request.args else "no-cache"
    elif response.mimetype == "text/html" and "Cache-Control" not in response.headers:
        signed_in = "_user_id" in session
        response.headers["Cache-Control"] = "no-store" if signed_in else "private, no-cache"
    return response


def _compress(response: Response) -> Response:
    if response.mimetype not in COMPRESSED or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 and response.mimetype != "text/html":
        return response
    streamed = response.is_streamed and not is_static(request.endpoint)
    if streamed or request.accept_encodings["gzip"] <= 0:
        return response
    response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) < SMALLEST:
        return response
    response.set_data(_kept(plain) if is_static(request.endpoint) else gzip.compress(plain, 5))
    response.headers["Content-Encoding"] = "gzip"
    tag, _weak = response.get_etag()
    if tag is not None:
        response.set_etag(tag, weak=True)
    return response


@lru_cache(maxsize=64)
def _kept(plain: bytes) -> bytes:
    return gzip.compress(plain, 9, mtime=0)
