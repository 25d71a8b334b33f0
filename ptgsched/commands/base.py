"""What all commands share: the group, mistakes told in one line, the opened database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import flask_migrate
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from ptgsched.app import create_app
from ptgsched.config import Settings
from ptgsched.db import db
from ptgsched.errors import NotFound, PtgschedError
from ptgsched.events.models import Event
from ptgsched.schema import SchemaState, schema_state
from ptgsched.text import clean_line

DAY = click.DateTime(formats=["%Y-%m-%d"])


class Commands(click.Group):
    """A group whose commands end with one line on stderr and status 1 when they fail."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a user's mistake never shows a traceback."""
        try:
            return super().invoke(ctx)
        except PtgschedError as error:
            raise Failure(error.message) from error
        except (OperationalError, ProgrammingError) as error:  # no server, no right to do this
            raise Failure(f"The database failed: {reason(error)}") from error
        except BrokenPipeError:
            raise  # click ends quietly: the reader of our output has seen enough
        except OSError as error:
            raise Failure(_said_by_the_system(error)) from error


class Failure(click.ClickException):
    """Told as one line on stderr; exit status 1."""

    def __init__(self, message: str) -> None:
        super().__init__(clean_line(message))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ptgsched")
def main() -> None:
    """Book time blocks at Project Teams Gatherings; feeds for calendars, JSON for bots."""


@contextlib.contextmanager
def application(settings: Settings | None = None, *, creates: bool = False) -> Iterator[Flask]:
    """The application with its database open and current.

    With `creates`, an embedded database that is not there yet is made, and stderr says so; any
    other database is migrated only when somebody asks for it.  Raises Failure.
    """
    settings = settings or Settings.from_env()
    with opened(settings) as app:
        state = state_of(settings)
        if state == SchemaState.EMPTY and creates and is_embedded(settings):
            flask_migrate.upgrade()
            click.echo(f"made the database {place(settings)}", err=True)
        elif state != SchemaState.CURRENT:
            raise Failure(f"The database {advice(state)}")
        yield app


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Flask]:
    """The application whatever its tables are; every connection is closed at the end."""
    app = create_app(settings)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def state_of(settings: Settings) -> SchemaState:
    """The schema's state; looks at no SQLite file that is not there.  Raises Failure."""
    path = sqlite_path(settings)
    if path is not None and not path.exists():
        return SchemaState.EMPTY
    try:
        return schema_state()
    except DBAPIError as error:
        raise Failure(f"The database cannot be opened: {reason(error)}") from error


def advice(state: SchemaState) -> str:
    """How a sentence about the database goes on, with the way out."""
    if state == SchemaState.AHEAD:
        return "was made by another release of ptgsched; use that release."
    what = "is empty" if state == SchemaState.EMPTY else "is behind this release"
    return f"{what}; run: ptgsched db upgrade"


def is_embedded(settings: Settings) -> bool:
    """Whether the database is a file of ours rather than a server."""
    return settings.database_url.startswith("sqlite")


def sqlite_path(settings: Settings) -> Path | None:
    """The file of an embedded database; None for a server."""
    database = make_url(settings.database_url).database
    return Path(database) if is_embedded(settings) and database else None


def place(settings: Settings) -> str:
    """Which database it is, in words, without its password."""
    path = sqlite_path(settings)
    return str(path) if path else make_url(settings.database_url).render_as_string()


def the_event(slug: str) -> Event:
    """The event with this slug, drafts too; raises NotFound naming those there are."""
    found = db.session.scalars(select(Event).order_by(Event.slug))
    events = {event.slug: event for event in found}
    if slug not in events:
        there = f"There are: {', '.join(events)}." if events else "There is none yet."
        raise NotFound(f"There is no event {slug!r}. {there}")
    return events[slug]


def reason(error: DBAPIError) -> str:
    """The first line of what the database said."""
    return str(error.orig).strip().partition("\n")[0]


def _said_by_the_system(error: OSError) -> str:
    said = error.strerror or str(error)
    return f"{error.filename}: {said}" if error.filename else said
