"""The database: one session, one base class, one type for instants, rules per dialect.

Two ways into a transaction exist.  Reading begins one by itself.  Whoever will write says so
first with `begin_write()`: on SQLite the write lock is taken at once (a lock taken only at the
first UPDATE fails at random under load, whatever the timeout), and on both databases everything
read before is forgotten, so that no rule is judged on an old state.
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import sqlite3
import stat
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.types import TypeDecorator

SQLITE_BUSY_SECONDS = 30
RESTED_SECONDS = 2
FLUSHED = "flushed"  # where a session keeps the transaction that it last wrote into
TURN = "turn to write"  # where a connection keeps its own
WRITES = "writes"  # the transaction in which it said that it will write
USED = "last used"  # and when it came back to the pool, on the monotonic clock

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The ancestor of every model; all constraints are named by one convention."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python on every database; a naive value is refused.

    SQLite keeps no zone and PostgreSQL answers in the server's; both come back as UTC.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: an instant needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(
        self, dialect: Dialect, _coltype: object
    ) -> Callable[[Any], datetime | None]:
        # Straight from the driver: by way of a naive datetime it takes SQLite seven times as
        # long, which is half the time of a feed of a thousand sessions.
        return _from_sqlite if dialect.name == "sqlite" else _from_postgresql


def _from_sqlite(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def _from_postgresql(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` needs for `url`; creates the folder of an SQLite file."""
    # Errors end up in logs, and what was to be stored may be a person's or a secret.
    common: dict[str, Any] = {"pool_size": 16, "max_overflow": 32, "hide_parameters": True}
    if url.startswith("sqlite"):
        database = make_url(url).database
        if database and database != ":memory:":
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        connect = {"isolation_level": None, "timeout": SQLITE_BUSY_SECONDS}
        return {**common, "connect_args": connect}
    return common


@event.listens_for(Engine, "connect")
def _on_connect(dbapi_connection: Any, _record: Any) -> None:
    if isinstance(dbapi_connection, sqlite3.Connection):
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
            dbapi_connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    # Python's driver would open no transaction on SELECT, so we open each one ourselves.
    if connection.dialect.name != "sqlite":
        return
    writes = connection.get_execution_options().get("writes", False)
    if writes:
        _queue_up(connection)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class _Turn:
    """One's turn to write to an SQLite file: in this process first, then among processes."""

    def __init__(self, database: str) -> None:
        self._here = _turns_here[database]
        if not self._here.acquire(timeout=SQLITE_BUSY_SECONDS):
            raise OperationalError("BEGIN IMMEDIATE", None, TimeoutError("database is locked"))
        try:
            self._file = _open_queue(database)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX)
            except OSError:
                os.close(self._file)
                raise
        except OSError:
            self._here.release()
            raise

    def end(self) -> None:
        """Let the next one write; a process that dies lets go by itself."""
        os.close(self._file)
        self._here.release()


def _open_queue(database: str) -> int:
    """The file that processes queue up at, open to whoever may use the database.

    As SQLite has it with its own companions: a command run once by root, or by somebody else
    of the group, must not lock the service out.
    """
    queue = os.open(f"{database}.queue", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    wanted, found = Path(database).stat(), os.fstat(queue)
    with contextlib.suppress(PermissionError):  # it is somebody else's, and can be opened
        if (wanted.st_uid, wanted.st_gid) != (found.st_uid, found.st_gid):
            os.fchown(queue, wanted.st_uid, wanted.st_gid)
        if stat.S_IMODE(wanted.st_mode) != stat.S_IMODE(found.st_mode):
            os.fchmod(queue, stat.S_IMODE(wanted.st_mode))
    return queue


_turns_here: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def _queue_up(connection: Connection) -> None:
    """Wait for one's turn.

    SQLite's own waiting sleeps and tries again: under load a newcomer wins over one who has
    waited for seconds.  Locks wake their waiters in turn.
    """
    database = connection.engine.url.database
    if database and database != ":memory:" and TURN not in connection.info:
        connection.info[TURN] = _Turn(database)


@event.listens_for(Pool, "checkout")
def _on_checkout(dbapi_connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that has rested whether its server is still there, not at each use.

    Like SQLAlchemy's `pool_pre_ping`, at a fraction of its round trips.
    """
    rested = time.monotonic() - record.info.get(USED, math.inf)
    if rested > RESTED_SECONDS and isinstance(dbapi_connection, psycopg.Connection):
        try:
            dbapi_connection.execute("")
            dbapi_connection.rollback()
        except psycopg.Error as error:
            raise DisconnectionError from error


@event.listens_for(Pool, "checkin")
def _on_checkin(_dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[USED] = time.monotonic()
    turn = record.info.pop(TURN, None)
    if turn is not None:
        turn.end()


def begin_write() -> None:
    """Make this session's transaction a writing one; a second call changes nothing.

    Ends the reading transaction before it, so every object is read afresh when next used.
    Raises RuntimeError when unsaved changes would be lost: call it before the first change.
    """
    session = db.session()
    if session.in_transaction():
        if session.info.get(WRITES) is session.get_transaction():
            return
        flushed = session.info.get(FLUSHED) is session.get_transaction()
        if flushed or session.new or session.dirty or session.deleted:
            raise RuntimeError("begin_write() comes before the first change, not after it")
        if _sees_what_others_commit(session.connection()):
            session.expire_all()
        else:
            session.rollback()
    if not session.in_transaction():
        session.connection(execution_options={"writes": True})
    session.info[WRITES] = session.get_transaction()


def _sees_what_others_commit(connection: Connection) -> bool:
    """Whether the next statement does: PostgreSQL's READ COMMITTED need not begin anew."""
    options = connection.get_execution_options()
    return connection.dialect.name == "postgresql" and "isolation_level" not in options


@event.listens_for(Session, "after_flush")
def _on_flush(session: Session, _context: object) -> None:
    session.info[FLUSHED] = session.get_transaction()


def begin_snapshot() -> None:
    """Start a reading transaction in which all statements see one state, whoever commits between.

    Ends the transaction before it; nothing may be unsaved.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("begin_snapshot() comes before the first change, not after it")
    session.rollback()
    if db.engine.dialect.name == "postgresql":  # SQLite reads like this anyway
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


@contextlib.contextmanager
def transaction() -> Any:
    """A writing transaction for commands: committed at the end, rolled back on an error."""
    begin_write()
    try:
        yield db.session
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
