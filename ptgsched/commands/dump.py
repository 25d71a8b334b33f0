"""A copy of all tables in one portable file: JSON lines, gzipped.

It is read in one transaction, so it is consistent while the service goes on, and it can be
restored into either kind of database.  The first line names the schema it was made under, the
last how many rows there are, so that half a copy is never taken for a whole one.
"""

from __future__ import annotations

import gzip
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Column, Date, Integer, Table, func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ptgsched.db import UTCDateTime, db
from ptgsched.errors import Invalid

FORMAT = 1
ROWS_AT_ONCE = 500
MALFORMED = (ValueError, KeyError, TypeError, AttributeError)
"""What reading something else as our lines runs into; JSON errors are ValueErrors."""


class Summary(NamedTuple):
    """What a copy holds."""

    revision: str
    rows: int


def write(path: Path, *, revision: str, at: datetime) -> Summary:
    """Copy every row to `path`, which appears only when it is whole; readable by its owner."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb") as file:
            head = {"ptgsched": FORMAT, "revision": revision, "made": at}
            file.write(orjson.dumps(head) + b"\n")
            rows = 0
            for line in _lines():
                file.write(line)
                rows += 1
            file.write(orjson.dumps({"rows": rows}) + b"\n")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return Summary(revision, rows)


def read(path: Path, session: Session, *, revision: str) -> Summary:
    """Replace every row by those of a copy, in the session's transaction; flushes.

    Raises Invalid when the file is no copy, not whole, or of another schema.
    """
    try:
        with gzip.open(path, "rb") as file:
            _check_head(file.readline(), revision)
            for table in reversed(db.metadata.sorted_tables):
                session.execute(table.delete())
            rows = _fill(session, file)
    except IntegrityError as error:
        raise Invalid(f"{path} is no whole backup: its rows do not belong together.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile, *MALFORMED) as error:
        raise Invalid(f"{path} is no backup of ptgsched, or was cut short.") from error
    _advance_sequences(session)
    return Summary(revision, rows)


def is_empty() -> bool:
    """Whether no table has a row."""
    return all(
        db.session.execute(select(literal(1)).select_from(table).limit(1)).first() is None
        for table in db.metadata.sorted_tables
    )


def _lines() -> Iterator[bytes]:
    with db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":  # where each transaction reads one state anyway
            connection.execution_options(isolation_level="REPEATABLE READ")
        for table in db.metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key.columns)
            for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query):
                yield orjson.dumps({"table": table.name, "row": list(row)}) + b"\n"


def _fill(session: Session, file: Iterable[bytes]) -> int:
    """Insert the rows that follow the head; how many, which the last line confirms."""
    tables = {table.name: table for table in db.metadata.sorted_tables}
    rows, said = 0, None
    batch: list[dict[str, Any]] = []
    current: Table | None = None
    for line in file:
        facts = orjson.loads(line)
        if "table" not in facts:
            said = facts["rows"]
            break
        table = tables[facts["table"]]
        if table is not current or len(batch) >= ROWS_AT_ONCE:
            _insert(session, current, batch)
            current, batch = table, []
        batch.append(_row(table, facts["row"]))
        rows += 1
    _insert(session, current, batch)
    if said != rows:
        raise Invalid("This is not a whole backup: rows are missing.")
    return rows


def _check_head(line: bytes, revision: str) -> None:
    head = orjson.loads(line)
    if not isinstance(head, dict) or head.get("ptgsched") != FORMAT:
        raise Invalid("This file is no backup of ptgsched.")
    if head["revision"] != revision:
        raise Invalid(
            f"The backup has schema {head['revision']} and this release {revision}: restore it "
            "with the release that made it, then upgrade."
        )


def _row(table: Table, values: list[Any]) -> dict[str, Any]:
    return {
        column.name: _value(column, value)
        for column, value in zip(table.columns, values, strict=True)
    }


def _value(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, UTCDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _insert(session: Session, table: Table | None, rows: list[dict[str, Any]]) -> None:
    if table is not None and rows:
        session.execute(insert(table), rows)


def _advance_sequences(session: Session) -> None:
    """PostgreSQL numbers new rows by counters that know nothing of ours."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in db.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None or not isinstance(column.type, Integer) or column.foreign_keys:
            continue
        last = session.scalar(select(func.max(column)))
        if last is not None:
            counter = func.pg_get_serial_sequence(table.name, column.name)
            session.execute(select(func.setval(counter, last)))
