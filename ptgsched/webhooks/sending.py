"""One signed POST to an address outside: no redirects, no proxies, not for longer than allowed."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from urllib.parse import urlsplit

from ptgsched.text import clean_text
from ptgsched.webhooks.addresses import Network, NotAllowed, reachable

STEP_SECONDS = 5.0  # for each step: connect, TLS, send, each part of the answer
ALL_SECONDS = 12.0  # for all of them
KEPT = 500  # characters of the answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status and the beginning of its text, or no status and why not."""

    status: int | None
    text: str

    @property
    def is_good(self) -> bool:
        """Whether the delivery was taken."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver asks to be told nothing any more."""
        return self.status == 410


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """``sha256=`` and HMAC-SHA256 over the timestamp, a dot, and the body."""
    signed = hmac.new(secret.encode(), b"%d.%s" % (timestamp, body), hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


def headers(secret: str, *, uid: str, action: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of one attempt at `at`."""
    timestamp = int(at.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": f"ptgsched/{version('ptgsched')}",
        "Ptgsched-Delivery": uid,
        "Ptgsched-Action": action,
        "Ptgsched-Timestamp": str(timestamp),
        "Ptgsched-Signature": signature(secret, timestamp, body),
    }


def send(url: str, head: dict[str, str], body: bytes, allowed: Sequence[Network]) -> Answer:
    """POST, and what came back; never raises for anything that the other side does."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        address = reachable(host, port, allowed)
    except NotAllowed as error:
        return Answer(None, str(error))
    context = ssl.create_default_context() if parts.scheme == "https" else None
    connection = _Pinned(host, port, address, context)
    clock = threading.Timer(ALL_SECONDS, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("POST", target, body, head)
        answer = connection.getresponse()
        return Answer(answer.status, _beginning(answer))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, _why(error, was_cut=connection.was_cut))
    finally:
        clock.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was judged; the name is for the Host header and for TLS."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=STEP_SECONDS)
        if context is not None:
            self.default_port = 443
        self._address = address
        self._context = context
        self.was_cut = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), STEP_SECONDS)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End it now, from another thread."""
        self.was_cut = True
        with contextlib.suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def _beginning(answer: http.client.HTTPResponse) -> str:
    """What it says, if it comes in time: the status alone says whether the delivery was taken."""
    try:
        said = answer.read(4 * KEPT)
    except (OSError, http.client.HTTPException, ValueError):
        return ""
    return clean_text(said.decode("utf-8", "replace"))[:KEPT]


def _why(error: Exception, *, was_cut: bool) -> str:
    if was_cut or isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    if isinstance(error, http.client.RemoteDisconnected):
        return "it hung up without an answer"
    return clean_text(str(error))[:KEPT] or type(error).__name__
