"""Counters of rate limits that all processes of one machine share, without a server of their own.

Counting in memory would let through as many times the limit as there are processes.  A small
SQLite file beside the database does; it is worth nothing after some minutes and is never
backed up.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from limits.storage import Storage

from ptgsched.clock import utcnow

SCHEME = "counters"
BUSY_SECONDS = 5
SWEEP_EVERY = 1000  # counts between two sweeps of what has run out


class Counters(Storage):
    """`limits` finds it by its scheme: ``counters:///absolute/path.sqlite``."""

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **_options: str) -> None:
        super().__init__(uri, wrap_exceptions)
        self._path = Path(uri.removeprefix(f"{SCHEME}://"))
        self._local = threading.local()
        self._counted = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What means that counting failed; limits then fall back to memory."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more; a count that has run out begins anew and lasts `expiry` seconds."""
        now = utcnow().timestamp()
        self._counted += 1
        if self._counted % SWEEP_EVERY == 0:
            self._database().execute("DELETE FROM counter WHERE until <= ?", (now,))
        row = self._database().execute(
            "INSERT INTO counter (key, count, until) VALUES (:key, :amount, :until)"
            " ON CONFLICT (key) DO UPDATE SET"
            " count = CASE WHEN until <= :now THEN :amount ELSE count + :amount END,"
            " until = CASE WHEN until <= :now THEN :until ELSE until END"
            " RETURNING count",
            {"key": key, "amount": amount, "until": now + expiry, "now": now},
        )
        return int(row.fetchone()[0])

    def get(self, key: str) -> int:
        """How much was counted; 0 once it has run out."""
        return int(self._row(key)[0])

    def get_expiry(self, key: str) -> float:
        """When the count runs out, in seconds since 1970; now when there is none."""
        return self._row(key)[1]

    def check(self) -> bool:
        """Whether counting works."""
        try:
            self.get("check")
        except sqlite3.Error:
            return False
        return True

    def reset(self) -> int | None:
        """Forget all counts; returns how many."""
        return self._database().execute("DELETE FROM counter").rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._database().execute("DELETE FROM counter WHERE key = ?", (key,))

    def _row(self, key: str) -> tuple[int, float]:
        now = utcnow().timestamp()
        query = "SELECT count, until FROM counter WHERE key = ? AND until > ?"
        row = self._database().execute(query, (key, now)).fetchone()
        return (row[0], row[1]) if row else (0, now)

    def _database(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")  # else a file is made for each count
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS counter"
                " (key TEXT PRIMARY KEY, count INTEGER NOT NULL, until REAL NOT NULL) WITHOUT ROWID"
            )
            self._local.connection = connection
        return connection
