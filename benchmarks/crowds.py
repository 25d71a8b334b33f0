"""``python -m benchmarks.crowds``: ten thousand who poll the board, a thousand who follow.

Prints a table and writes bench-crowds.json.  Each takes two processes of eight threads, as
`ptgsched serve` does.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pickle
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.client import Connection, Load, request, summary
from benchmarks.data import DEMO_EVENT, DESK, Data, prepared
from benchmarks.report import Line, show, write
from benchmarks.servers import ROOT, Server, running
from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.events.models import Event
from tests.support.database import child_environment
from tests.support.postgres import running_postgres

RESULT = ROOT / "bench-crowds.json"
PEOPLE, EVERY = 10_000, 15.0  # who poll, and seconds between two polls of one
WRITERS, EACH = 20, 8  # who book, one booking a second each
WARM = 3  # bookings of each before anything is measured
CROWDS = ((0, 0), (1000, 0), (500, 500))  # streams, long polls
PRODUCTION = {"workers": 2, "threads": 8}


def main() -> int:
    """Run what is asked for; exit status 1 when a limit is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowds", description=__doc__)
    parser.add_argument("--only", choices=("board", "followers"), help="one of the two")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--people", type=int, default=PEOPLE, help="who poll the board")
    options = parser.parse_args()
    lines: list[Line] = []
    load = os.getloadavg()[0]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ptgsched-crowds-")))
        if options.database == "sqlite":
            url = f"sqlite:///{folder / 'bench.sqlite'}"
        else:
            postgres = stack.enter_context(running_postgres())
            url = postgres.url(postgres.create())
        data = stack.enter_context(prepared(options.database, url, folder / "data"))
        environment = child_environment(url, folder / "data")
        log = folder / "served.log"
        server = stack.enter_context(running("wsgi:app", environment, log, **PRODUCTION))
        if options.only != "followers":
            lines += board(data, server, folder, people=options.people)
        if options.only != "board":
            lines += followers(data, server)
    show(lines)
    broken = [said for line in lines for said in line.broken(busy=False)]
    settings = {"people": options.people, "every": EVERY, "writers": WRITERS, "load": load}
    write(RESULT, lines, at=utcnow(), settings=settings, broken=broken)
    print(f"load of the machine before: {load:.1f}; figures in {RESULT}")
    for said in broken:
        print(f"over the limit: {said}", file=sys.stderr)
    return 1 if broken else 0


# The board -------------------------------------------------------------------------------------


def board(data: Data, server: Server, folder: Path, *, people: int) -> Iterator[Line]:
    """All poll once in their time, each on a new connection; somebody posts every three seconds.

    First the bare app with the same bytes, then the service.
    """
    path = f"/events/{DEMO_EVENT}/now/board?tz=UTC"
    connection = Connection(server.port)
    answer = connection.ask(path)
    connection.close()
    headers = {name.lower(): value for name, value in answer.headers}
    etag = headers["etag"]
    kept = [(k, v) for k, v in answer.headers if k.lower() not in {"connection", "date", "server"}]
    answers = folder / "answers.pickle"
    answers.write_bytes(pickle.dumps({path.partition("?")[0]: (kept, answer.body)}))
    environment = {**os.environ, "BENCH_ANSWERS": str(answers)}
    with running("benchmarks.bare:app", environment, folder / "bare.log", **PRODUCTION) as bare:
        least, least_cpu, _ = _attend(bare, path, people, etag)
    with _posting(data, server):
        ours, cpu, said = _attend(server, path, people, etag)
    yield Line(
        f"the board, polled by {people:,} every {EVERY:.0f} s",
        said,
        data.kind,
        per_second=ours.per_second,
        p50=ours.p50,
        p99=ours.p99,
        speed_ratio=ours.p50 / least.p50,
        cpu=cpu,
        cpu_ratio=cpu / least_cpu if cpu and least_cpu else None,
    )
    yield Line("the bare app, likewise", "the same bytes", data.kind, per_second=least.per_second,
               p50=least.p50, p99=least.p99, cpu=least_cpu)  # fmt: skip


def _attend(server: Server, path: str, people: int, etag: str) -> tuple[Load, float | None, str]:
    before = server.cpu()
    words = ["attend", str(server.port), path, str(people), str(EVERY), etag]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.crowd", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    said = json.loads(done.stdout)
    cpu = server.cpu_since(before, people)
    statuses = ", ".join(f"{n:,} x {status}" for status, n in sorted(said["statuses"].items()))
    if set(said["statuses"]) - {"200", "304"}:
        raise RuntimeError(f"the board: {statuses}")
    return summary(said["latencies"], said["seconds"]), cpu, statuses


@contextlib.contextmanager
def _posting(data: Data, server: Server) -> Iterator[None]:
    """Somebody sets a topic every three seconds meanwhile."""
    ends = threading.Event()

    def work() -> None:
        number = 0
        while not ends.wait(3):
            number += 1
            connection = Connection(server.port)
            answer = connection.ask(
                f"/api/v1/events/{DEMO_EVENT}/live/nova/now",
                method="PUT",
                headers={"Authorization": f"Bearer {data.token}"},
                body={"text": f"Topic {number}"},
            )
            connection.close()
            if answer.status != 200:
                raise RuntimeError(f"a post: {answer.status} {answer.body.decode()}")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


# Followers -------------------------------------------------------------------------------------


def followers(data: Data, server: Server) -> Iterator[Line]:
    """Bookings of twenty writers while nobody, a thousand, and half of them by polls follow."""
    with data.app.app_context():
        event = db.session.scalars(select(Event).where(Event.slug == DESK)).one()
        cells = [(room.slug, slot.code) for slot in event.slots for room in event.rooms]
        db.session.remove()
    # A process that has just begun compiles what it answers with, once.
    warm, cells = cells[: WRITERS * WARM], cells[WRITERS * WARM :]
    _book(data, server, warm)
    for streams, polls in CROWDS:
        own, cells = cells[: WRITERS * EACH], cells[WRITERS * EACH :]
        with _following(server, streams, polls) as crowd:
            before = server.cpu()
            booked = _book(data, server, own)
            cpu = server.cpu_since(before, len(own))
            ended = time.monotonic()
            goal = _cursor(server)
            said = crowd(goal)
        if said and (said["faults"] or said["behind"]):
            raise RuntimeError(f"{streams} streams, {polls} polls: {said}")
        lag = max(0.0, said["ended"] - ended) if said else 0.0
        who = f"{streams:,} streams, {polls:,} long polls" if said else "nobody follows"
        yield Line(
            f"booking, {WRITERS} writers, {who}",
            f"all had all {lag:.1f} s after" if said else f"{len(own)} bookings",
            data.kind,
            per_second=booked.per_second,
            p50=booked.p50,
            p99=booked.p99,
            cpu=cpu,
            limits={"p99": 250.0},
        )


@contextlib.contextmanager
def _following(server: Server, streams: int, polls: int) -> Iterator[Any]:
    """A crowd that waits; called with a cursor it says how it went until all came as far."""
    if not streams + polls:
        yield lambda _goal: {}
        return
    words = ["follow", str(server.port), DESK, str(streams), str(polls)]
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.crowd", *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            if process.stdout.readline() != b"ready\n":
                raise RuntimeError("the crowd did not come together")
            time.sleep(1)

            def end(goal: int) -> Any:
                process.stdin.write(b"%d\n" % goal)
                process.stdin.flush()
                return json.loads(process.stdout.readline())

            yield end
        finally:
            process.kill()


def _book(data: Data, server: Server, cells: list[tuple[str, str]]) -> Load:
    """Each writer one booking a second, at moments of their own."""
    latencies: list[float] = []
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            connection = Connection(server.port)
            began = time.perf_counter() + random.random()
            for turn, (room, slot) in enumerate(cells[number::WRITERS]):
                time.sleep(max(0.0, began + turn - time.perf_counter()))
                message = request(
                    f"/api/v1/events/{DESK}/bookings",
                    method="POST",
                    headers={"Authorization": f"Bearer {data.token}"},
                    body={"team": f"team-{number + 1:02}", "room": room, "slots": [slot]},
                )
                started = time.perf_counter()
                status, _, body = connection.send(message)
                latencies.append(time.perf_counter() - started)
                if status != 201:
                    failures.append(RuntimeError(f"a booking: {status} {body.decode()}"))
                    break
            connection.close()
        except Exception as error:  # noqa: BLE001 -- raised again below
            failures.append(error)

    threads = [threading.Thread(target=work, args=[number]) for number in range(WRITERS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return summary(latencies, time.perf_counter() - began)


def _cursor(server: Server) -> int:
    connection = Connection(server.port)
    since = 0
    while True:
        page = json.loads(connection.ask(f"/api/v1/events/{DESK}/changes?since={since}").body)
        since = page["cursor"]
        if not page["more"]:
            connection.close()
            return int(since)


if __name__ == "__main__":
    raise SystemExit(main())
