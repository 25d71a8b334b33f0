"""`ptgsched import` and `ptgsched export`: other programs' files."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from ptgsched.accounts.actor import OPERATOR
from ptgsched.accounts.audit import record
from ptgsched.clock import utcnow
from ptgsched.commands.base import DAY, application, the_event
from ptgsched.config import Settings
from ptgsched.db import begin_write, db, transaction
from ptgsched.events.models import Event
from ptgsched.feeds.export import KINDS, export
from ptgsched.feeds.ptgbot_import import import_ptgbot
from ptgsched.registrations import exports
from ptgsched.web.links import Links

REGISTRATIONS = "registrations"
FILE = click.Path(path_type=Path)


@click.group("import")
def import_group() -> None:
    """Take in what another program wrote."""


@import_group.command()
@click.argument("file", type=FILE)
@click.option("--event", "slug", required=True, help="The event to make or to add to.")
@click.option("--start", required=True, type=DAY, help="Date of the first listed day, YYYY-MM-DD.")
@click.option("--title", help="Name of a new event; without it the file's eventid.")
@click.option("--timezone", help="Zone of the hours in the file; UTC for a new event.")
def ptgbot(
    file: Path, *, slug: str, start: datetime, title: str | None, timezone: str | None
) -> None:
    """Take a ptgbot database (JSON) as an event; what cannot be taken is named.

    An event that is there already gets what it lacks and loses nothing. FILE may be - for
    standard input.
    """
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    settings = Settings.from_env()
    with application(settings, creates=True), transaction():
        taken = import_ptgbot(
            content, slug=slug, start=start.date(), title=title, timezone=timezone, at=utcnow()
        )
    for what in ("tracks", "rooms", "slots", "cells"):
        click.echo(f"{what} {getattr(taken, what)}")
    for remark in taken.remarks:
        click.echo(remark)
    if taken.changed:
        click.echo(f"the schedule is at {Links.of(settings).event(slug)}")
    else:
        click.echo("nothing changed: all of it was here")


@click.command("export")
@click.argument("kind", type=click.Choice((*KINDS, REGISTRATIONS)))
@click.option("--event", "slug", required=True, help="The event to write out.")
@click.option("-o", "--output", type=FILE, help="File to write; without it standard output.")
def export_command(kind: str, *, slug: str, output: Path | None) -> None:
    """Write an event as KIND: the bytes that its address serves.

    Registrations are CSV; a spreadsheet when the file is named .xlsx.
    """
    settings = Settings.from_env()
    with application(settings):
        event = the_event(slug)
        if kind == REGISTRATIONS:
            content = _registrations(event, output)
        else:
            content = export(kind, event, Links.of(settings), utcnow())
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        output.write_bytes(content)


def _registrations(event: Event, output: Path | None) -> bytes:
    begin_write()
    rows = exports.registrations(event)
    record(event, OPERATOR, "registrations.exported", {"rows": len(rows)}, utcnow())
    db.session.commit()
    if output is not None and output.suffix.lower() == ".xlsx":
        return exports.as_xlsx(rows, title=event.title)
    return exports.as_csv(rows)
