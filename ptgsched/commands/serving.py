"""`ptgsched serve`: the production server, gunicorn, in this process."""

from __future__ import annotations

import errno
import socket
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy import select

from ptgsched.app import create_app
from ptgsched.commands.base import Failure, application
from ptgsched.config import Settings
from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.metrics.counting import share
from ptgsched.web.workers import Worker, settle

THREADS = 8  # for each worker; most requests wait for the database, not for the processor
BACKLOG = 2048
SHORTEST_KEY = 16  # characters


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn set up by us alone: no configuration file, no command line of its own."""

    def __init__(self, settings: Settings, listener: socket.socket, workers: int) -> None:
        self.settings = settings
        self.options: dict[str, Any] = {
            # Gunicorn closes what it is handed, so the socket must not close it once more.
            "bind": f"fd://{listener.detach()}",
            "workers": workers,
            "worker_class": Worker,
            "threads": THREADS,
            "keepalive": 5,
            "backlog": BACKLOG,
            "loglevel": "warning",
            "control_socket_disable": True,
            # TRUSTED_PROXIES alone says who is believed about the address and the scheme.
            "forwarded_allow_ips": "",
        }
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn our options."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Each worker makes its own application, so that no connection crosses a fork."""
        share(self.settings)
        app = create_app(self.settings)
        settle()
        return app


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help=f"Processes that answer requests, {THREADS} at a time each.",
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages, feeds and JSON (gunicorn)."""
    settings = Settings.from_env().for_serving()
    with listen(host, port) as listener:
        with application(settings, creates=True):
            _warn_of_short_key(settings)
            _warn_without_default_event(settings)
        click.echo(f"ptgsched serves on {address(listener)}", err=True)
        Server(settings, listener, workers).run()


def _warn_of_short_key(settings: Settings) -> None:
    """Whoever guesses the key signs in as anybody."""
    if len(settings.secret_key) < SHORTEST_KEY:
        way_out = "make one with: openssl rand -hex 32"
        said = f"has fewer than {SHORTEST_KEY} characters and can be guessed; {way_out}"
        click.echo(f"warning: PTGSCHED_SECRET_KEY: {said}", err=True)


def _warn_without_default_event(settings: Settings) -> None:
    """The event behind the root aliases may come later; until then they answer 404."""
    slug = settings.default_event
    if slug and db.session.scalar(select(Event.id).where(Event.slug == slug)) is None:
        click.echo(f"warning: PTGSCHED_DEFAULT_EVENT: there is no event {slug!r} yet", err=True)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens already: who connects from now on waits for the workers.

    Raises Failure in one line when the port is taken or the address is not ours.
    """
    listener: socket.socket | None = None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, where = found[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        listener.listen(BACKLOG)
    except OSError as error:
        if listener is not None:
            listener.close()
        if error.errno == errno.EADDRINUSE:
            way_out = "choose another: --port N (make run PORT=N)"
            raise Failure(f"Port {port} on {host} is taken; {way_out}") from error
        raise Failure(f"Cannot listen on {host} port {port}: {error.strerror}") from error
    return listener


def address(listener: socket.socket) -> str:
    """The URL of what listens."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
