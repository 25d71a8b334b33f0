"""`ptgsched demo`: a lively example, with nothing to set up."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click
import flask_migrate
from sqlalchemy import select

from ptgsched.accounts.passwords import find_user
from ptgsched.clock import utcnow
from ptgsched.commands.base import Failure, advice, is_embedded, opened, place, state_of
from ptgsched.commands.serving import Server, address, listen
from ptgsched.commands.working import fork_worker
from ptgsched.config import PREFIX, Settings
from ptgsched.db import db
from ptgsched.demo import DEMO_EVENT, DemoAccount, load_demo
from ptgsched.demo.people import CAST
from ptgsched.events.models import Event
from ptgsched.schema import SchemaState

WORKERS = 2


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
def demo(port: int) -> None:
    """Serve an example on this machine: events around today, an account for each role."""
    with listen("127.0.0.1", port) as listener:
        settings = _settings(address(listener))
        at = utcnow()
        with opened(settings):
            _make_tables(settings)
            fresh = db.session.scalar(select(Event.id).limit(1)) is None
            accounts = load_demo(at) if fresh else _known_accounts()
            hint = _when_over(settings, at)
        _introduce(settings.base_url, accounts, hint)
        fork_worker(settings, listener)
        Server(settings, listener, WORKERS).run()


def _settings(url: str) -> Settings:
    """The environment's, with what a demo can choose for itself."""
    overrides: dict[str, object] = {}
    if not os.environ.get(f"{PREFIX}BASE_URL"):
        overrides["base_url"] = url
    if not os.environ.get(f"{PREFIX}DEFAULT_EVENT"):
        overrides["default_event"] = DEMO_EVENT
    settings = Settings.from_env(None, **overrides)
    if settings.secret_key:
        return settings
    return Settings.from_env(None, **overrides, secret_key=_kept_key(Path(settings.instance)))


def _kept_key(instance: Path) -> str:
    """A key of this instance's own, so that people stay signed in from start to start."""
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def _make_tables(settings: Settings) -> None:
    """Bring an embedded database up to date; a server's is somebody's business."""
    state = state_of(settings)
    mine = is_embedded(settings) and state != SchemaState.AHEAD
    if state != SchemaState.CURRENT and not mine:
        raise Failure(f"The database {advice(state)}")
    if state != SchemaState.CURRENT:
        flask_migrate.upgrade()


def _known_accounts() -> list[DemoAccount]:
    accounts = [person.account for person in CAST]
    return [account for account in accounts if find_user(account.email) is not None]


def _when_over(settings: Settings, at: datetime) -> str:
    """What to do when the example lies in the past."""
    event = db.session.scalar(select(Event).where(Event.slug == DEMO_EVENT))
    if event is None or event.ends_on >= at.date():
        return ""
    return f"The demo's days are over; for new ones stop it and remove {place(settings)}"


def _introduce(url: str, accounts: Iterable[DemoAccount], hint: str) -> None:
    """Print the address and who can sign in."""
    click.echo(f"\nptgsched demo: {url}\n")
    rows = [(each.email, each.password, each.role, each.what_to_try) for each in accounts]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for email, password, role, what_to_try in rows:
        click.echo(f"  {email:{widths[0]}}  {password:{widths[1]}}  {role}: {what_to_try}")
    if hint:
        click.echo(f"\n{hint}")
    click.echo("\nCtrl-C stops it.")
