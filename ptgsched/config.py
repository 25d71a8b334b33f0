"""Settings from the environment, and where the shipped files lie.

Every setting is a field of `Settings`; its environment variable is the field's
name in capitals behind ``PTGSCHED_``.  docs/settings.md describes each, and a test
fails when one is missing there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from ptgsched.errors import PtgschedError

PREFIX = "PTGSCHED_"
PACKAGE = Path(__file__).resolve().parent


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
    trusted_proxies: int = 0
    rate_writes: int = 600
    rate_signins: int = 10

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
        for name in ("trusted_proxies", "rate_writes", "rate_signins"):
            if getattr(self, name) < 0:
                raise BadSetting(name, "must not be negative")

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
