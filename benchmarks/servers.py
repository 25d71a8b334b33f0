"""The servers under test: gunicorn with one worker of four threads, for both applications."""

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
    """A running gunicorn, and the process that answers."""

    port: int
    worker: int

    def cpu(self) -> float | None:
        """Seconds of processor time that the worker used so far; None where /proc is missing.

        The scheduler counts in nanoseconds; utime and stime of /proc/<pid>/stat are the same,
        in ticks of 10 ms, which is coarse for a short burst.
        """
        threads = list(Path(f"/proc/{self.worker}/task").glob("*/schedstat"))
        if threads:
            return sum(int(path.read_text().split()[0]) for path in threads) / 1e9
        try:
            stat = Path(f"/proc/{self.worker}/stat").read_text()
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def cpu_since(self, before: float | None, requests: int) -> float | None:
        """Microseconds of it for each request since it stood at `before`."""
        after = self.cpu()
        return None if before is None or after is None else (after - before) / requests * 1e6


@contextlib.contextmanager
def running(application: str, environment: Mapping[str, str], log: Path) -> Iterator[Server]:
    """Serve `application` on a free port; it is stopped at the end."""
    with socket.socket() as listener, log.open("wb") as output:
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"]
        command += ["--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS)]
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
            yield Server(port, _worker_of(process.pid))
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


def _worker_of(master: int) -> int:
    """The one child of gunicorn's master."""
    children = Path(f"/proc/{master}/task/{master}/children")
    if not children.exists():
        return master  # no /proc: nothing will be read of it
    return int(children.read_text().split()[0])
