"""Rendered documents and the cache of them: bytes with all that HTTP says about them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from ptgsched.events.models import Event
from ptgsched.feeds.stamps import Stamp
from ptgsched.web.links import Links

Key = tuple[str, str]
"""A path and its query string, as they stand in the request."""

MOST_BYTES = 64 * 1024 * 1024
WORTH_PACKING = 500  # bytes: below, gzip saves no packet
OVERHEAD = 2_000  # bytes that any document takes beside its body


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What a renderer made: the body, and the facts that the answer's headers tell.

    `modified` has whole seconds and never goes back.  From `valid_until` on the same state
    would give another body.
    """

    body: bytes
    content_type: str
    filename: str
    modified: datetime
    cache_control: str = "no-cache"
    valid_until: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Renderer = Callable[[Event, Links, datetime], Rendering]
"""Renders an event's document as of an instant; raises NotFound for what the event has not."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A rendering of an event in the state `stamp`; `live` says that it shows the live board."""

    rendering: Rendering
    event: str
    stamp: Stamp
    live: bool = False

    def is_current(self, stamp: Stamp | None, at: datetime) -> bool:
        """Whether the same would be rendered from an event with this stamp, at the instant."""
        if stamp is None or stamp[:4] != self.stamp[:4]:
            return False
        until = self.rendering.valid_until
        return (not self.live or stamp.live == self.stamp.live) and (until is None or at < until)

    @cached_property
    def etag(self) -> str:
        """The strong entity tag of the plain body."""
        digest = hashlib.blake2b(self.rendering.body, digest_size=16).digest()
        return f'"{base64.urlsafe_b64encode(digest).decode().rstrip("=")}"'

    @cached_property
    def packed_etag(self) -> str:
        """The strong entity tag of the packed body: other bytes, so another tag."""
        return self.etag[:-1] + '-gzip"'

    @cached_property
    def packed(self) -> bytes | None:
        """The body in gzip; None when that gains nothing."""
        body = self.rendering.body
        if len(body) < WORTH_PACKING:
            return None
        # Without the time of day in its header the same body packs to the same bytes.
        return gzip.compress(body, compresslevel=3, mtime=0)

    @property
    def size(self) -> int:
        """About how many bytes it takes in memory, packed form included."""
        return len(self.rendering.body) * 5 // 4 + OVERHEAD


class Documents:
    """The documents asked for last, up to `most` bytes; safe to use from many threads."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Document] = OrderedDict()
        self._lock = threading.Lock()
        self._bytes = 0

    def get(self, key: Key) -> Document | None:
        """The document under `key`, current or not; None when there is none."""
        with self._lock:
            document = self._kept.get(key)
            if document is not None:
                self._kept.move_to_end(key)
        return document

    def put(self, key: Key, document: Document) -> None:
        """Keep `document`, in place of an older one, letting go of those not used for longest."""
        with self._lock:
            self._forget(key)
            self._kept[key] = document
            self._bytes += document.size
            while self._bytes > self._most and len(self._kept) > 1:
                self._forget(next(iter(self._kept)))

    def _forget(self, key: Key) -> None:
        document = self._kept.pop(key, None)
        if document is not None:
            self._bytes -= document.size
