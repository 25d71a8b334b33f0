"""Who follows an event: streams and long polls, told of changes by one thread for all.

It asks the database a few times a second, while anybody waits, how far the events have come; so
it learns of what other processes wrote just as soon.  Followers that stand at the same cursor
share one reading and the same bytes.
"""

from __future__ import annotations

import atexit
import logging
import resource
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import cast

from flask import Flask, current_app
from sqlalchemy import select

from ptgsched.api.shown import Shown
from ptgsched.db import db
from ptgsched.events.models import Event, EventStatus
from ptgsched.schedule import changes
from ptgsched.web.carrier import Carrier, Line
from ptgsched.web.context import links
from ptgsched.web.errors import to_json

EXTENSION = "ptgsched.followers"
PAUSE = 0.25  # seconds between two looks at the database
EASE = 1 / 1000  # seconds more for each follower: who writes to hundreds does it less often
LONGEST_PAUSE = 1.0  # for all of them: everybody has a change within two seconds
MOST_BACKLOG = 65_536  # bytes; a stream that has more to take is given nothing new
SHARED = 200  # changes by which those may lie apart who are shown one page
MOST_GROUPS = 8  # pages read before the newest changes have their turn again
MOST = 4_000  # followers of one process
# Whoever is answered asks again at once: hundreds at a time would keep pages and bookings waiting.
POLLS_A_SECOND = 40.0
POLLS_AT_ONCE = 40.0
FEW = 50  # followers, among whom one that is behind may take a thread and be answered at once
SPARE_FILES = 256  # for pages, the database and the rest
FAREWELL_SECONDS = 2.0

log = logging.getLogger(__name__)


class Follower:
    """One that waits for changes after `cursor`; `until` is when it gets an answer at last."""

    def __init__(
        self, line: Line, event_id: int, cursor: int, head: bytes | None, until: float | None
    ) -> None:
        self.line = line
        self.event_id = event_id
        self.cursor = cursor
        self.head = head
        self.until = until
        self.has_left = False
        self.is_behind = False  # as a poll whose turn it is not yet

    def is_due(self, now: float) -> bool:
        """Whether its time is over."""
        return self.until is not None and self.until <= now


class Stream(Follower):
    """Gets each change as it comes."""


class Poll(Follower):
    """Gets one page, then goes."""


class Followers:
    """All followers of this process."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._carrier = Carrier()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._all: list[Follower] = []
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._most = 0
        self._allowance = POLLS_AT_ONCE
        self._counted_at = time.monotonic()
        self._is_crowded = False

    @property
    def is_full(self) -> bool:
        """Whether no more can be taken."""
        if not self._most:
            self._most = min(MOST, _open_files() - SPARE_FILES)
        return self._is_closed or len(self._all) >= self._most

    def stream(
        self,
        sock: socket.socket,
        head: bytes | None,
        seconds: float | None,
        *,
        event_id: int,
        cursor: int,
        greeting: bytes,
    ) -> None:
        """Write `head` and `greeting`, then each change after `cursor`."""
        line = self._carrier.attach(sock, beats=True)
        self._carrier.send(line, *_ended(head), greeting)
        until = None if seconds is None else time.monotonic() + seconds
        self._add(Stream(line, event_id, cursor, head, until))

    def poll(
        self,
        sock: socket.socket,
        head: bytes | None,
        seconds: float | None,
        *,
        event_id: int,
        cursor: int,
        wait: float,
    ) -> None:
        """Answer with the first changes after `cursor`, or with none after `wait` seconds."""
        line = self._carrier.attach(sock, beats=False)
        until = time.monotonic() + min(wait, wait if seconds is None else seconds)
        # No look at the database for each who comes: hundreds come again after each change.
        self._add(Poll(line, event_id, cursor, head, until), at_once=self.are_few)

    @property
    def are_few(self) -> bool:
        """Whether each may be served the moment it comes."""
        return len(self._all) < FEW

    def has_turn(self) -> bool:
        """Whether one who would wait may be answered at once; if so, this was its turn."""
        return not self._is_crowded and self._take_turn()

    def close(self) -> None:
        """Let all go in peace: polls with an empty page, streams at the end of a change."""
        self._is_closed = True
        with self._lock:
            everybody, self._all = self._all, []
        for follower in everybody:
            self._dismiss(follower)
        self._wake.set()
        self._carrier.join(FAREWELL_SECONDS)

    def _add(self, follower: Follower, *, at_once: bool = True) -> None:
        with self._lock:
            self._all.append(follower)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="followers", daemon=True)
                self._thread.start()
                atexit.register(self.close)
        if at_once:
            self._wake.set()
        if self._is_closed:  # meanwhile
            self.close()

    def _take_turn(self) -> bool:
        with self._lock:
            now = time.monotonic()
            earned = (now - self._counted_at) * POLLS_A_SECOND
            self._allowance, self._counted_at = min(POLLS_AT_ONCE, self._allowance + earned), now
            if self._allowance < 1:
                return False
            self._allowance -= 1
            return True

    # In the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        fails = False
        while self._goes_on():
            self._wake.clear()
            now, has_more, failed_before = time.monotonic(), False, fails
            try:
                with self._app.app_context():
                    has_more = self._tell(now)
                fails = False
            except Exception:  # whatever it was must not end all streams; the next look may succeed
                fails = True
                if not failed_before:
                    log.exception("changes could not be read for those who follow them")
            self._let_go_in_time(now, all_of_them=fails)
            if not has_more:
                self._wake.wait(min(PAUSE + EASE * len(self._all), LONGEST_PAUSE))

    def _goes_on(self) -> bool:
        with self._lock:
            self._all = [f for f in self._all if not (f.has_left or f.line.is_gone)]
            if self._all:
                return True
            self._thread = None
            atexit.unregister(self.close)
            return False

    def _let_go_in_time(self, now: float, *, all_of_them: bool) -> None:
        for follower in self._waiting():
            if follower.is_due(now) and (all_of_them or not follower.is_behind):
                self._dismiss(follower)

    def _tell(self, now: float) -> bool:
        """Tell what is new; whether there is more to tell at once."""
        groups = self._behind(now)
        shown: dict[int, Shown] = {}
        read = 0
        for event_id, cursor, kind in sorted(groups, key=lambda key: -key[1]):
            group = groups[event_id, cursor, kind]
            known = shown.get(event_id)
            if known is None or not known.holds(cursor):
                if read == MOST_GROUPS:
                    break
                read += 1
                event = db.session.get(Event, event_id)
                if event is None:  # deleted since
                    continue
                # Those a little further behind are shown the same page, so it begins there.
                since = _first(groups, event_id, cursor)
                known = shown[event_id] = Shown(changes.page(event, since, links()), since)
            if kind is Poll:
                self._answer(group, known.page_after(cursor))
            else:
                self._feed(group, *known.stream_after(cursor))
        # Those whose turn it is not yet are answered together at the next look, not one by one
        # as they come to have it: each look reads the changes anew.
        return bool(groups) and not self._is_crowded

    def _behind(self, now: float) -> dict[tuple[int, int, type[Follower]], list[Follower]]:
        """Those with something to be told, by where they stand; whose event is gone is let go."""
        waiting = self._waiting()
        cursors = _cursors({follower.event_id for follower in waiting})
        groups = defaultdict(list)
        is_crowded = False
        for follower in waiting:
            reached = cursors.get(follower.event_id, -1)
            if reached < follower.cursor:  # gone, not public any more, or restored from a backup
                self._dismiss(follower)
            elif reached > follower.cursor and follower.line.backlog <= MOST_BACKLOG:
                if isinstance(follower, Poll):
                    follower.is_behind = True
                    if not follower.is_due(now):
                        is_crowded = is_crowded or not self._take_turn()
                        if is_crowded:
                            continue
                groups[follower.event_id, follower.cursor, type(follower)].append(follower)
        self._is_crowded = is_crowded
        return groups

    def _waiting(self) -> list[Follower]:
        with self._lock:
            return [f for f in self._all if not (f.has_left or f.line.is_gone)]

    def _feed(self, group: Iterable[Follower], reached: int, data: bytes) -> None:
        for follower in group:
            follower.cursor = reached
        self._carrier.broadcast([follower.line for follower in group], data)

    def _answer(self, group: Iterable[Follower], body: bytes) -> None:
        for follower in group:
            follower.has_left = True
            self._carrier.end(follower.line, *_complete(follower.head, body))

    def _dismiss(self, follower: Follower) -> None:
        if isinstance(follower, Poll):
            nothing = changes.Page(follower.cursor, [], more=False)
            self._answer([follower], to_json(nothing.shape))
        else:
            follower.has_left = True
            self._carrier.end(follower.line)


def followers() -> Followers:
    """Those of the running application."""
    return cast("Followers", current_app.extensions[EXTENSION])


def init_app(app: Flask) -> None:
    """Let this application be followed."""
    app.extensions[EXTENSION] = Followers(app)


def _first(groups: Iterable[tuple[int, int, type[Follower]]], event_id: int, newest: int) -> int:
    """Where a page begins that serves this group and as many behind it as one page can."""
    return min(
        cursor
        for event, cursor, _ in groups
        if event == event_id and newest - SHARED <= cursor <= newest
    )


def _cursors(event_ids: Iterable[int]) -> dict[int, int]:
    """How far the public ones among these events have come."""
    rows = db.session.execute(
        select(Event.id, Event.cursor).where(
            Event.id.in_(event_ids), Event.status != EventStatus.DRAFT
        )
    )
    return {row[0]: row[1] for row in rows}


def _ended(head: bytes | None) -> list[bytes]:
    return [] if head is None else [head + b"\r\n"]


def _complete(head: bytes | None, body: bytes) -> list[bytes]:
    if head is None:
        return [body]
    return [head + b"Content-Length: %d\r\n\r\n" % len(body), body]


def _open_files() -> int:
    """How many files this process may open, after asking for as many as it may ask for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(2 * MOST, hard) if hard != resource.RLIM_INFINITY else 2 * MOST
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return soft if soft != resource.RLIM_INFINITY else 2 * MOST
