"""Operators at the shell, with a database that is ready and with one that is not."""

from pathlib import Path

import pytest

from tests.support.shell import Shell


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    """A shell on a migrated, empty database; the test runs on each kind."""
    return Shell(database_url, tmp_path)


@pytest.fixture
def sqlite_shell(sqlite_url: str, tmp_path: Path) -> Shell:
    """The same on SQLite only."""
    return Shell(sqlite_url, tmp_path)


@pytest.fixture
def new_shell(empty_database_url: str, tmp_path: Path) -> Shell:
    """A shell on a database without a table; on SQLite without a file."""
    return Shell(empty_database_url, tmp_path)
