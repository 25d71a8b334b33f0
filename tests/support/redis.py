"""A Redis of the tests' own: on a free loopback port, in memory only."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from tests.support.programs import require_program, stop
from tests.support.server import free_port


@contextlib.contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """A throw-away server; yields its URL."""
    program = require_program("redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen(
            [program, *options], cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            with redis.Redis(port=port) as client:
                _wait(process, client, folder / "redis.log")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            stop(process)


def _wait(process: subprocess.Popen[bytes], client: redis.Redis, log: Path) -> None:
    for _ in range(100):
        with contextlib.suppress(redis.ConnectionError):
            client.ping()
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError("Redis did not start:\n" + log.read_text())
