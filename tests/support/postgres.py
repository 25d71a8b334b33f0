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
COUNT_ANEW = """
    SELECT setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
"""
INITDB = [
    "--username=ptgsched",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
]


class Postgres:
    """A running server, reached by a socket in a folder that only its owner and root may enter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0

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
        with psycopg.connect(f"host={self.folder} user=ptgsched dbname={name}") as connection:
            connection.execute(END_OTHERS)
            connection.execute("SET LOCAL session_replication_role = replica")  # in any order
            for (table,) in connection.execute(TABLES).fetchall():
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            connection.execute(COUNT_ANEW)

    def drop(self, name: str) -> None:
        """Drop a database, ending connections that a test left open."""
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        dsn = f"host={self.folder} user=ptgsched dbname=postgres"
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(statement)


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
            yield Postgres(folder)
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
