"""The servers under test: gunicorn, with one worker of four threads if nothing else is said."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Connection, request
from tests.support.programs import stop

ROOT = Path(__file__).parents[1]
THREADS = 4


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn, and the processes that answer."""

    port: int
    workers: tuple[int, ...]

    def cpu(self) -> float | None:
        """Seconds of processor time that the workers used so far; None where /proc is missing.

        The scheduler counts in nanoseconds; utime and stime of /proc/<pid>/stat are the same,
        in ticks of 10 ms, which is coarse for a short burst.
        """
        used = [_cpu_of(worker) for worker in self.workers]
        return None if None in used else sum(seconds or 0.0 for seconds in used)

    def cpu_since(self, before: float | None, requests: int) -> float | None:
        """Microseconds of it for each request since it stood at `before`."""
        after = self.cpu()
        return None if before is None or after is None else (after - before) / requests * 1e6


def _cpu_of(worker: int) -> float | None:
    threads = list(Path(f"/proc/{worker}/task").glob("*/schedstat"))
    if threads:
        return sum(int(path.read_text().split()[0]) for path in threads) / 1e9
    try:
        stat = Path(f"/proc/{worker}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def running(
    application: str,
    environment: Mapping[str, str],
    log: Path,
    *,
    workers: int = 1,
    threads: int = THREADS,
) -> Iterator[Server]:
    """Serve `application` on a free port; it is stopped at the end."""
    with socket.socket() as listener, log.open("wb") as output:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"]
        command += ["--worker-class", "gthread", "--workers", str(workers)]
        command += ["--threads", str(threads)]
        command += ["--keep-alive", "30", application]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environment, "PTGSCHED_BASE_URL": f"http://127.0.0.1:{port}"},
            pass_fds=[listener.fileno()],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, port, log)
            yield Server(port, _workers_of(process.pid, workers))
        finally:
            # SIGQUIT ends gunicorn without waiting for connections that are kept alive.
            process.send_signal(signal.SIGQUIT)
            stop(process)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, RuntimeError):
            connection = Connection(port)
            status, _, _ = connection.send(request("/healthz"))
            connection.close()
            if status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start:\n" + log.read_text())


def _workers_of(master: int, number: int) -> tuple[int, ...]:
    """The children of gunicorn's master, once they are all there."""
    children = Path(f"/proc/{master}/task/{master}/children")
    while children.exists():
        found = tuple(map(int, children.read_text().split()))
        if len(found) == number:
            return found
        time.sleep(0.05)
    return (master,)  # no /proc: nothing will be read of it
