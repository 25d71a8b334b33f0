"""A small HTTP client that costs little: raw sockets, kept alive, one thread for each."""

from __future__ import annotations

import json
import socket
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Connection:
    """One connection that stays open; not for more than one thread."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def send(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send a whole request; its status, raw headers and body."""
        self._socket.sendall(request)
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head, body = data[:end], data[end + 4 :]
        status = int(head[9:12])
        length = 0 if status in {204, 304} else _content_length(head)
        parts = [body]
        missing = length - len(body)
        while missing > 0:
            part = self._more()
            parts.append(part)
            missing -= len(part)
        return status, head, b"".join(parts)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer:
        """The same in comfort; `body` is sent as JSON."""
        status, head, answer = self.send(request(path, method=method, headers=headers, body=body))
        lines = head.decode("latin-1").split("\r\n")[1:]
        pairs = [(name, value.strip()) for name, _, value in (x.partition(":") for x in lines)]
        return Answer(status, pairs, answer)

    def _more(self) -> bytes:
        part = self._socket.recv(262_144)
        if not part:
            raise ConnectionError("the server hung up")
        return part


def request(
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: object = None,
) -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: keep-alive"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    payload = b""
    if body is not None:
        payload = json.dumps(body).encode()
        lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
    return "\r\n".join([*lines, "", ""]).encode() + payload


@dataclass(frozen=True, slots=True)
class Load:
    """What a burst of requests showed; latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def load(port: int, message: bytes, *, expect: int, seconds: float, clients: int) -> Load:
    """Send the same request over and over from `clients` connections for `seconds`."""

    def work(latencies: list[float]) -> None:
        connection = Connection(port)
        until = time.perf_counter() + seconds
        now = time.perf_counter()
        while now < until:
            status, _, _ = connection.send(message)
            before, now = now, time.perf_counter()
            if status != expect:
                raise RuntimeError(f"{message.split()[1].decode()}: {status}, not {expect}")
            latencies.append(now - before)
        connection.close()

    return together([work] * clients)


def together(jobs: list[Callable[[list[float]], None]]) -> Load:
    """Run `jobs` at once, each in a thread of its own noting its latencies in seconds.

    Raises what a job raised.
    """
    noted: list[list[float]] = [[] for _ in jobs]
    failures: list[BaseException] = []

    def run(job: Callable[[list[float]], None], latencies: list[float]) -> None:
        try:
            job(latencies)
        except Exception as error:  # noqa: BLE001 -- raised again below, by the caller's thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(jobs, noted, strict=True)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failures:
        raise failures[0]
    return summary([latency for latencies in noted for latency in latencies], seconds)


def summary(latencies: list[float], seconds: float) -> Load:
    """Latencies in seconds, summed up."""
    ordered = sorted(latencies)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return Load(len(ordered), seconds, statistics.median(ordered) * 1000, p99 * 1000)


def decoded(answer: Answer) -> Any:
    """The JSON of an answer."""
    return json.loads(answer.body)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    raise RuntimeError("an answer without Content-Length")
