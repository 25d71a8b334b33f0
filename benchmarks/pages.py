"""Feeds, JSON and the grid: the service next to the bare app, in turns, so that noise hits both."""

from __future__ import annotations

import os
import pickle
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Connection, Load, load, request
from benchmarks.data import DEMO_EVENT, THOUSAND, Data
from benchmarks.report import Line
from benchmarks.servers import Server, running

CLIENTS = 4
LONGEST = 6.0  # seconds that one line may take, on a machine that is busy with other things


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that is fetched over and over."""

    name: str
    size: str
    path: str
    conditional: bool = False
    cpu_limits: tuple[float, float] | None = None  # times bare: SQLite, PostgreSQL


LIMITS = (2.3, 3.0)
TARGETS = (
    Target("team feed, 200", "46 teams", f"/events/{DEMO_EVENT}/teams/nova.ics", cpu_limits=LIMITS),
    Target("team feed, 304", "46 teams", f"/events/{DEMO_EVENT}/teams/nova.ics", True, LIMITS),
    Target("event feed, 200", "46 teams", f"/events/{DEMO_EVENT}/calendar.ics"),
    Target("ptg.json", "46 teams", f"/events/{DEMO_EVENT}/ptg.json"),
    Target("API schedule", "46 teams", f"/api/v1/events/{DEMO_EVENT}/schedule"),
    Target("grid page", "46 teams", f"/events/{DEMO_EVENT}/"),
    Target("team feed, 200", "1,000 bookings", f"/events/{THOUSAND}/teams/team-01.ics"),
    Target("event feed, 200", "1,000 bookings", f"/events/{THOUSAND}/calendar.ics"),
    Target("event feed, 304", "1,000 bookings", f"/events/{THOUSAND}/calendar.ics", True),
    Target("ptg.json", "1,000 bookings", f"/events/{THOUSAND}/ptg.json"),
    Target("API schedule", "1,000 bookings", f"/api/v1/events/{THOUSAND}/schedule"),
    Target("grid page", "1,000 bookings", f"/events/{THOUSAND}/"),
)


def measure(
    data: Data, server: Server, folder: Path, *, rounds: int, seconds: float
) -> Iterator[Line]:
    """A line for each target: the service's figures, and their ratio to the bare app's."""
    etags = _record(server, folder / "answers.pickle")
    environment = {**os.environ, "BENCH_ANSWERS": str(folder / "answers.pickle")}
    with running("benchmarks.bare:app", environment, folder / "bare.log") as bare:
        for target in TARGETS:
            headers = {"Accept-Encoding": "identity"}
            if target.conditional:
                headers["If-None-Match"] = etags[target.path]
            message = request(target.path, headers=headers)
            expect = 304 if target.conditional else 200
            pairs = []
            for _ in range(rounds):
                for subject in (bare, server):  # warm
                    load(subject.port, message, expect=expect, seconds=0.05, clients=CLIENTS)
                pairs.append(
                    (
                        _burst(bare, message, expect, seconds),
                        _burst(server, message, expect, seconds),
                    )
                )
            yield _line(target, data.kind, pairs)


def after_changes(data: Data, server: Server, *, times: int) -> Iterator[Line]:
    """What the first reader after a change waits for: nothing is cached any more."""
    for name, size, event, path, limit in (
        ("event feed after a change", "1,000 bookings", THOUSAND, "calendar.ics", 40.0),
        ("team feed after a change", "1,000 bookings", THOUSAND, "teams/team-01.ics", 40.0),
        ("grid page, uncached", "46 teams", DEMO_EVENT, "", 60.0),
        ("grid page, uncached", "1,000 bookings", THOUSAND, "", None),
    ):
        connection = Connection(server.port)
        message = request(f"/events/{event}/{path}", headers={"Accept-Encoding": "identity"})
        latencies: list[float] = []
        until = time.perf_counter() + LONGEST
        cpu = server.cpu()
        while len(latencies) < times and time.perf_counter() < until:
            data.touch(event, len(latencies))
            began = time.perf_counter()
            status, _, _ = connection.send(message)
            latencies.append((time.perf_counter() - began) * 1000)
            if status != 200:
                raise RuntimeError(f"{name}: {status}")
        connection.close()
        latencies.sort()
        p50 = statistics.median(latencies)
        yield Line(
            name,
            size,
            data.kind,
            p50=p50,
            p99=latencies[-1],
            cpu=server.cpu_since(cpu, len(latencies)),
            limits={"p50": limit} if limit is not None else {},
        )


def _record(server: Server, path: Path) -> dict[str, str]:
    """Fetch each target once for the bare app to repeat; returns their ETags."""
    answers, etags = {}, {}
    for target in TARGETS:
        connection = Connection(server.port)
        answer = connection.ask(target.path, headers={"Accept-Encoding": "identity"})
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{target.path}: {answer.status}")
        hop_by_hop = {"connection", "date", "server", "transfer-encoding"}
        headers = [pair for pair in answer.headers if pair[0].lower() not in hop_by_hop]
        answers[target.path] = (headers, answer.body)
        etags[target.path] = next((v for k, v in headers if k.lower() == "etag"), "")
    path.write_bytes(pickle.dumps(answers))
    return etags


@dataclass(frozen=True, slots=True)
class _Burst:
    load: Load
    cpu: float | None  # microseconds for each request


def _burst(server: Server, message: bytes, expect: int, seconds: float) -> _Burst:
    before = server.cpu()
    result = load(server.port, message, expect=expect, seconds=seconds, clients=CLIENTS)
    return _Burst(result, server.cpu_since(before, result.requests))


def _line(target: Target, kind: str, pairs: list[tuple[_Burst, _Burst]]) -> Line:
    limit = None
    if target.cpu_limits is not None:
        limit = target.cpu_limits[0 if kind == "sqlite" else 1]
    cpu = cpu_ratio = None
    if all(burst.cpu is not None for pair in pairs for burst in pair):
        cpu = statistics.median(ours.cpu or 0.0 for _, ours in pairs)
        cpu_ratio = statistics.median((ours.cpu or 0.0) / (bare.cpu or 1e9) for bare, ours in pairs)
    return Line(
        target.name,
        target.size,
        kind,
        per_second=statistics.median(ours.load.per_second for _, ours in pairs),
        p50=statistics.median(ours.load.p50 for _, ours in pairs),
        p99=statistics.median(ours.load.p99 for _, ours in pairs),
        speed_ratio=statistics.median(
            bare.load.per_second / ours.load.per_second for bare, ours in pairs
        ),
        cpu=cpu,
        cpu_ratio=cpu_ratio,
        limits={"cpu_ratio": limit} if limit is not None else {},
    )
