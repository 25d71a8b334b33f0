"""Taking a connection over from the WSGI server, so that the thread that served it is free again.

A view that wants its answer to be written later leaves a `Wish` in the WSGI environment and
answers with the headers.  Gunicorn shows its socket (``gunicorn.socket``): we keep a duplicate,
and put a socket that leads nowhere in its place.  What gunicorn then writes and closes is that
one: it sees a client that went away, which is nothing special to it.

A server that shows no plain socket (TLS, HTTP/2, tests) lends a thread instead, to a few at a
time and not for long.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.http import http_date
from werkzeug.wrappers import Response

from ptgsched.clock import utcnow

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WISH = "ptgsched.wish"
LENT = 4  # threads of a process, where there is no socket to take
LENT_SECONDS = 20.0  # less than a server waits for its last requests when it stops
SEND_BUFFER = 131_072  # bytes that the system keeps for a slow reader; its own default grows to MBs
_NOT_YET = frozenset({"content-length", "etag"})  # of a body that is still to come
_CHUNK = 65_536

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What to do with the connection of this request.

    `carry` gets the socket, the head of the answer (None: it is sent already), and for how many
    seconds at most.  `otherwise` is answered when that cannot be; None: what the view answered.
    """

    carry: Callable[[socket.socket, bytes | None, float | None], None]
    otherwise: Response | None = None


class Handover:
    """WSGI middleware that fulfils wishes; the outermost one, so that it sees all headers."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._lent = threading.BoundedSemaphore(LENT)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        held: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, *error: Any) -> Callable[[bytes], object]:
            if WISH in environ and status.startswith("200 "):
                held.append((status, headers))
                return _ignore
            return start_response(status, headers, *error)

        body = self._app(environ, start)
        wish: Wish | None = environ.pop(WISH, None)
        if wish is None or not held:
            return body
        status, headers = held[0]
        kept = [(name, value) for name, value in headers if name.lower() not in _NOT_YET]
        mine = own_socket(environ)
        if mine is not None:
            _close(body)
            wish.carry(mine, _head(status, kept), None)
            start_response(status, [*kept, ("Content-Length", "0")])
            return []
        if self._lent.acquire(blocking=False):
            _close(body)
            start_response(status, kept)
            return _Lent(wish, self._lent.release)
        if wish.otherwise is None:
            start_response(status, headers)
            return body
        _close(body)
        return wish.otherwise(environ, start_response)


class _Lent:
    """The rest of an answer, read from a pair of sockets by the server's own thread."""

    def __init__(self, wish: Wish, give_back: Callable[[], None]) -> None:
        self._mine, theirs = socket.socketpair()
        self._give_back: Callable[[], None] | None = give_back
        wish.carry(theirs, None, LENT_SECONDS)

    def __iter__(self) -> Iterator[bytes]:
        try:
            while data := self._mine.recv(_CHUNK):
                yield data
        finally:
            self.close()

    def close(self) -> None:
        """The server is done, or its client is gone."""
        self._mine.close()
        if self._give_back is not None:
            self._give_back()
            self._give_back = None


def own_socket(environ: WSGIEnvironment) -> socket.socket | None:
    """The request's connection, taken away from gunicorn; None where that is not possible."""
    shown = environ.get("gunicorn.socket")
    # A subclass is TLS, or belongs to green threads.
    if not isinstance(shown, socket.socket) or type(shown) is not socket.socket:
        return None
    if environ["SERVER_PROTOCOL"] not in {"HTTP/1.0", "HTTP/1.1"}:
        return None
    try:
        mine = shown.dup()
    except OSError:  # no more files may be open
        return None
    try:
        with socket.socket(shown.family, socket.SOCK_STREAM) as nowhere:
            os.dup2(nowhere.fileno(), shown.fileno(), inheritable=False)
    except OSError:
        mine.close()
        return None
    mine.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if mine.family in {socket.AF_INET, socket.AF_INET6}:
        mine.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return mine


def _head(status: str, headers: Headers) -> bytes:
    """Everything before the body, the blank line left out; the body ends with the connection."""
    lines = [f"HTTP/1.1 {status}", f"Date: {http_date(utcnow())}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()


def _ignore(_data: bytes) -> None:
    """The body follows later, from somewhere else."""
