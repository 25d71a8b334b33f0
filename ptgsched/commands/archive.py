"""`ptgsched backup` and `ptgsched restore`."""

from __future__ import annotations

from pathlib import Path

import click
import flask_migrate

from ptgsched.clock import utcnow
from ptgsched.commands import dump
from ptgsched.commands.base import Failure, advice, application, opened, place, state_of
from ptgsched.config import Settings
from ptgsched.db import transaction
from ptgsched.schema import SchemaState, newest_revision

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=FILE)
def backup(file: Path) -> None:
    """Copy the whole database to FILE, while the service goes on.

    It holds everything, so keep it as safe as the database: only its owner may read it.
    """
    with application():
        made = dump.write(file, revision=newest_revision(), at=utcnow())
    click.echo(f"{file}: {made.rows} rows, schema {made.revision}")


@click.command()
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace what the database holds.")
def restore(file: Path, *, force: bool) -> None:
    """Fill the database from the backup FILE, all of it or nothing.

    Stop the service before. A backup of one kind of database restores into the other as well.
    """
    settings = Settings.from_env()
    with file.open("rb"):
        pass  # a name that cannot be read is told before a database is made
    with opened(settings):
        state = state_of(settings)
        if state == SchemaState.EMPTY:
            flask_migrate.upgrade()
        elif state != SchemaState.CURRENT:
            raise Failure(f"The database {advice(state)}")
        elif not force and not dump.is_empty():
            raise Failure(f"{place(settings)} is not empty; --force replaces all it holds.")
        with transaction() as session:
            read = dump.read(file, session(), revision=newest_revision())
    click.echo(f"{place(settings)}: {read.rows} rows restored, schema {read.revision}")
