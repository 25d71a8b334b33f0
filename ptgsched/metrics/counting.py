"""Requests counted and timed; over all processes of a server, whichever of them is asked.

Prometheus' own client keeps each process's counts in a mapped file.  The folder is the parent's,
so the processes of one server share it and nobody has to set anything.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import prometheus_client.values
from flask import Flask, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MultiProcessValue

from ptgsched.config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# When each series began: as much again to read, and nobody asks.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

EXTENSION = "ptgsched.metrics"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the client's own name for it
ENDPOINT = "ptgsched.endpoint"
"""Where in the WSGI environment the name of the view stands, once it is known."""
CACHE = "cache"  # in its place for a document that was answered before any view was asked
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Counts:
    """Those of one application; or, once `share` was called, of all processes of the server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "ptgsched_requests",
            "Requests answered.",
            ("method", "endpoint", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "ptgsched_request_seconds",
            "From the first line of a request to its answer; of a stream, to its beginning.",
            ("endpoint",),
            buckets=SECONDS,
            registry=self._registry,
        )

    def registry(self) -> CollectorRegistry:
        """A new one with what was counted; others may be registered beside."""
        found = CollectorRegistry()
        if FOLDER in os.environ:
            MultiProcessCollector(found, os.environ[FOLDER])  # type: ignore[no-untyped-call]
        else:
            found.register(self._registry)
        return found

    def init_app(self, app: Flask) -> None:
        """Count the requests of `app`; call it last, for nothing may answer before this."""
        app.extensions[EXTENSION] = self
        app.before_request(_name)
        app.wsgi_app = Counting(app.wsgi_app, self)  # type: ignore[method-assign]

    def count(self, method: str, endpoint: str, status: str, seconds: float) -> None:
        """One answer."""
        self._requests.labels(method if method in METHODS else "other", endpoint, status).inc()
        self._seconds.labels(endpoint).observe(seconds)


class Counting:
    """WSGI middleware around everything, caches included."""

    def __init__(self, app: WSGIApplication, counts: Counts) -> None:
        self._app = app
        self._counts = counts

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        statuses: list[str] = []

        def start(status: str, *rest: Any) -> Callable[[bytes], object]:
            statuses.append(status[:3])
            return start_response(status, *rest)

        try:
            return self._app(environ, start)
        finally:
            self._counts.count(
                environ["REQUEST_METHOD"],
                environ.get(ENDPOINT, CACHE),
                statuses[-1] if statuses else "500",
                time.perf_counter() - began,
            )


def _name() -> None:
    request.environ[ENDPOINT] = request.endpoint or "none"


def share(settings: Settings) -> None:
    """Count together with the other processes of this server; before the application is made.

    Where the folder cannot be written each process counts for itself.
    """
    folders = Path(settings.instance).resolve() / "metrics"
    ours = folders / str(os.getppid())
    try:
        ours.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    _sweep(folders)
    os.environ[FOLDER] = str(ours)
    prometheus_client.values.ValueClass = MultiProcessValue()  # type: ignore[no-untyped-call]


def _sweep(folders: Path) -> None:
    """Drop what servers left that are gone."""
    for folder in folders.iterdir():
        with suppress(ValueError, PermissionError):
            try:
                os.kill(int(folder.name), 0)
            except ProcessLookupError:
                shutil.rmtree(folder, ignore_errors=True)
