"""The gate in front of the application: it answers polls of documents that have not changed.

A poll costs one indexed read over a plain connection.  What is not in the cache, or not current,
goes on to the application, whose view renders the document and hands it back here; so the same
lines write every answer, and no cookie or page header ever gets into one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ptgsched.clock import utcnow
from ptgsched.feeds.answer import Headers, Request, answer
from ptgsched.feeds.documents import Document, Documents
from ptgsched.feeds.stamps import PlainReader

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HANDED_OVER = "ptgsched.document"
"""Where in the WSGI environment a view leaves the document to be answered with."""

SECURITY: Headers = [
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex"),
]
HSTS = ("Strict-Transport-Security", "max-age=31556926; includeSubDomains")


class Gate:
    """WSGI middleware; `documents` is the cache that the application's views fill."""

    def __init__(
        self, app: WSGIApplication, documents: Documents, reader: PlainReader, *, https: bool
    ) -> None:
        self._app = app
        self._documents = documents
        self._reader = reader
        self._headers = [*SECURITY, HSTS] if https else SECURITY

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        document = self._current(environ)
        if document is not None:
            return self._answer(document, environ, start_response)

        def start(*arguments: Any) -> Callable[[bytes], object]:
            if HANDED_OVER in environ:
                return _ignore
            return start_response(*arguments)

        body = self._app(environ, start)
        document = environ.get(HANDED_OVER)
        if document is None:
            return body
        if hasattr(body, "close"):
            body.close()
        return self._answer(document, environ, start_response)

    def _current(self, environ: WSGIEnvironment) -> Document | None:
        # Who shows credentials is judged by the application first.
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or "HTTP_AUTHORIZATION" in environ:
            return None
        document = self._documents.get((environ["PATH_INFO"], environ.get("QUERY_STRING", "")))
        if document is None:
            return None
        stamp = self._reader.read(document.event)
        return document if document.is_current(stamp, utcnow()) else None

    def _answer(
        self, document: Document, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        request = Request(
            environ["REQUEST_METHOD"],
            environ.get("HTTP_IF_NONE_MATCH", ""),
            environ.get("HTTP_IF_MODIFIED_SINCE", ""),
            environ.get("HTTP_ACCEPT_ENCODING", ""),
        )
        status, headers, body = answer(document, request, utcnow())
        start_response(status, headers + self._headers)
        return [body] if body else []


def _ignore(_data: bytes) -> None:
    """What the application would have written is replaced."""
