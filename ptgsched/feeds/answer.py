"""A document as an HTTP answer: conditional, for GET and HEAD, plain or packed (RFC 9110)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

from ptgsched.feeds.documents import Document

Headers = list[tuple[str, str]]

_TAG = re.compile(r'(?:W/)?("[^"]*")')


class Answer(NamedTuple):
    """What goes out."""

    status: str
    headers: Headers
    body: bytes


class Request(NamedTuple):
    """The parts of a request that choose the answer; a header not sent is empty."""

    method: str = "GET"
    if_none_match: str = ""
    if_modified_since: str = ""
    accept_encoding: str = ""


def answer(document: Document, request: Request, at: datetime) -> Answer:
    """200 or 304 with the headers that go with it; a HEAD has those of its GET and no body."""
    rendering = document.rendering
    packed = document.packed if takes_gzip(request.accept_encoding) else None
    etag = document.etag if packed is None else document.packed_etag
    known = _known(document, request, etag)
    headers = [
        ("ETag", known or etag),
        ("Last-Modified", _http_date(min(rendering.modified, at.replace(microsecond=0)))),
        ("Cache-Control", rendering.cache_control),
        ("Vary", "Accept-Encoding"),
        *rendering.headers.items(),
    ]
    if known is not None:
        return Answer("304 Not Modified", headers, b"")
    body = rendering.body if packed is None else packed
    headers += [
        ("Content-Type", rendering.content_type),
        ("Content-Length", str(len(body))),
        ("Content-Disposition", f'inline; filename="{rendering.filename}"'),
    ]
    if packed is not None:
        headers.append(("Content-Encoding", "gzip"))
    return Answer("200 OK", headers, b"" if request.method == "HEAD" else body)


def _known(document: Document, request: Request, etag: str) -> str | None:
    """The entity tag of what the client has, when that is still the document."""
    if request.if_none_match:  # beats If-Modified-Since (RFC 9110 13.1.3)
        return _matching(document, request.if_none_match, etag)
    since = request.if_modified_since and _instant(request.if_modified_since)
    return etag if since and document.rendering.modified <= since else None


def _matching(document: Document, if_none_match: str, etag: str) -> str | None:
    """The tag of either form of the document that the list names; compared weakly."""
    if if_none_match == etag or if_none_match.strip() == "*":
        return etag
    tags = _TAG.findall(if_none_match)
    return next((t for t in (etag, document.etag, document.packed_etag) if t in tags), None)


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client that sends this Accept-Encoding takes gzip (RFC 9110 12.5.3)."""
    quality: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weights = [p[2:] for p in parameters if p.startswith("q=")]
        try:
            quality[coding] = float(weights[0]) if weights else 1.0
        except ValueError:
            quality[coding] = 0.0
    return quality.get("gzip", quality.get("x-gzip", quality.get("*", 0.0))) > 0


@lru_cache(maxsize=256)
def _instant(http_date: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(http_date)
    except (ValueError, OverflowError):  # no date, or of a year that there is not
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


@lru_cache(maxsize=256)
def _http_date(instant: datetime) -> str:
    return format_datetime(instant.astimezone(UTC), usegmt=True)
