"""Listeners of event streams, hundreds of them in one thread."""

import json
import selectors
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Message:
    """One event of a stream, as a browser would dispatch it."""

    id: str
    event: str
    data: Any


def parse(block: str) -> Message | None:
    """What stands between two blank lines; None when a browser would dispatch nothing."""
    fields = {}
    for line in block.splitlines():
        name, _, value = line.partition(":")
        if name:
            assert name not in fields
            fields[name] = value.removeprefix(" ")
    if "data" not in fields:
        return None
    return Message(fields["id"], fields["event"], json.loads(fields["data"]))


@dataclass
class Listener:
    """Listens to an event; goes on after the last id it has when it connects once more."""

    path: str = "/api/v1/events/oct/stream"
    messages: list[Message] = field(default_factory=list)
    head: str = ""
    sock: socket.socket | None = None
    is_over: bool = True
    buffer: bytes = b""
    beats: int = 0

    def connect(self, base_url: str, **headers: str) -> None:
        """Send the request; nothing is read yet."""
        place = urlsplit(base_url)
        self.sock = socket.create_connection((place.hostname, place.port), timeout=30)
        if self.messages:
            headers["Last-Event-ID"] = self.messages[-1].id
        lines = [f"GET {self.path} HTTP/1.1", f"Host: {place.netloc}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.sock.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
        self.is_over, self.buffer, self.head = False, b"", ""

    def hear(self) -> None:
        """Take what has come."""
        data = self.sock.recv(65536)
        if not data:
            assert self.buffer == b"", "cut off in the middle"
            self.close()
            return
        self.buffer += data
        if not self.head and b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.head = head.decode()
        while self.head and b"\n\n" in self.buffer:
            block, _, self.buffer = self.buffer.partition(b"\n\n")
            message = parse(block.decode())
            if message is None:
                self.beats += 1
            else:
                self.messages.append(message)

    def close(self) -> None:
        """Hang up."""
        if self.sock is not None:
            self.sock.close()
        self.is_over = True

    @property
    def cursors(self) -> list[int]:
        """Those of the changes it got, in the order it got them."""
        return [message.data["cursor"] for message in self.messages if message.event != "hello"]

    @property
    def status(self) -> int:
        """Of the answer; 0 before it came."""
        return int(self.head.split()[1]) if self.head else 0


def hear_until(
    listeners: Sequence[Listener], done: Callable[[Listener], bool], *, seconds: float = 30
) -> None:
    """Let all of them hear until each is `done`; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        waiting = {listener.sock.fileno(): listener for listener in listeners if not done(listener)}
        for listener in waiting.values():
            selector.register(listener.sock, selectors.EVENT_READ, listener)
        while waiting:
            assert time.monotonic() < deadline, f"{len(waiting)} still wait"
            for key, _ in selector.select(1):
                listener = key.data
                number = key.fd
                listener.hear()
                if done(listener) or listener.is_over:
                    selector.unregister(key.fileobj if not listener.is_over else number)
                    del waiting[number]
    assert all(done(listener) for listener in listeners)


def close_all(listeners: Iterable[Listener]) -> None:
    """Hang up, all of them."""
    for listener in listeners:
        listener.close()
