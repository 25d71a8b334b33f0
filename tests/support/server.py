"""The service as it runs in production, on a port of its own, for tests from outside."""

import contextlib
import http.client
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.database import child_environment
from tests.support.programs import stop
from tests.support.warm import Warm

ROOT = Path(__file__).parents[2]
WORKER = "ptgsched.web.workers.Worker"  # as `ptgsched serve` has it: none outlives the test


@contextlib.contextmanager
def running_server(
    database_url: str,
    instance: Path,
    *,
    workers: int = 1,
    application: str = "wsgi:app",
    port: int = 0,
    **settings: str,
) -> Iterator[str]:
    """Serve `database_url` with gunicorn; yields the base URL, which is also BASE_URL.

    The socket is bound here and handed over, so no other process can take the port in between.
    """
    instance.mkdir(parents=True, exist_ok=True)
    log = instance / "gunicorn.log"
    with socket.socket() as listener, log.open("wb") as output:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # `port`, taken up again
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        port = listener.getsockname()[1]
        base_url = f"http://127.0.0.1:{port}"
        environment = child_environment(
            database_url, instance, **({"base_url": base_url} | settings)
        )
        process = Warm(
            *("gunicorn", "--bind", f"fd://{listener.fileno()}", application),
            *("--worker-class", WORKER, "--threads", "8", "--workers", str(workers)),
            cwd=ROOT,
            env=environment,
            pass_fd=listener.fileno(),
            output=output,
        )
        try:
            _wait(process, port, log)
            yield base_url
        finally:
            # SIGQUIT ends gunicorn without waiting for connections that a browser keeps open.
            process.send_signal(signal.SIGQUIT)
            stop(process)


def _wait(process: Warm, port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                connection.close()
                return
        connection.close()
        time.sleep(0.05)
    raise RuntimeError("the service did not start:\n" + log.read_text())


def free_port() -> int:
    """A port that was free a moment ago, for programs that cannot be handed a socket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
