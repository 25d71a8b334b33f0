"""Changes as they are written to those who follow: answers to polls, events of streams."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from ptgsched.schedule import changes
from ptgsched.web.errors import to_json

STREAM_PAGE = 100  # changes that a stream is given at once


class Shown:
    """A page of changes, written out once for all who stand somewhere in it.

    Kept for one look at the database only: links that it shows may be hidden the next moment.
    """

    def __init__(self, page: changes.Page, since: int) -> None:
        self._page = page
        self._since = since
        self._cursors = [change["cursor"] for change in page.changes]
        self._json = [to_json(change) for change in page.changes]
        self._events: list[bytes] = []

    def holds(self, cursor: int) -> bool:
        """Whether what comes after `cursor` is in it."""
        return self._since <= cursor < self._page.cursor

    def page_after(self, cursor: int) -> bytes:
        """The answer to a poll: the rest of the page."""
        rest = b",".join(self._json[bisect_right(self._cursors, cursor) :])
        more = b"true" if self._page.more else b"false"
        return b'{"cursor":%d,"changes":[%s],"more":%s}' % (self._page.cursor, rest, more)

    def stream_after(self, cursor: int) -> tuple[int, bytes]:
        """How far a stream gets with what it is given now, and that."""
        if not self._events:
            self._events = [
                _event(change["cursor"], change["action"], data)
                for change, data in zip(self._page.changes, self._json, strict=True)
            ]
        begin = bisect_right(self._cursors, cursor)
        end = min(begin + STREAM_PAGE, len(self._events))
        return self._cursors[end - 1], b"".join(self._events[begin:end])


def message(cursor: int, name: str, data: Mapping[str, Any]) -> bytes:
    """One event of a stream (HTML, 9.2.6)."""
    return _event(cursor, name, to_json(data))


def _event(cursor: int, name: str, data: bytes) -> bytes:
    # JSON has no line break of its own.
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (cursor, name.encode(), data)
