"""`ptgsched db`: the tables."""

from __future__ import annotations

import click
import flask_migrate

from ptgsched.commands.base import Failure, advice, opened, place, state_of
from ptgsched.config import Settings
from ptgsched.schema import SchemaState, newest_revision


@click.group("db")
def db_group() -> None:
    """Make and migrate the database's tables."""


@db_group.command()
def upgrade() -> None:
    """Bring the tables to this release; changes nothing when they are there."""
    settings = Settings.from_env()
    with opened(settings):
        before = state_of(settings)
        if before == SchemaState.AHEAD:
            raise Failure(f"The database {advice(before)}")
        if before != SchemaState.CURRENT:
            flask_migrate.upgrade()
        said = "is current" if before == SchemaState.CURRENT else "was upgraded"
        click.echo(f"{place(settings)} {said} (revision {newest_revision()})")


@db_group.command()
def check() -> None:
    """Exit with 1 when the tables are behind this release."""
    settings = Settings.from_env()
    with opened(settings):
        state = state_of(settings)
        if state != SchemaState.CURRENT:
            raise Failure(f"The database {advice(state)}")
        click.echo(f"{place(settings)} is current (revision {newest_revision()})")
