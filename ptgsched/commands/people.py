"""`ptgsched import registrations`: a table of people, as Eventbrite and others write it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from ptgsched.accounts.actor import OPERATOR
from ptgsched.clock import utcnow
from ptgsched.commands.base import Failure, application, the_event
from ptgsched.commands.exchange import FILE, import_group
from ptgsched.config import Settings
from ptgsched.db import db
from ptgsched.registrations.columns import BadMap, columns_of, parse_map
from ptgsched.registrations.imports import Report, Taken, import_rows, read_rows
from ptgsched.registrations.tables import Table, read_table


@import_group.command()
@click.argument("file", type=FILE)
@click.option("--event", "slug", required=True, help="The event they register for.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="FIELD=HEADING,…",
    help='Which column is which, where the headings do not tell: "email=E-Mail,country=Land".',
)
@click.option(
    "--dry-run", is_flag=True, help="Report what would become of each row; change nothing."
)
def registrations(file: Path, *, slug: str, maps: tuple[str, ...], dry_run: bool) -> None:
    """Take a table of people (CSV) as registrations of an event.

    Whoever is known by their e-mail address is updated; beyond the event's capacity people are
    waitlisted. Nobody is written to. Rows that need a look are named by their line. FILE may
    be - for standard input.
    """
    try:
        named = parse_map(",".join(maps))
    except BadMap as error:
        raise click.BadParameter(error.message, param_hint="--map") from error
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    table = read_table(content)
    columns = columns_of(table.headings, named)
    with application(Settings.from_env()):
        report = _taken(table, columns, slug, dry_run=dry_run)
    _tell(report, dry_run=dry_run)


def _taken(table: Table, columns: dict[str, int], slug: str, *, dry_run: bool) -> Report:
    event, at = the_event(slug), utcnow()
    with _progress("Reading", len(table.lines)) as step:
        rows = read_rows(table, columns, event, at=at, progress=step)
    try:
        with _progress("Taking in", len(rows)) as step:
            report = import_rows(event, rows, actor=OPERATOR, at=at, progress=step)
        if dry_run:
            db.session.rollback()
        else:
            db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    return report


class _progress:  # noqa: N801 # reads as the function it stands for
    """A bar on stderr while somebody looks."""

    def __init__(self, label: str, length: int) -> None:
        self._bar = click.progressbar(
            length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
        )

    def __enter__(self) -> Callable[[int], None]:
        return self._bar.__enter__().update

    def __exit__(self, *facts: object) -> None:
        self._bar.__exit__(*facts)  # type: ignore[arg-type] # what the protocol passes on


def _tell(report: Report, *, dry_run: bool) -> None:
    for name, number in report.figures().items():
        click.echo(f"{name} {number}")
    for row in report.remarkable:
        click.echo(f"line {row.number}: {'; '.join(row.remarks)}")
    if report.rows and report.count(Taken.REFUSED) == len(report.rows):
        raise Failure("No row could be taken.")
    if dry_run:
        click.echo("nothing was changed: this was a dry run")
