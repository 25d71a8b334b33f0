"""Accounts and events made from the shell."""

from __future__ import annotations

import sys
from datetime import datetime

import click
from sqlalchemy import func, select

from ptgsched.accounts.passwords import clean_email, create_user
from ptgsched.clock import utcnow
from ptgsched.commands.base import DAY, application
from ptgsched.config import Settings
from ptgsched.db import db, transaction
from ptgsched.events.kinds import KINDS, TEMPLATES
from ptgsched.events.layout import create_event
from ptgsched.events.models import EventStatus, Slot
from ptgsched.web.links import Links


@click.group()
def user() -> None:
    """People who can sign in."""


@user.command("create")
@click.argument("email")
@click.option("--admin", is_flag=True, help="May do everything, at every event.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_account(email: str, *, admin: bool, password_stdin: bool) -> None:
    """Make an account for EMAIL.

    Asks for the password at a terminal. Elsewhere, without --password-stdin, the account has
    none and signs in by other means.
    """
    email = clean_email(email)
    with application(creates=True):
        password = _password(from_stdin=password_stdin)
        with transaction():
            create_user(email, password, at=utcnow(), admin=admin)
    what = "an administrator" if admin else "an account"
    how = "" if password else ", without a password"
    click.echo(f"made {what} for {email}{how}")


@click.group()
def event() -> None:
    """Gatherings."""


@event.command("create")
@click.argument("slug")
@click.option("--title", required=True, help="Its name as people read it.")
@click.option("--kind", required=True, type=click.Choice(KINDS), help="What it is.")
@click.option("--start", required=True, type=DAY, help="First day, YYYY-MM-DD.")
@click.option("--end", required=True, type=DAY, help="Last day, YYYY-MM-DD.")
@click.option("--timezone", default="UTC", show_default=True, help="Its zone: Europe/Berlin.")
@click.option(
    "--template",
    type=click.Choice(tuple(TEMPLATES)),
    help="Layout of windows and slots; without it the one named like the kind.",
)
@click.option("--draft", is_flag=True, help="Keep it hidden from all but its organizers.")
def create_gathering(
    slug: str,
    *,
    title: str,
    kind: str,
    start: datetime,
    end: datetime,
    timezone: str,
    template: str | None,
    draft: bool,
) -> None:
    """Make the event SLUG and lay out its windows and slots."""
    settings = Settings.from_env()
    with application(settings, creates=True), transaction():
        made = create_event(
            slug,
            title=title,
            kind=kind,
            starts_on=start.date(),
            ends_on=end.date(),
            timezone=timezone,
            template=template,
            status=EventStatus.DRAFT if draft else EventStatus.PUBLISHED,
            at=utcnow(),
        )
        query = select(func.count()).select_from(Slot).where(Slot.event_id == made.id)
        slots = db.session.scalar(query)
    click.echo(f"made {slug}: {slots} slots; {Links.of(settings).event(slug)}")


def _password(*, from_stdin: bool) -> str | None:
    """What was typed or piped; None when there is nobody to ask, or nothing was typed."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        return None
    text = "Password (empty: none)"
    typed: str = click.prompt(
        text, hide_input=True, confirmation_prompt=True, default="", show_default=False
    )
    return typed or None
