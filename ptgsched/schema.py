"""Whether the database's tables are those this release was written for."""

from __future__ import annotations

from enum import StrEnum

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from ptgsched.config import shipped
from ptgsched.db import db


class SchemaState(StrEnum):
    """What the database's tables are to this release."""

    CURRENT = "current"
    EMPTY = "empty"  # no table at all
    BEHIND = "behind"  # a migration is missing
    AHEAD = "ahead"  # made by a newer release, or not by this program


def schema_state() -> SchemaState:
    """Compare the database's revision with the migrations of this release."""
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None and not inspect(connection).get_table_names():
            return SchemaState.EMPTY
    scripts = ScriptDirectory(str(shipped("migrations")))
    if revision == scripts.get_current_head():
        return SchemaState.CURRENT
    known = {script.revision for script in scripts.walk_revisions()}
    return SchemaState.BEHIND if revision is None or revision in known else SchemaState.AHEAD


def schema_is_current() -> bool:
    """Whether pages and commands may use the database."""
    return schema_state() == SchemaState.CURRENT


def newest_revision() -> str:
    """The migration that this release's models are written for."""
    return str(ScriptDirectory(str(shipped("migrations"))).get_current_head())
