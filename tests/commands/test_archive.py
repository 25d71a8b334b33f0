"""Backup and restore: everything, consistently, from either kind of database into either."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import JSON, Boolean, Date, Float, Integer, String, Text, select

from ptgsched.accounts.models import User
from ptgsched.commands import dump
from ptgsched.db import UTCDateTime, begin_write, db
from ptgsched.demo import load_demo
from ptgsched.schedule.models import Booking
from tests.support.shell import Shell
from tests.support.story import Story

AT = datetime(2026, 10, 26, 12, tzinfo=UTC)


def contents(app):
    """Every row of every table."""
    with app.app_context():
        return {
            table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
            for table in db.metadata.sorted_tables
        }


@pytest.fixture
def lively(app, shell):
    """A shell on the demo's database."""
    with app.app_context():
        load_demo(AT)
    return shell


@pytest.fixture
def other(request, tmp_path, database_url, make_app):
    """A shell on an empty database of the other kind, and its application."""
    name = "postgres_url" if database_url.startswith("sqlite") else "sqlite_url"
    url = request.getfixturevalue(name)
    return Shell(url, tmp_path), make_app(url)


def test_a_backup_restores_into_the_other_kind_of_database(lively, app, other, tmp_path):
    into, other_app = other
    copy = tmp_path / "copy.gz"

    made = lively("backup", str(copy))
    done = into("restore", str(copy))

    assert (made.exit_code, done.exit_code) == (0, 0), made.output + done.output
    assert contents(other_app) == contents(app)
    assert copy.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob("*.part")] == []
    with other_app.app_context():  # its counters know the rows that came
        begin_write()
        db.session.add(User(email="new@example.org", created_at=AT))
        db.session.commit()


def test_a_backup_restores_into_a_database_without_tables(sqlite_shell, sqlite_app, tmp_path):
    Story.begin(sqlite_app)
    sqlite_shell("backup", str(tmp_path / "copy.gz"))

    done = Shell(f"sqlite:///{tmp_path}/new.sqlite", tmp_path)("restore", str(tmp_path / "copy.gz"))

    assert done.exit_code == 0, done.output


def test_a_backup_is_of_one_moment_though_bookings_go_on(story, shell, tmp_path, monkeypatch):
    """A booking made while tables are copied is in all of them or in none."""
    copy = tmp_path / "copy.gz"
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1")
    lines = dump._lines

    def meanwhile():
        for number, line in enumerate(lines()):
            if number == 1:
                with story.app.app_context():
                    story.book("cinder", "ballroom", "MonA1")
            yield line

    monkeypatch.setattr(dump, "_lines", meanwhile)
    shell("backup", str(copy))

    rows = [json.loads(line) for line in gzip.decompress(copy.read_bytes()).splitlines()]
    assert sum(1 for row in rows if row.get("table") == "booking") == 1
    assert sum(1 for row in rows if row.get("table") == "booking_slot") == 1
    assert sum(1 for row in rows if row.get("table") == "change") == 1


def test_a_database_that_holds_something_is_kept_unless_forced(story, shell, tmp_path):
    copy = str(tmp_path / "copy.gz")
    shell("backup", copy)
    before = contents(story.app)
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1")

    assert "is not empty; --force replaces all it holds." in shell.refused("restore", copy)
    with story.app.app_context():
        assert db.session.query(Booking).count() == 1

    assert shell("restore", copy, "--force").exit_code == 0
    assert contents(story.app) == before


def rewritten(change):
    """Damage done to the lines of a backup."""

    def damage(whole: bytes) -> bytes:
        lines = gzip.decompress(whole).splitlines(keepends=True)
        return gzip.compress(b"".join(change(lines)))

    return damage


DAMAGES = {
    "cut": (lambda whole: whole[:-200], "was cut short."),
    "text": (lambda _: b"hello", "is no backup of ptgsched"),
    "nothing": (lambda _: b"", "is no backup of ptgsched"),
    "other JSON": (lambda _: gzip.compress(b"[]"), "is no backup of ptgsched"),
    "other gzip": (lambda _: gzip.compress(b"x"), "is no backup of ptgsched"),
    "no end": (rewritten(lambda lines: lines[:-1]), "is not a whole backup"),
    "a row less": (rewritten(lambda lines: lines[:-2] + lines[-1:]), "is not a whole backup"),
    "an event less": (
        rewritten(lambda lines: [line for line in lines if b'"table":"event"' not in line]),
        "its rows do not belong together",
    ),
    "another table": (
        rewritten(lambda lines: [lines[0], b'{"table":"tea","row":[]}\n', *lines[1:]]),
        "is no backup of ptgsched",
    ),
    "another column": (
        rewritten(lambda lines: [lines[0], lines[1].replace(b"[", b"[1,"), *lines[2:]]),
        "is no backup of ptgsched",
    ),
    "another schema": (
        rewritten(lambda lines: [lines[0].replace(b'n":"0', b'n":"9'), *lines[1:]]),
        "The backup has schema 9",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_backup_changes_nothing(sqlite_story, sqlite_shell, tmp_path, name):
    damage, said = DAMAGES[name]
    copy = tmp_path / "copy.gz"
    sqlite_shell("backup", str(copy))
    before = contents(sqlite_story.app)
    copy.write_bytes(damage(copy.read_bytes()))

    assert said in sqlite_shell.refused("restore", str(copy), "--force")
    assert contents(sqlite_story.app) == before


def test_files_that_cannot_be_read_or_written_are_named(sqlite_shell):
    missing = "/nowhere/copy.gz: No such file or directory"

    assert sqlite_shell.refused("restore", "/nowhere/copy.gz") == missing
    assert "No such file or directory" in sqlite_shell.refused("backup", "/nowhere/copy.gz")


def test_every_kind_of_column_can_be_copied():
    known = (Boolean, Date, Float, Integer, JSON, String, Text, UTCDateTime)

    assert [
        (table.name, column.name)
        for table in db.metadata.sorted_tables
        for column in table.columns
        if not isinstance(column.type, known)
    ] == []
