"""The tables: made when asked for, looked after, and what is said when they are not there."""

from pathlib import Path

from sqlalchemy import text

from ptgsched.db import db
from ptgsched.schema import newest_revision
from tests.support.shell import Shell

USER = ("user", "create", "vic@example.org")
ASKED_FOR = "run: ptgsched db upgrade"


def is_sqlite(shell: Shell) -> bool:
    return shell.database_url.startswith("sqlite")


def stamp(app, revision: str) -> None:
    """Let the database say that it was made by another release."""
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
        db.session.commit()


def test_tables_are_made_once_and_checked(new_shell):
    assert new_shell.refused("db", "check") == f"The database is empty; {ASKED_FOR}"

    assert "was upgraded" in new_shell("db", "upgrade").stdout
    assert f"is current (revision {newest_revision()})" in new_shell("db", "upgrade").stdout
    assert new_shell("db", "check").exit_code == 0


def test_who_writes_into_a_new_embedded_database_makes_it_and_a_servers_is_asked_for(new_shell):
    done = new_shell(*USER)

    if is_sqlite(new_shell):
        assert (done.exit_code, done.stderr.startswith("made the database ")) == (0, True)
        assert new_shell("db", "check").exit_code == 0
    else:
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == f"Error: The database is empty; {ASKED_FOR}\n"


def test_looking_at_a_database_that_is_not_there_makes_none(tmp_path):
    shell = Shell(f"sqlite:///{tmp_path}/none.sqlite", tmp_path)

    for words in (("db", "check"), ("export", "ical", "--event", "oct"), ("backup", "copy.gz")):
        assert shell.refused(*words) == f"The database is empty; {ASKED_FOR}"
    assert not (tmp_path / "none.sqlite").exists()


def test_tables_of_a_newer_release_are_left_alone(shell, app):
    stamp(app, "9999")

    said = "The database was made by another release of ptgsched; use that release."
    for words in (("db", "check"), ("db", "upgrade"), USER):
        assert shell.refused(*words) == said
    stamp(app, newest_revision())  # the tables serve the next test


def test_a_password_is_never_shown():
    url = "postgresql+psycopg://me:hunter2@127.0.0.1:1/ptg"
    said = Shell(url, Path("/nowhere")).refused("db", "check")

    assert said.startswith("The database cannot be opened: ")
    assert "hunter2" not in said


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path):
    (tmp_path / "bad.sqlite").write_bytes(b"garbage" * 200)
    shell = Shell(f"sqlite:///{tmp_path}/bad.sqlite", tmp_path)

    for words in (("db", "check"), ("db", "upgrade"), USER):
        assert shell.refused(*words) == "The database cannot be opened: file is not a database"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    shell = Shell(f"sqlite:///{tmp_path}/file/ptg.sqlite", tmp_path)

    assert f"{tmp_path}/file" in shell.refused("db", "upgrade")


def test_a_bad_setting_is_one_line(sqlite_shell):
    said = sqlite_shell.refused("db", "check", base_url="ptg.example")

    assert said == "PTGSCHED_BASE_URL: must be an http:// or https:// address"
