"""Alembic's environment: our naming, our instant type, SQLite's batch rebuilds made safe."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, text

# Every model must be known before the metadata is compared.
import ptgsched.accounts.models
import ptgsched.attendance.models
import ptgsched.events.models
import ptgsched.live.models
import ptgsched.outbox.models
import ptgsched.pings.models
import ptgsched.registrations.models
import ptgsched.schedule.models
import ptgsched.teams.models
import ptgsched.webhooks.models  # noqa: F401
from ptgsched.db import Base, UTCDateTime, db


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
    """Write our column type by its name, with its import, or a migration is a NameError."""
    if kind == "type" and isinstance(item, UTCDateTime):
        autogen.imports.add("from ptgsched.db import UTCDateTime")
        return "UTCDateTime()"
    return False


def run(connection: Connection) -> None:
    """Migrate over one connection, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_on_sqlite(connection: Connection) -> None:
    """A batch rebuild drops and renames tables; with foreign keys on it would cascade."""
    raw = connection.connection
    raw.execute("PRAGMA foreign_keys=OFF")  # means nothing inside a transaction, so before it
    try:
        with connection.begin():  # Alembic would commit before we have looked
            run(connection)
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            if broken is not None:
                raise RuntimeError(f"a foreign key of table {broken[0]} points nowhere")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


with db.engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        run_on_sqlite(connection)
    else:
        run(connection)
        connection.commit()
