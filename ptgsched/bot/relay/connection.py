"""One connection to an IRC server, by the library `irc`; what it says comes out as events.

The library reads and writes a blocking socket and lets odd lines raise; here neither TLS nor a
strange server can hold us up or end us.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from dataclasses import dataclass

from irc.client import (
    Event,
    IRCError,
    MessageTooLong,
    Reactor,
    ServerConnection,
    ServerConnectionError,
)
from jaraco.stream.buffer import LenientDecodingLineBuffer

from ptgsched.bot.relay.members import USUAL_MODES

CONNECT_SECONDS = 10.0
WRITE_SECONDS = 10.0
LONGEST_LINE = 65_536  # bytes; IRC's own limit with tags is 8,703
QUIET_SECONDS, DEAD_SECONDS = 60.0, 90.0


class CannotConnect(Exception):
    """Why, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where to connect, and as whom."""

    host: str
    port: int
    nick: str
    tls: ssl.SSLContext | None = None
    password: str | None = None

    @property
    def address(self) -> str:
        """For people."""
        return f"{self.host}:{self.port}"


class _Wire(ServerConnection):  # type: ignore[misc] # irc ships no types
    """Never waits for more than it was promised; bytes that are not UTF-8 are Latin-1."""

    buffer_class = LenientDecodingLineBuffer

    def process_data(self) -> None:
        if not self.connected:
            return
        gone = False
        try:
            self.socket.settimeout(0)
            with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                while data := self.socket.recv(16_384):
                    self.buffer.feed(data)
                gone = True
            self.socket.settimeout(WRITE_SECONDS)
        except OSError:
            gone = True
        for line in self.buffer:
            # What is no message of IRC means nothing to us.
            with contextlib.suppress(AttributeError, IndexError, KeyError, ValueError, TypeError):
                self._process_line(line)
        if len(self.buffer) > LONGEST_LINE:
            self.buffer.buffer = b""
        if gone:
            self.disconnect("gone")

    def send_raw(self, string: str) -> None:
        if self.socket is None:
            return
        with contextlib.suppress(MessageTooLong):
            message = self._prep_message(string)
            try:
                self.socket.sendall(message)
            except OSError:
                self.disconnect("gone")


class _Reactor(Reactor):  # type: ignore[misc] # likewise
    connection_class = _Wire


class Connection:
    """Connected when it is made.  Raises CannotConnect."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._events: list[Event] = []
        reactor = _Reactor()
        reactor.add_global_handler("all_events", lambda _, event: self._events.append(event))
        self.wire = reactor.server()
        self._heard_at = self._asked_at = time.monotonic()
        try:
            self.wire.connect(
                server.host,
                server.port,
                server.nick,
                username="ptgsched",
                ircname="ptgsched, the schedule of the event",
                connect_factory=self._open,
                # With both the library asks for SASL, and says so when the server has none.
                password=server.password,
                sasl_login=server.nick if server.password else None,
            )
        except (IRCError, UnicodeError) as error:
            raise CannotConnect(_reason(error)) from error

    @property
    def readable(self) -> socket.socket | None:
        """To wait for; None when it is lost."""
        found: socket.socket | None = self.wire.socket
        return found

    @property
    def is_open(self) -> bool:
        """Whether it is not lost yet."""
        return bool(self.wire.connected)

    @property
    def nick(self) -> str:
        """Who we are, as the server has it."""
        return str(self.wire.get_nickname())

    @property
    def prefixes(self) -> dict[str, str]:
        """Marks of members, and the modes they stand for."""
        return dict(self.wire.features.prefix)

    @property
    def mode_kinds(self) -> list[str]:
        """Which modes of a channel have a parameter."""
        kinds = getattr(self.wire.features, "chanmodes", USUAL_MODES)
        return list(kinds) if len(kinds) >= len(USUAL_MODES) else list(USUAL_MODES)

    def read(self) -> list[Event]:
        """What the server has said since."""
        self.wire.process_data()
        return self.said()

    def said(self) -> list[Event]:
        """Likewise, without looking for more."""
        events, self._events = self._events, []
        if events:
            self._heard_at = self._asked_at = time.monotonic()
        return events

    def keep_alive(self) -> None:
        """Ask a server that is silent for long whether it is there; hang up when it is not."""
        now = time.monotonic()
        if now - self._heard_at > DEAD_SECONDS:
            self.close("no answer")
        elif now - self._asked_at > QUIET_SECONDS:
            self._asked_at = now
            self.send("PING", "ptgsched")

    def send(self, *words: str) -> None:
        """A command."""
        self.wire.send_items(*words)

    def close(self, why: str) -> None:
        """Hang up."""
        self.wire.disconnect(why)

    def _open(self, address: tuple[str, int]) -> socket.socket:
        opened = socket.create_connection(address, timeout=CONNECT_SECONDS)
        if self._server.tls is not None:
            opened = self._server.tls.wrap_socket(opened, server_hostname=address[0])
        opened.settimeout(WRITE_SECONDS)
        return opened


def _reason(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error, ServerConnectionError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({cause.verify_message})"
    if isinstance(cause, ssl.SSLError):
        return "it does not speak TLS there"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return str(cause)
