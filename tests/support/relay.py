"""The IRC relay as people start it, between a served event and a server of the tests' own."""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from ptgsched.accounts.tokens import create_token
from ptgsched.bot.relay import relay
from ptgsched.bot.relay.connection import Connection, Server
from ptgsched.bot.relay.service import Service
from ptgsched.clock import utcnow
from ptgsched.db import begin_write, db
from tests.support.database import child_environment
from tests.support.programs import stop
from tests.support.story import Story
from tests.support.warm import Warm


def bot_token(app: Flask, *scopes: str, slug: str = "oct") -> str:
    """The secret of a new token of the event."""
    with app.app_context():
        begin_write()
        _, secret = create_token(
            "irc", scopes or ("live:write",), at=utcnow(), event_id=Story(app, slug).event.id
        )
        db.session.commit()
    return secret


class Command:
    """A running `ptgsched bot`."""

    def __init__(self, process: Warm, log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        """Its output so far."""
        return self._log.read_text()

    def wait_until(self, text: str, *, times: int = 1, seconds: float = 30) -> None:
        """Until it said so."""
        deadline = time.monotonic() + seconds
        while self.said.count(text) < times:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.03)

    def end(self) -> int:
        """Ask it to stop; its exit status."""
        self.process.terminate()
        return self.process.wait(20)


@contextlib.contextmanager
def relay_here(service: Service, server: Server, *channels: str) -> Iterator[list[str]]:
    """The relay in a thread of this process, which is quicker to start; it has joined.

    Yields what it tells its operators.
    """
    said: list[str] = []
    made = relay.Relay(service, server, channels, announces=True, say=said.append)
    thread = threading.Thread(target=made.run, args=[Connection(server)])
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while sum(line.startswith("joined") for line in said) < len(channels):
            assert time.monotonic() < deadline, said
            time.sleep(0.01)
        yield said
    finally:
        made.stop()
        thread.join(20)
        assert not thread.is_alive()


@contextlib.contextmanager
def running_relay(
    folder: Path,
    base_url: str,
    token: str,
    *words: str,
    port: int,
    channels: tuple[str, ...] = ("#ptg",),
    nick: str = "ptgbot",
    until: str = "joined",
) -> Iterator[Command]:
    """Relay for `oct`, from when it has joined; stopped at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "relay.log"
    where = ["--event", "oct", "--server", "localhost", "--port", str(port), "--nick", nick]
    for channel in channels:
        where += ["--channel", channel]
    # The address of a database that is not there: whoever opens it fails.
    nowhere = f"sqlite:///{folder / 'nowhere' / 'none.sqlite'}"
    settings = {"base_url": base_url, "bot_token": token}
    with log.open("wb") as output:
        process = Warm(
            *("ptgsched", "bot", *where, *words),
            output=output,
            env=child_environment(nowhere, folder / "instance", **settings),
            cwd=folder,
        )
    running = Command(process, log)
    try:
        running.wait_until(until, times=len(channels) if until == "joined" else 1)
        yield running
    finally:
        stop(process)
