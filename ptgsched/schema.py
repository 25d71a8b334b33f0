"""Whether the database's tables are those this release was written for."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from ptgsched.config import shipped
from ptgsched.db import db


def schema_is_current() -> bool:
    """Compare the database's revision with the newest migration."""
    newest = ScriptDirectory(str(shipped("migrations"))).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest
