"""An IRC server of the tests' own (ngircd), and people who type there."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.support.programs import require_program, run
from tests.support.server import free_port

CONFIGURATION = """
[Global]
Name = irc.ptg.example
Info = For tests
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = Welcome
{identity}
[Limits]
MaxConnectionsIP = 0
MaxNickLength = 20
MaxPenaltyTime = 0
[Options]
DNS = no
Ident = no
PAM = no
{tls}
"""


class Ircd:
    """A server that can be killed and started again on the same port."""

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        self._program = require_program("ngircd")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.port = free_port()
        self.tls_port = free_port() if tls else None
        self.certificate = folder / "certificate.pem"
        self._process: subprocess.Popen[bytes] | None = None
        if tls:
            self._make_certificate()
        text = CONFIGURATION.format(
            port=self.port,
            # ngircd run by root becomes nobody, which could not read our folder.
            identity=f"ServerUID = {os.getuid()}\nServerGID = {os.getgid()}",
            tls=f"[SSL]\nPorts = {self.tls_port}\nCertFile = {self.certificate}\n"
            f"KeyFile = {folder / 'key.pem'}"
            if tls
            else "",
        )
        (folder / "ngircd.conf").write_text(text)

    def start(self) -> None:
        """Listen, and come back when it does."""
        with (self._folder / "ngircd.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-n", "-f", str(self._folder / "ngircd.conf")],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            time.sleep(0.05)
        raise RuntimeError("ngircd did not start:\n" + (self._folder / "ngircd.log").read_text())

    def kill(self) -> None:
        """As a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _make_certificate(self) -> None:
        run(
            [
                require_program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", str(self._folder / "key.pem"), "-out", str(self.certificate),
            ]
        )  # fmt: skip


@contextlib.contextmanager
def running_ircd(folder: Path, *, tls: bool = False) -> Iterator[Ircd]:
    """A throw-away server."""
    server = Ircd(folder, tls=tls)
    server.start()
    try:
        yield server
    finally:
        server.kill()


class Person:
    """Somebody at an IRC client; `heard` are the raw lines of the server."""

    def __init__(self, port: int, nick: str, *channels: str) -> None:
        self.nick = nick
        self.heard: list[str] = []
        self._buffer = b""
        self._sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._sock.settimeout(0.05)
        self.type("NICK " + nick, f"USER {nick} 0 * :{nick}")
        self.wait_for(lambda line: " 376 " in line or " 422 " in line)
        for channel in channels:
            self.type(f"JOIN {channel}")
            self.wait_for(lambda line: " 366 " in line)

    def type(self, *lines: str | bytes) -> None:
        """Send commands of IRC."""
        for line in lines:
            data = line if isinstance(line, bytes) else line.encode()
            self._sock.sendall(data + b"\r\n")

    def say(self, text: str, to: str = "#ptg") -> None:
        """Type a line in a channel, or to somebody."""
        self.type(f"PRIVMSG {to} :{text}")

    def listen(self, seconds: float = 0.0) -> None:
        """Take what has come, for so long."""
        until = time.monotonic() + seconds
        while True:
            with contextlib.suppress(TimeoutError):
                data = self._sock.recv(65536)
                if not data:
                    raise ConnectionError("the server hung up")
                *lines, self._buffer = (self._buffer + data).split(b"\r\n")
                for line in lines:
                    if line.startswith(b"PING"):
                        self.type(b"PONG" + line[4:])
                    self.heard.append(line.decode(errors="replace"))
                continue
            if time.monotonic() >= until:
                return

    def wait_for(self, wanted: Callable[[str], bool], seconds: float = 15.0) -> str:
        """The first unread line like that; what came before it is read too."""
        deadline = time.monotonic() + seconds
        read = 0
        while True:
            for number in range(read, len(self.heard)):
                if wanted(self.heard[number]):
                    found = self.heard[number]
                    del self.heard[: number + 1]
                    return found
            read = len(self.heard)
            assert time.monotonic() < deadline, f"{self.nick} waited in vain: {self.heard}"
            self.listen()

    def told(
        self, begins: str = "", *, by: str = "ptgbot", to: str = "#ptg", seconds: float = 15.0
    ) -> str:
        """The text of the next message or notice of somebody that begins like this."""
        says = (f"PRIVMSG {to} :{begins}", f"NOTICE {to} :{begins}")
        line = self.wait_for(
            lambda line: line.startswith(f":{by}!") and line.split(" ", 1)[1].startswith(says),
            seconds,
        )
        return line.split(" :", 1)[1]

    def whispered(self, begins: str = "", **how: Any) -> str:
        """Likewise, to us alone."""
        return self.told(begins, to=self.nick, **how)

    def ask(self, text: str, answer: str, *, to: str = "#ptg", **how: Any) -> str:
        """Say something to the bot in a channel; the answer, which begins like this."""
        self.say(text, to)
        begins = f"{self.nick}: {answer}"
        return self.told(begins, to=to, **how).removeprefix(f"{self.nick}: ")

    def whisper(self, text: str, answer: str = "") -> str:
        """Likewise to the bot alone."""
        self.say(text, "ptgbot")
        return self.whispered(answer)

    def close(self) -> None:
        """Hang up."""
        self._sock.close()
