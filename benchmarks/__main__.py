"""``python -m benchmarks [--quick] [--check]``: prints a table and writes bench.json."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from benchmarks import bookings, pages, people
from benchmarks.data import prepared
from benchmarks.report import Line, show, write
from benchmarks.servers import ROOT, running
from ptgsched.clock import utcnow
from tests.support.database import child_environment
from tests.support.postgres import running_postgres
from tests.support.programs import find_program

RESULT = ROOT / "bench.json"


def main() -> int:
    """Run all benchmarks; with --check the exit status is 1 when a limit is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter bursts; under a minute")
    parser.add_argument("--check", action="store_true", help="exit 1 when a limit is broken")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database only")
    options = parser.parse_args()
    began = time.monotonic()
    rounds, seconds, changes, booked = (3, 0.15, 5, 48) if options.quick else (3, 0.8, 20, 320)
    lines: list[Line] = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ptgsched-bench-")))
        for kind, url in _databases(stack, folder, only=options.only):
            say(f"{kind}: filling a database")
            data = stack.enter_context(prepared(kind, url, folder / kind))
            environment = child_environment(url, folder / kind)
            log = folder / f"{kind}.log"
            server = stack.enter_context(running("wsgi:app", environment, log))
            say(f"{kind}: feeds, JSON and pages")
            lines += pages.measure(data, server, folder, rounds=rounds, seconds=seconds)
            say(f"{kind}: after a change")
            lines += pages.after_changes(data, server, times=changes)
            say(f"{kind}: bookings")
            lines += bookings.measure(data, server, count=booked)
            say(f"{kind}: ten thousand people")
            lines += people.measure(data)
    show(lines)
    loaded = busy()
    broken = [said for line in lines for said in line.broken(busy=loaded)]
    effort = {"rounds": rounds, "seconds": seconds, "changes": changes, "bookings": booked}
    effort["busy"] = loaded
    write(RESULT, lines, at=utcnow(), settings=effort, broken=broken)
    if loaded:
        print("the machine is busy with other things: ratios and CPU hold, the rest does not")
    for said in broken:
        print(f"over the limit: {said}", file=sys.stderr)
    print(f"{len(broken)} limits broken; {time.monotonic() - began:.0f} s; figures in {RESULT}")
    return 1 if broken and options.check else 0


def _databases(
    stack: contextlib.ExitStack, folder: Path, *, only: str | None
) -> Iterator[tuple[str, str]]:
    """Each kind of database with the URL of an empty one; PostgreSQL where it is installed."""
    if only != "postgresql":
        yield "sqlite", f"sqlite:///{folder / 'bench.sqlite'}"
    if only == "sqlite":
        return
    if find_program("initdb") is None:
        say("PostgreSQL is not installed: its part is left out")
        return
    postgres = stack.enter_context(running_postgres())
    yield "postgresql", postgres.url(postgres.create())


def busy() -> bool:
    """Whether more was to do in the last minutes than our two servers and their client."""
    return os.getloadavg()[1] > (os.cpu_count() or 1)


def say(text: str) -> None:
    """Tell on stderr how far it is."""
    Console(stderr=True).print(text)


if __name__ == "__main__":
    raise SystemExit(main())
