"""Ways a message leaves this machine: to a mail server, or into a folder."""

from __future__ import annotations

import contextlib
import os
import smtplib
import socket
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from ptgsched.config import Settings
from ptgsched.text import clean_line

PATIENCE = 10  # seconds for each step of SMTP; all of them together stay below the lease
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class CarrierError(Exception):
    """Why a message was not taken; the text is the server's answer."""


class Never(CarrierError):
    """The server will not take this message, however often it is asked."""


class Later(CarrierError):
    """It did not work this time; whether it was taken may be unknown."""


class Unreachable(CarrierError):
    """The server takes nothing at all at the moment; this message was not handed over."""


class Carrier(Protocol):
    """What the delivery hands messages to."""

    def send(self, message: EmailMessage, name: str) -> str:
        """Hand over; the server's answer.  Raises Never, Later or Unreachable."""
        ...

    def rest(self) -> None:
        """Nothing more to send for now."""
        ...


class Folder:
    """One .eml file for each mail, complete or not there; a second copy replaces the first."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message: EmailMessage, name: str) -> str:
        """Write `<name>.eml`."""
        target = self.path / f"{name}.eml"
        draft = target.with_suffix(f".{os.getpid()}")
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)  # it holds personal links
            draft.write_bytes(message.as_bytes())
            draft.replace(target)
        except OSError as error:
            raise Unreachable(f"{target}: {error.strerror}") from error
        return f"written to {target}"

    def rest(self) -> None:
        """Nothing is open."""


class Smtp:
    """A mail server; one connection is kept while there is something to send."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._scheme = parts.scheme
        self._host = parts.hostname or "localhost"
        self._port = parts.port or PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._open: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, name: str) -> str:  # noqa: ARG002 (a folder's)
        """Hand over in one SMTP transaction."""
        server = self._connected()
        try:
            return _hand_over(server, message)
        except Never:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.rset()
            raise
        except (Later, smtplib.SMTPException, OSError) as error:
            self.rest()
            raise error if isinstance(error, Later) else Later(_said(error)) from error

    def rest(self) -> None:
        """Take leave of the server."""
        if self._open is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._open.quit()
            self._open.close()
            self._open = None

    def _connected(self) -> smtplib.SMTP:
        if self._open is not None:
            if _is_alive(self._open):
                return self._open
            self.rest()
        try:
            self._open = self._connect()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Unreachable(_said(error)) from error
        return self._open

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=PATIENCE, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=PATIENCE)
        try:
            server.ehlo_or_helo_if_needed()
            if self._scheme == "smtp+starttls" or (
                self._scheme == "smtp" and server.has_extn("starttls")
            ):
                if self._scheme == "smtp" and not self._user:
                    # As mail servers do among themselves (RFC 7435): better than in the clear.
                    context.check_hostname = False
                    context.verify_mode = ssl.CERT_NONE
                server.starttls(context=context)
                server.ehlo()
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def carrier_for(settings: Settings) -> Carrier:
    """The mail server of MAIL_URL, or the folder ``outbox`` of the instance."""
    if settings.mail_url:
        return Smtp(settings.mail_url)
    return Folder(Path(settings.instance).resolve() / "outbox")


def _is_alive(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> str:
    sender, to = parseaddr(str(message["From"]))[1], parseaddr(str(message["To"]))[1]
    options = []
    if not (sender + to).isascii():
        if not server.has_extn("smtputf8"):
            raise Never("the mail server takes no addresses beyond ASCII")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    # Who may send is the operator's business and can be mended: never a reason to drop a mail.
    _ask(lambda: server.mail(sender, options), final=False)
    _ask(lambda: server.rcpt(to), final=True)
    return _ask(lambda: server.data(message.as_bytes()), final=True)


def _ask(step: Callable[[], tuple[int, bytes]], *, final: bool) -> str:
    try:
        code, words = step()
    except smtplib.SMTPDataError as error:  # DATA itself was refused
        code, words = error.smtp_code, _bytes(error.smtp_error)
    said = clean_line(f"{code} {words.decode('utf-8', 'replace')}")
    if 200 <= code < 300:
        return said
    if code >= 500 and final:
        raise Never(said)
    raise Later(said)


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return clean_line(
            f"{error.smtp_code} {_bytes(error.smtp_error).decode('utf-8', 'replace')}"
        )
    if isinstance(error, (TimeoutError, socket.timeout)):
        return "the mail server did not answer in time"
    return clean_line(str(error)) or type(error).__name__
