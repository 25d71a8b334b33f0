"""A PostgreSQL of the tests' own: new data, no TCP port, nothing kept, nothing flushed to disk."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

from tests.support.programs import require_program, run

# What is kept safe against a power cut needs no test here, and costs most of the time.
SPEED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "autovacuum": "off",
    "listen_addresses": "",
}
END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = """
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
# One function with all that it takes: the server plans it once.
MAKE_EMPTY = """
    DO $make$ BEGIN EXECUTE (
        SELECT 'CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS $$ BEGIN '
            || string_agg(line, ' ') || ' END $$'
        FROM (
            SELECT format('DELETE FROM %I;', tablename) AS line FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
            UNION ALL
            SELECT format('PERFORM setval(%L, %s, false);', sequencename, start_value)
            FROM pg_sequences
        ) AS lines
    ); END $make$
"""
EMPTY = "SELECT pg_temp.empty()"
COUNTED = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
IN_ANY_ORDER = "SET session_replication_role = replica"  # without asking for foreign keys
INITDB = [
    "--username=ptgsched",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
]


class Rows(NamedTuple):
    """What is in a database: PostgreSQL's binary form of each table, and how far it counted."""

    tables: dict[str, bytes]
    counted: list[tuple[str, int]]


class Postgres:
    """A running server, reached by a socket in a folder that only its owner and root may enter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        self._sessions: dict[str, psycopg.Connection] = {}

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of `database`."""
        return f"postgresql+psycopg://ptgsched@/{database}?host={self.folder}"

    def create(self, *, locale: str | None = None) -> str:
        """Create a database without a table in it; returns its name.

        `locale` is one of ICU's, instead of the order of the bytes.
        """
        self._count += 1
        name = f"test_{self._count}"
        order = f" LOCALE_PROVIDER icu ICU_LOCALE '{locale}'" if locale else ""
        self._execute(f"CREATE DATABASE {name} TEMPLATE template0{order}")
        return name

    def empty(self, name: str) -> None:
        """Take all rows out of a migrated database, a hundred times sooner than it is made.

        Numbers count from one again; connections that a test left open are ended.
        """
        session = self._session(name)
        session.execute(END_OTHERS)
        session.execute(EMPTY)

    def rows(self, name: str) -> Rows:
        """All that is in a migrated database, for `fill`."""
        session = self._session(name)
        tables = {}
        for (table,) in session.execute(TABLES).fetchall():
            out = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
            with session.cursor().copy(out) as copy:
                tables[table] = b"".join(copy)
        nothing = min(map(len, tables.values()))
        kept = {table: data for table, data in tables.items() if len(data) > nothing}
        return Rows(kept, session.execute(COUNTED).fetchall())

    def fill(self, name: str, rows: Rows) -> None:
        """Put rows into an empty database, ten times sooner than they are made."""
        session = self._session(name)
        for table, data in rows.tables.items():
            into = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))
            with session.cursor().copy(into) as copy:
                copy.write(data)
        for sequence, value in rows.counted:
            session.execute("SELECT setval(%s, %s)", [sequence, value])

    def close(self) -> None:
        """Hang up."""
        for session in self._sessions.values():
            session.close()

    def drop(self, name: str) -> None:
        """Drop a database, ending connections that a test left open."""
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with self._connect("postgres") as connection:
            connection.execute(statement)

    def _session(self, name: str) -> psycopg.Connection:
        """A connection to a migrated database that stays open."""
        if name not in self._sessions:
            session = self._sessions[name] = self._connect(name)
            session.execute(IN_ANY_ORDER)
            session.execute(MAKE_EMPTY)
        return self._sessions[name]

    def _connect(self, name: str) -> psycopg.Connection:
        where = f"host={self.folder} user=ptgsched dbname={name}"
        return psycopg.connect(where, autocommit=True)


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A throw-away server; it is stopped by its process and its data removed at the end.

    initdb and postgres refuse to run as root, so root runs them as the user of Debian's package.
    """
    initdb, server = require_program("initdb"), require_program("postgres")
    # Not pytest's tmp_path: a socket's path may have no more than some 100 bytes.
    folder = Path(tempfile.mkdtemp(prefix="ptgsched-pg-"))
    owner: dict[str, object] = {"cwd": folder}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        owner |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    try:
        run(
            [initdb, "--pgdata", str(folder / "data"), *INITDB],
            **owner,
        )
        settings = SPEED | {"unix_socket_directories": str(folder)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log = (folder / "log").open("wb")
        process = subprocess.Popen(
            [server, "-D", str(folder / "data"), *options],
            stdout=log,
            stderr=subprocess.STDOUT,
            **owner,  # type: ignore[call-overload]
        )
        try:
            _wait(process, folder)
            with contextlib.closing(Postgres(folder)) as postgres:
                yield postgres
        finally:
            # SIGINT is PostgreSQL's fast shutdown: it ends connections that a test left open.
            process.send_signal(2)
            process.wait(20)
            log.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(200):
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(f"host={folder} user=ptgsched dbname=postgres").close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start:\n" + (folder / "log").read_text())
