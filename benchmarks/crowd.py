"""The other side of a crowd, in a process of its own so that it takes no turn of the measurer's.

``python -m benchmarks.crowd attend PORT PATH PEOPLE SECONDS ETAG``: each of so many people asks
once within the time, on a connection of their own; prints what they saw as JSON.

``python -m benchmarks.crowd follow PORT EVENT STREAMS POLLS``: says ``ready`` when all of them
wait; told a cursor on standard input, waits until all have come as far, and prints likewise.
"""

from __future__ import annotations

import json
import random
import re
import selectors
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass

from benchmarks.client import request

_EVENT = re.compile(rb"^id: (\d+)\nevent: (\S+)", re.MULTILINE)
PATIENCE = 60.0  # seconds


def _connected(port: int, message: bytes) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    sock.sendall(message)
    sock.setblocking(False)
    return sock


def attend(port: int, path: str, people: int, seconds: float, etag: str) -> dict[str, object]:
    """Latencies in seconds, statuses, and how far the asking itself lagged behind its plan."""
    message = request(path, headers={"If-None-Match": etag}).replace(b"keep-alive", b"close")
    moments = sorted(random.uniform(0, seconds) for _ in range(people))
    statuses: Counter[str] = Counter()
    latencies: list[float] = []
    began = time.perf_counter()
    late = 0.0
    with selectors.DefaultSelector() as selector:
        waiting = 0
        asked = 0
        while asked < people or waiting:
            now = time.perf_counter() - began
            while asked < people and moments[asked] <= now:
                late = max(late, now - moments[asked])
                started = time.perf_counter()
                sock = _connected(port, message)
                selector.register(sock, selectors.EVENT_READ, [started, b""])
                asked, waiting = asked + 1, waiting + 1
                now = time.perf_counter() - began
            pause = moments[asked] - now if asked < people else 1.0
            for key, _ in selector.select(max(0.0, pause)):
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                data = sock.recv(262_144)
                if data:
                    key.data[1] = key.data[1] or data
                    continue
                statuses[key.data[1][9:12].decode()] += 1
                latencies.append(time.perf_counter() - key.data[0])
                selector.unregister(sock)
                sock.close()
                waiting -= 1
    return {
        "latencies": latencies,
        "statuses": statuses,
        "seconds": time.perf_counter() - began,
        "late": late,
    }


@dataclass
class Reader:
    """One follower; `cursor` is the last change it has, `faults` how many came out of turn."""

    polls: bool
    sock: socket.socket
    cursor: int = -1
    buffer: bytes = b""
    faults: int = 0

    def take(self, data: bytes) -> None:
        """Note the changes in what has come."""
        self.buffer += data
        if not self.polls:
            whole, mark, self.buffer = self.buffer.rpartition(b"\n\n")
            for found in _EVENT.finditer(whole + mark):
                self._note(int(found[1]), is_hello=found[2] == b"hello")

    def end(self) -> None:
        """A poll was answered."""
        for change in json.loads(self.buffer.partition(b"\r\n\r\n")[2])["changes"]:
            self._note(change["cursor"], is_hello=False)
        self.buffer = b""

    def _note(self, cursor: int, *, is_hello: bool) -> None:
        self.faults += cursor != self.cursor + 1 and not is_hello
        self.cursor = cursor


def follow(port: int, event: str, streams: int, polls: int) -> dict[str, object]:
    """How many changes came out of turn, and when the last one had the last of them."""
    root = f"/api/v1/events/{event}"
    stream = request(f"{root}/stream")
    readers = [Reader(polls=False, sock=_connected(port, stream)) for _ in range(streams)]
    with selectors.DefaultSelector() as selector:
        for reader in readers:
            selector.register(reader.sock, selectors.EVENT_READ, reader)
        cursor = _first_cursor(port, event)
        for _ in range(polls):
            reader = Reader(polls=True, sock=_poll(port, root, cursor), cursor=cursor)
            readers.append(reader)
            selector.register(reader.sock, selectors.EVENT_READ, reader)
        selector.register(sys.stdin, selectors.EVENT_READ, None)
        ready, goal, deadline = False, -1, float("inf")
        answered = 0
        while goal < 0 or any(reader.cursor < goal for reader in readers):
            if time.monotonic() > deadline:
                break
            for key, _ in selector.select(1):
                if key.data is None:
                    goal = int(sys.stdin.readline())
                    selector.unregister(sys.stdin)
                    deadline = time.monotonic() + PATIENCE
                    continue
                reader = key.data
                data = reader.sock.recv(262_144)
                if data:
                    reader.take(data)
                elif reader.polls:
                    answered += 1
                    reader.end()
                    selector.unregister(reader.sock)
                    reader.sock.close()
                    reader.sock = _poll(port, root, reader.cursor)
                    selector.register(reader.sock, selectors.EVENT_READ, reader)
                else:
                    raise RuntimeError("a stream ended")
            if not ready and all(reader.cursor >= 0 for reader in readers):
                ready = True
                print("ready", flush=True)
        ended = time.monotonic()
    return {
        "faults": sum(reader.faults for reader in readers),
        "behind": sum(reader.cursor < goal for reader in readers),
        "answered": answered,
        "ended": ended,
    }


def _poll(port: int, root: str, cursor: int) -> socket.socket:
    return _connected(port, request(f"{root}/changes?since={cursor}&wait=50"))


def _first_cursor(port: int, event: str) -> int:
    sock = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    with sock:
        sock.sendall(request(f"/api/v1/events/{event}/stream"))
        data = b""
        while not (found := _EVENT.search(data)):
            data += sock.recv(65_536)
    return int(found[1])


def main() -> None:
    """What the first word says."""
    what, port, *words = sys.argv[1:]
    if what == "attend":
        path, people, seconds, etag = words
        said = attend(int(port), path, int(people), float(seconds), etag)
    else:
        event, streams, polls = words
        said = follow(int(port), event, int(streams), int(polls))
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
