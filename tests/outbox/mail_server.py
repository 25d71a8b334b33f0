"""A real mail server in a process of its own, which writes down what it took and can be killed.

Its port is bound by the test once, so that the server comes back at the same place.
"""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

# What it says depends on the receiver, as it does with real servers.
PROGRAM = """
import asyncio, json, os, socket, ssl, sys
from email import message_from_bytes
from email.policy import default
from aiosmtpd.smtp import SMTP, AuthResult

class Post:
    def __init__(self, log):
        self.log = log

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later"):
            return "451 4.3.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=default)
        row = {"to": envelope.rcpt_tos, "from": envelope.mail_from, "id": mail["Message-ID"],
               "auth": bool(session.authenticated), "tls": session.ssl is not None,
               "content": envelope.content.decode("utf-8", "replace")}
        self.log.write(json.dumps(row) + "\\n")
        self.log.flush()
        return "250 2.0.0 taken"

async def main():
    listener = socket.socket(fileno=int(sys.argv[1]))
    log = open(sys.argv[2], "a")
    options = {"enable_SMTPUTF8": True, "hostname": "mail.test"}
    tls = None
    if len(sys.argv) > 3:
        kind, certificate, key = sys.argv[3:]
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        options["authenticator"] = lambda server, session, envelope, mechanism, data: AuthResult(
            success=(data.login, data.password) == (b"p@g", b"s e:cret"), handled=False)
        options["auth_required"] = True
        if kind == "starttls":
            options |= {"tls_context": tls, "require_starttls": True}
            tls = None
        else:
            options["auth_require_tls"] = False
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Post(log), **options), sock=listener, ssl=tls)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()

asyncio.run(main())
"""


class MailServer:
    """Start it, kill it, start it again; `mails` is all that it ever took, from its `log`."""

    def __init__(self, listener: socket.socket, folder: Path) -> None:
        self._listener = listener
        self.log = folder / "mails.jsonl"
        self.log.touch()
        self._process: subprocess.Popen[str] | None = None
        self.port = listener.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[dict[str, object]]:
        """What it took, in order; a line that a kill tore is not one it answered for."""
        lines = self.log.read_text().splitlines()
        found = []
        for line in lines:
            with contextlib.suppress(json.JSONDecodeError):
                found.append(json.loads(line))
        return found

    def start(self, *tls: str) -> None:
        """Listen; with `tls` ("starttls" or "smtps", certificate, key) for who knows a password."""
        listener = self._listener
        if listener.fileno() == -1:
            listener = self._listener = bound(self.port)
        listener.listen(64)
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(listener.fileno()), str(self.log), *tls],
            pass_fds=[listener.fileno()],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        listener.close()  # the server's copy alone keeps the port open

    def kill(self) -> None:
        """As a crash does: connections are cut wherever they are."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def wait_for(self, number: int, seconds: float = 30) -> None:
        """Until it has taken so many mails; none for so long is a failure."""
        taken, moved = len(self.mails), time.monotonic()
        while taken < number:
            assert time.monotonic() < moved + seconds, f"{taken} of {number} mails"
            time.sleep(0.05)
            before, taken = taken, len(self.mails)
            moved = time.monotonic() if taken > before else moved


def bound(port: int = 0) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


@contextlib.contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    """One that is not started yet; killed at the end."""
    listener = bound()
    server = MailServer(listener, folder)
    try:
        yield server
    finally:
        server.kill()
        server._listener.close()
