"""The relay itself: one thread that talks with the IRC server, for ever.

What people type goes to the courier, what is to be said comes out of the queue; see their
modules.  Lost connections are made anew.
"""

from __future__ import annotations

import random
import select
import socket
import time
from collections.abc import Callable, Sequence

from ptgsched.bot.relay.announcements import Announcements
from ptgsched.bot.relay.connection import CannotConnect, Connection, Server
from ptgsched.bot.relay.courier import Courier
from ptgsched.bot.relay.keeping import Keeping
from ptgsched.bot.relay.sending import SendingQueue
from ptgsched.bot.relay.service import Service
from ptgsched.bot.relay.talk import Talk
from ptgsched.bot.relay.watcher import Watcher
from ptgsched.clock import utcnow

LONGEST_PAUSE = 30.0  # seconds between two tries to reach the server
TICK = 1.0
FAREWELL_SECONDS = 5.0


class Relay:
    """Between one event and the channels of one server."""

    def __init__(
        self,
        service: Service,
        server: Server,
        channels: Sequence[str],
        *,
        announces: bool,
        say: Callable[[str], None],
        keeping: Keeping | None = None,
    ) -> None:
        self._server = server
        self._channels = channels
        self._say = say
        self._ear, self._bell = socket.socketpair()
        self._bell.setblocking(False)
        self._stopping = False
        self._sending = SendingQueue(time.monotonic, self._ring)
        self._courier = Courier(service, self._sending, say, keeping)
        self._watcher = Watcher(service, self._sending, say, announces=announces)
        self._announcements = Announcements() if announces else None

    def run(self, connection: Connection) -> None:
        """Relay until `stop` is called; `connection` is the first one."""
        self._courier.start()
        self._watcher.start()
        pause = 1.0
        while True:
            began = time.monotonic()
            self._relay(connection)
            if self._is_ending():
                break
            self._say(f"lost {self._server.address}; trying again")
            if time.monotonic() - began > LONGEST_PAUSE:
                pause = 1.0
            found = None
            while found is None and not self._is_ending():
                # Never all relays of a network in the same moment.
                self._rest(pause * random.uniform(0.8, 1.0))  # noqa: S311 -- no secret
                pause = min(2 * pause, LONGEST_PAUSE)
                found = self._try_again()
            if found is None:
                break
            connection = found
        self._courier.stop(FAREWELL_SECONDS)
        self._watcher.stop(FAREWELL_SECONDS)
        for end in (self._ear, self._bell):
            end.close()

    def stop(self) -> None:
        """End in peace; takes no lock, so a signal may call it at any moment."""
        self._stopping = True
        self._ring()

    def _is_ending(self) -> bool:
        return self._stopping

    def _rest(self, seconds: float) -> None:
        """Wait, but not for the end."""
        until = time.monotonic() + seconds
        while not self._is_ending() and (left := until - time.monotonic()) > 0:
            if select.select([self._ear], [], [], left)[0]:
                self._ear.recv(4096)

    def _try_again(self) -> Connection | None:
        try:
            return Connection(self._server)
        except CannotConnect:
            return None

    def _relay(self, connection: Connection) -> None:
        talk = Talk(connection, self._server, self._channels, self._courier, self._say)
        while connection.is_open and not self._is_ending():
            self._wait(connection, talk)
            for event in connection.read():
                talk.hear(event)
            talk.tick(time.monotonic())
            connection.keep_alive()
            self._announce()
            self._send(connection, talk)
        talk.end()
        if self._is_ending():
            self._say_farewell(connection, talk)

    def _wait(self, connection: Connection, talk: Talk) -> None:
        seconds = self._sending.seconds() if talk.is_ready else None
        timeout = TICK if seconds is None else min(TICK, seconds)
        if connection.readable is not None:
            speaks, _, _ = select.select([connection.readable, self._ear], [], [], timeout)
            if self._ear in speaks:
                self._ear.recv(4096)

    def _announce(self) -> None:
        if self._announcements is None or not self._watcher.planned:
            return
        due = self._announcements.due(
            self._watcher.planned, channels=self._channels, teams=self._watcher.teams, at=utcnow()
        )
        for channel, text in due:
            self._sending.notice(channel, text)

    def _send(self, connection: Connection, talk: Talk) -> None:
        while talk.is_ready and (message := self._sending.take()) is not None:
            talk.say(message)
            if connection.is_open:
                message.on_said()
            else:
                self._sending.put_back(message)

    def _say_farewell(self, connection: Connection, talk: Talk) -> None:
        self._courier.stop(FAREWELL_SECONDS)
        self._send(connection, talk)
        connection.close("See you")

    def _ring(self) -> None:
        try:
            self._bell.send(b"!")
        except OSError:  # it rings already, or nobody listens any more
            return
