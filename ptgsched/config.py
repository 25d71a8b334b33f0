"""Settings from the environment, and where the shipped files lie.

Every setting is a field of `Settings`; its environment variable is the field's
name in capitals behind ``PTGSCHED_``.  docs/settings.md describes each, and a test
fails when one is missing there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from ptgsched.errors import PtgschedError

PREFIX = "PTGSCHED_"
PACKAGE = Path(__file__).resolve().parent
MAIL_SCHEMES = ("smtp", "smtp+starttls", "smtps")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class BadSetting(PtgschedError):
    """A setting has a value that the service cannot start with."""

    code = "bad_setting"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{PREFIX}{name.upper()}: {problem}", setting=name)


def shipped(name: str) -> Path:
    """The folder `name` (templates, static, migrations) inside the package, else beside it."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that an operator can set; values are checked when the object is made."""

    instance: str = "instance"
    database_url: str = ""
    redis_url: str = ""
    secret_key: str = ""
    base_url: str = "http://127.0.0.1:8000"
    default_event: str = ""
    etherpad_base: str = "https://etherpad.opendev.org/p"
    meetpad_base: str = "https://meetpad.opendev.org"
    mail_url: str = ""
    mail_from: str = ""
    webhook_networks: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_name: str = ""
    passwords: str = "on"
    trusted_proxies: int = 0
    rate_writes: int = 600
    rate_signins: int = 10
    rate_registrations: int = 20
    bot_token: str = ""
    metrics_allow: str = "127.0.0.1,::1"
    metrics_token: str = ""

    def __post_init__(self) -> None:
        if not self.database_url:
            path = Path(self.instance).resolve() / "ptgsched.sqlite"
            object.__setattr__(self, "database_url", f"sqlite:///{path}")
        if not self.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise BadSetting("database_url", "must begin with sqlite:/// or postgresql+psycopg://")
        if self.redis_url and _scheme_and_host(self.redis_url)[0] not in {
            "redis",
            "rediss",
            "unix",
        }:
            raise BadSetting("redis_url", "must begin with redis://, rediss:// or unix://")
        for name in ("base_url", "etherpad_base", "meetpad_base"):
            value = getattr(self, name).rstrip("/")
            scheme, host = _scheme_and_host(value)
            if scheme not in {"http", "https"} or not host:
                raise BadSetting(name, "must be an http:// or https:// address")
            object.__setattr__(self, name, value)
        for name in ("trusted_proxies", "rate_writes", "rate_signins", "rate_registrations"):
            if getattr(self, name) < 0:
                raise BadSetting(name, "must not be negative")
        self._check_sign_in()
        self._check_outgoing()
        _ = self.metrics_networks

    @property
    def metrics_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Whose addresses may read the figures; raises BadSetting."""
        try:
            return tuple(
                ip_network(word.strip()) for word in self.metrics_allow.split(",") if word.strip()
            )
        except ValueError:
            problem = "must be addresses or networks (10.0.0.0/8), separated by commas"
            raise BadSetting("metrics_allow", problem) from None

    def _check_outgoing(self) -> None:
        if self.mail_url:
            scheme, host = _scheme_and_host(self.mail_url)
            if scheme not in MAIL_SCHEMES or not host:
                problem = f"must begin with {'://, '.join(MAIL_SCHEMES)}:// and name a host"
                raise BadSetting("mail_url", problem)
        if not _is_address(parseaddr(self.mail_sender)[1]):
            problem = "must be one address: ptg@example.org or PTG <ptg@example.org>"
            raise BadSetting("mail_from", problem)

        try:
            _ = self.reachable_networks
        except ValueError as error:
            problem = f"must be networks such as 10.20.0.0/16, separated by commas: {error}"
            raise BadSetting("webhook_networks", problem) from error

    @property
    def reachable_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Networks of our own that webhooks may reach; none by default."""
        parts = (part.strip() for part in self.webhook_networks.split(","))
        return tuple(ip_network(part) for part in parts if part)

    @property
    def mail_sender(self) -> str:
        """Whom mails are from, as their header says it."""
        host = self.host if self.host.rpartition(".")[2].isalpha() else "localhost"
        return self.mail_from or f"ptgsched <ptgsched@{host}>"

    @property
    def mail_address(self) -> str:
        """The bare address in it."""
        return parseaddr(self.mail_sender)[1]

    def _check_sign_in(self) -> None:
        if self.passwords not in {"on", "off"}:
            raise BadSetting("passwords", "must be on or off")
        if not self.oidc_issuer:
            if self.passwords == "off":
                problem = "cannot be off without PTGSCHED_OIDC_ISSUER: nobody could sign in"
                raise BadSetting("passwords", problem)
            return
        scheme, host = _scheme_and_host(self.oidc_issuer)
        if not host or (scheme != "https" and not (scheme == "http" and host in LOOPBACK)):
            problem = "must be an https:// address; http:// is for this machine alone"
            raise BadSetting("oidc_issuer", problem)
        if not self.oidc_client_id:
            raise BadSetting("oidc_client_id", "is not set, but PTGSCHED_OIDC_ISSUER is")

    @property
    def oidc_label(self) -> str:
        """What the button calls the provider; empty when there is none."""
        return self.oidc_name or urlsplit(self.oidc_issuer).hostname or ""

    @property
    def takes_passwords(self) -> bool:
        """Whether people may sign in with a password kept here."""
        return self.passwords == "on"

    @property
    def https(self) -> bool:
        """Whether people reach the service over https, so that cookies may insist on it."""
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """The host name in BASE_URL: the second half of every VEVENT's PRODID and links."""
        return urlsplit(self.base_url).hostname or "localhost"

    def for_serving(self) -> Settings:
        """These settings, if other people may be served with them.  Raises BadSetting."""
        if not self.secret_key:
            raise BadSetting(
                "secret_key",
                "is not set; make one with: openssl rand -hex 32 "
                "and keep it, since it signs everybody's sign-in",
            )
        return self

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
        """Settings from `environ` (default: the process's); `overrides` win.

        Raises BadSetting, naming the variable and what to change.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, object] = {}
        for field in fields(cls):
            raw = environ.get(PREFIX + field.name.upper(), "").strip()
            if not raw:
                continue
            if field.type == "int":
                try:
                    values[field.name] = int(raw)
                except ValueError:
                    problem = f"must be a whole number, not {raw!r}"
                    raise BadSetting(field.name, problem) from None
            else:
                values[field.name] = raw
        return cls(**{**values, **overrides})  # type: ignore[arg-type]


def _scheme_and_host(address: str) -> tuple[str, str | None]:
    """Of an address with a port that can be one; nothing of any other text."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return "", None
    return parts.scheme, parts.hostname


def _is_address(text: str) -> bool:
    """Whether it is an e-mail address as headers hold it."""
    try:
        return bool(Address(addr_spec=text).domain)
    except (HeaderParseError, ValueError, IndexError):
        return False
