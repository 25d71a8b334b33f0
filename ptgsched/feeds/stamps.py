"""The state an event is in, read with one plain statement by its unique slug.

A document is current as long as its event's stamp is.  The stamp is read in the transaction
that a document is rendered in, and before each answer from the cache; both ways use the same
words, so that the values compare equal on every driver.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

from ptgsched.db import db
from ptgsched.events.models import EventStatus

# As text, the instant is the same from every driver.  With it a restored backup, whose numbers
# may have been given before, is told from what it replaced.
_COLUMNS = "id, status, CAST(changed_at AS VARCHAR(40)), schedule_revision, live_revision"
_STATEMENT = f"SELECT {_COLUMNS} FROM event WHERE slug = "  # noqa: S608 - constants only
_PUBLIC = frozenset({EventStatus.PUBLISHED.value, EventStatus.ARCHIVED.value})


class Stamp(NamedTuple):
    """What changes when anything changes that an event's documents show."""

    event_id: int
    status: str
    changed: str
    schedule: int
    live: int

    @property
    def is_public(self) -> bool:
        """Whether anybody may read the event's documents."""
        return self.status in _PUBLIC


def read(slug: str) -> Stamp | None:
    """The event's stamp as the session's transaction sees it; None when there is no event."""
    row = db.session.execute(text(_STATEMENT + ":slug"), {"slug": slug}).first()
    return Stamp(*row) if row is not None else None


class PlainReader:
    """Reads stamps over a plain connection for each thread: an ORM session costs ten times more.

    Each read is a transaction of its own, so it sees what any process committed before it.
    """

    def __init__(self, engine: Engine, columns: str = _COLUMNS) -> None:
        self._dialect = engine.dialect
        self._arguments = engine.dialect.create_connect_args(engine.url)
        self._sqlite = engine.dialect.name == "sqlite"
        mark = "?" if self._sqlite else "%s"
        self._statement = f"SELECT {columns} FROM event WHERE slug = {mark}"  # noqa: S608 - ours
        self._here = threading.local()
        self._open: set[Any] = set()
        self._lock = threading.Lock()

    def read(self, slug: str) -> Stamp | None:
        """The event's stamp; None when there is no event, or no database to ask now."""
        row = self.row(slug)
        return Stamp(*row) if row is not None else None

    def row(self, slug: str) -> Sequence[Any] | None:
        """The columns that were asked for; likewise."""
        errors = self._dialect.loaded_dbapi.Error
        for _ in range(2):  # a connection that broke while idle is made anew, once
            try:
                cursor = self._cursor()
                # All rows: SQLite holds its read transaction until a statement is stepped to
                # its end, and would show this state for ever.
                rows = cursor.execute(self._statement, (slug,)).fetchall()
            except errors:
                self._drop()
                continue
            return rows[0] if rows else None
        return None

    def close(self) -> None:
        """Close the connections of all threads; who reads later opens new ones."""
        with self._lock:
            connections, self._open = self._open, set()
        self._here = threading.local()
        for connection in connections:
            with contextlib.suppress(self._dialect.loaded_dbapi.Error):
                connection.close()

    def _cursor(self) -> Any:
        cursor = getattr(self._here, "cursor", None)
        if cursor is None:
            connection = self._connect()
            with self._lock:
                self._open.add(connection)
            cursor = self._here.cursor = connection.cursor()
        return cursor

    def _connect(self) -> Any:
        positional, named = self._arguments
        if not self._sqlite:
            return self._dialect.loaded_dbapi.connect(*positional, **named, autocommit=True)
        options = {"isolation_level": None, "check_same_thread": False}
        connection = self._dialect.loaded_dbapi.connect(*positional, **{**named, **options})
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _drop(self) -> None:
        cursor = getattr(self._here, "cursor", None)
        self._here.cursor = None
        if cursor is not None:
            with self._lock:
                self._open.discard(cursor.connection)
            with contextlib.suppress(self._dialect.loaded_dbapi.Error):
                cursor.connection.close()
