"""How many SQL statements a piece of work costs."""

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, event


@contextlib.contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The statements sent to any database meanwhile, transaction keywords left out.

    >>> with counted_queries() as statements:
    ...     client.get("/events/ptg/")
    >>> assert len(statements) <= 8, statements
    """
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)
