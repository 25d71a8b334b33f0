"""Connections that outlive their request: one thread writes to all of them.

A thread for each would use up those that serve pages.  Nobody waits for a slow reader: what it
has not taken yet is kept here, whoever feeds it looks at its `backlog` first, and one that takes
nothing for a while is dropped.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

BEAT_SECONDS = 15.0
STALLED_SECONDS = 30.0
MOST_HEARD = 65_536  # bytes; a reader has nothing to say
BEAT = b":\n\n"  # a comment of the event stream format (HTML, 9.2.5)
_TICK = 1.0
_NOTHING = b""


class Line:
    """One connection; its owner reads `backlog` and `is_gone`, all else is the carrier's."""

    def __init__(self, sock: socket.socket, *, beats: bool) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.beats = beats
        self.pending: deque[memoryview] = deque()
        self.ending = False
        self.is_gone = False
        self.heard = 0
        self.moved_at = time.monotonic()  # when it last took anything
        # Each is written by one thread only, so no lock is needed.
        self.given = 0
        self.taken = 0

    @property
    def backlog(self) -> int:
        """How many bytes it was given and has not taken."""
        return self.given - self.taken


class Carrier:
    """Writes to lines from a thread that lives as long as there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: deque[Callable[[], None]] = deque()
        self._thread: threading.Thread | None = None
        self._bell: socket.socket | None = None
        # These are the thread's own.
        self._lines: set[Line] = set()
        self._selector: selectors.BaseSelector = selectors.SelectSelector()

    def attach(self, sock: socket.socket, *, beats: bool) -> Line:
        """Take over a connection; with `beats` it gets a comment when nothing else goes out."""
        line = Line(sock, beats=beats)
        self._ask(lambda: self._begin(line))
        return line

    def send(self, line: Line, *parts: bytes) -> None:
        """Write `parts` as soon as the line takes them; only one thread may feed a line."""
        line.given += sum(map(len, parts))
        self._ask(lambda: self._queue(line, parts))

    def broadcast(self, lines: Sequence[Line], data: bytes) -> None:
        """Write `data` to many at once; likewise."""
        for line in lines:
            line.given += len(data)
        self._ask(lambda: self._queue_for_all(lines, data))

    def end(self, line: Line, *parts: bytes) -> None:
        """Write `parts`, then close the connection in peace."""
        line.given += sum(map(len, parts))
        self._ask(lambda: self._end(line, parts))

    def join(self, seconds: float) -> None:
        """Wait until all lines have ended, for so long at most."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    # From any thread ------------------------------------------------------------------------

    def _ask(self, job: Callable[[], None]) -> None:
        with self._lock:
            self._jobs.append(job)
            if self._thread is None:
                ear, self._bell = socket.socketpair()
                ear.setblocking(False)
                self._bell.setblocking(False)
                run = threading.Thread(target=self._run, args=(ear,), name="carrier", daemon=True)
                self._thread = run
                run.start()
            elif len(self._jobs) == 1 and self._bell is not None:
                self._bell.send(b"!")

    # In the thread --------------------------------------------------------------------------

    def _run(self, ear: socket.socket) -> None:
        self._selector = selectors.DefaultSelector()
        self._selector.register(ear, selectors.EVENT_READ)
        with self._selector, ear:
            rounds_at = time.monotonic() + _TICK
            while self._goes_on():
                self._do_jobs()
                # Without lines there is nothing to wait for: a service that stops waits for us.
                for key, _ in self._selector.select(_TICK if self._lines else 0):
                    if key.data is None:
                        ear.recv(4096)
                    else:
                        self._wake(key.data)
                if time.monotonic() >= rounds_at:
                    self._make_rounds()
                    rounds_at = time.monotonic() + _TICK

    def _goes_on(self) -> bool:
        with self._lock:
            if self._lines or self._jobs:
                return True
            self._thread = None
            if self._bell is not None:
                self._bell.close()
            return False

    def _do_jobs(self) -> None:
        with self._lock:
            jobs, self._jobs = self._jobs, deque()
        for job in jobs:
            job()

    def _begin(self, line: Line) -> None:
        self._lines.add(line)
        self._selector.register(line.sock, selectors.EVENT_READ, line)

    def _queue_for_all(self, lines: Sequence[Line], data: bytes) -> None:
        now = time.monotonic()
        for line in lines:
            if line.pending or line.is_gone or line.ending:
                self._queue(line, (data,))
                continue
            # What almost all readers are: waiting, with room for it.
            try:
                sent = line.sock.send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                self._drop(line)
                continue
            line.taken += sent
            line.moved_at = now
            if sent < len(data):
                self._queue(line, (data[sent:],))

    def _queue(self, line: Line, parts: tuple[bytes, ...]) -> None:
        if line.is_gone or line.ending:
            return
        if not line.pending:
            line.moved_at = time.monotonic()
        line.pending.extend(memoryview(part) for part in parts if part)
        self._write(line)

    def _end(self, line: Line, parts: tuple[bytes, ...]) -> None:
        self._queue(line, parts)
        line.ending = True
        if not line.is_gone and not line.pending:
            self._drop(line)

    def _wake(self, line: Line) -> None:
        """It took what it was given, said something, or is gone."""
        if line.is_gone:
            return
        try:
            said = line.sock.recv(4096)
        except BlockingIOError:
            self._write(line)
            return
        except OSError:
            said = _NOTHING
        line.heard += len(said)
        if not said or line.heard > MOST_HEARD:
            self._drop(line)
        else:
            self._write(line)

    def _write(self, line: Line) -> None:
        try:
            while line.pending:
                part = line.pending[0]
                sent = line.sock.send(part)
                line.taken += sent
                line.moved_at = time.monotonic()
                if sent < len(part):
                    line.pending[0] = part[sent:]
                else:
                    line.pending.popleft()
        except BlockingIOError:
            pass  # the selector says when it takes more
        except OSError:
            self._drop(line)
            return
        if line.ending and not line.pending:
            self._drop(line)
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.pending else 0)
        if self._selector.get_key(line.sock).events != events:
            self._selector.modify(line.sock, events, line)

    def _drop(self, line: Line) -> None:
        line.is_gone = True
        line.pending.clear()
        self._lines.discard(line)
        self._selector.unregister(line.sock)
        with contextlib.suppress(OSError):
            line.sock.shutdown(socket.SHUT_WR)
        line.sock.close()

    def _make_rounds(self) -> None:
        """Let quiet lines beat, drop those that are stuck."""
        now = time.monotonic()
        for line in list(self._lines):
            quiet = now - line.moved_at
            if line.pending and quiet > STALLED_SECONDS:
                self._drop(line)
            elif line.beats and not line.pending and quiet >= BEAT_SECONDS - _TICK:
                line.taken -= len(BEAT)  # given by nobody
                self._queue(line, (BEAT,))
