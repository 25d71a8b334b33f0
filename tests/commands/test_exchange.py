"""Import and export at the shell: counts and remarks going in, the feeds' bytes coming out."""

import json

import pytest

from ptgsched.feeds.export import KINDS
from tests.feeds.ptgbot_files import booked, cells, database, real
from tests.support.shell import Shell

DENVER = ("--event", "den", "--start", "2020-06-01", "--timezone", "America/Denver")
OCTOBER = ("--event", "oct", "--start", "2026-10-26")
PATHS = {
    "ptgbot": "ptg.json",
    "ical": "calendar.ics",
    "rooms": "rooms.csv",
    "frab-json": "schedule.json",
    "frab-xml": "schedule.xml",
}


@pytest.fixture
def small(tmp_path):
    """A small database in a file."""
    path = tmp_path / "small.json"
    path.write_text(json.dumps(database()))
    return str(path)


def test_a_real_ptg_is_imported_and_counted(shell, app, tmp_path):
    path = tmp_path / "base.json"
    path.write_bytes(real("ptgbot-base.json"))

    done = shell("import", "ptgbot", str(path), *DENVER, "--title", "PTG Denver")

    assert done.stdout.splitlines() == [
        "tracks 44",
        "rooms 23",
        "slots 20",
        "cells 356",
        "realtime of MonA1 is not believed: the other slots have none",
        "the schedule is at http://localhost/events/den/",
    ]
    served = app.test_client().get("/events/den/ptg.json").json
    assert cells(served) == cells(json.loads(path.read_bytes()))


def test_a_second_import_says_that_nothing_changed(sqlite_shell, small):
    sqlite_shell("import", "ptgbot", small, *OCTOBER)
    done = sqlite_shell("import", "ptgbot", small, *OCTOBER)

    assert done.stdout.splitlines() == [
        "tracks 3",
        "rooms 2",
        "slots 4",
        "cells 5",
        "nothing changed: all of it was here",
    ]


def test_an_import_reads_standard_input_and_makes_the_embedded_database(tmp_path):
    shell = Shell(f"sqlite:///{tmp_path}/new.sqlite", tmp_path)

    done = shell("import", "ptgbot", "-", *OCTOBER, typed=json.dumps(database()))

    assert done.exit_code == 0
    assert done.stderr == f"made the database {tmp_path}/new.sqlite\n"
    assert "cells 5" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.json", *OCTOBER), "nowhere.json: No such file or directory"),
        (("/", *OCTOBER), "/: Is a directory"),
        (("{small}", *OCTOBER, "--timezone", "Mars/North"), '"Mars/North" is not a time zone.'),
        (("{small}", "--event", "oct", "--start", "2026-10-27"), "2026-10-27 is a Tuesday"),
        (("{small}", "--event", "O C T", "--start", "2026-10-26"), "slug: Lower-case letters"),
        (("{broken}", *OCTOBER), "The file is not JSON: "),
    ],
)
def test_what_cannot_be_imported_is_one_line(
    sqlite_shell, sqlite_app, small, tmp_path, words, said
):
    broken = tmp_path / "broken.json"
    broken.write_text('{"slots":')
    files = {"{small}": small, "{broken}": str(broken)}

    assert said in sqlite_shell.refused("import", "ptgbot", *(files.get(w, w) for w in words))
    assert sqlite_app.test_client().get("/events/oct/").status_code == 404


def test_a_wrong_date_is_bad_usage(sqlite_shell, small):
    done = sqlite_shell("import", "ptgbot", small, "--event", "oct", "--start", "monday")

    assert done.exit_code == 2


def test_every_export_is_tested():
    assert set(KINDS) == set(PATHS)


@pytest.mark.parametrize("kind", PATHS)
def test_an_export_is_the_bytes_of_its_address(sqlite_shell, sqlite_app, small, tmp_path, kind):
    sqlite_shell("import", "ptgbot", small, *OCTOBER)
    served = sqlite_app.test_client().get(f"/events/oct/{PATHS[kind]}").data

    assert sqlite_shell("export", kind, "--event", "oct").stdout_bytes == served
    done = sqlite_shell("export", kind, "--event", "oct", "-o", str(tmp_path / "out"))
    assert (done.exit_code, done.output) == (0, "")
    assert (tmp_path / "out").read_bytes() == served


def test_an_export_comes_in_again_under_another_name(shell, app, small, tmp_path):
    shell("import", "ptgbot", small, *OCTOBER)
    copy = str(tmp_path / "copy.json")
    shell("export", "ptgbot", "--event", "oct", "-o", copy)

    done = shell("import", "ptgbot", copy, "--event", "copy", "--start", "2026-10-26")

    assert done.stdout.splitlines()[:4] == ["tracks 3", "rooms 2", "slots 4", "cells 5"]
    assert booked(app, "copy") == booked(app, "oct")


def test_an_export_of_nothing_is_refused(sqlite_shell, small):
    assert sqlite_shell.refused("export", "ical", "--event", "oct") == (
        "There is no event 'oct'. There is none yet."
    )
    sqlite_shell("import", "ptgbot", small, *OCTOBER)
    said = sqlite_shell.refused("export", "ical", "--event", "oct", "-o", "/nowhere/x.ics")
    assert said == "/nowhere/x.ics: No such file or directory"


def test_an_unknown_kind_is_bad_usage(sqlite_shell):
    assert sqlite_shell("export", "pdf", "--event", "oct").exit_code == 2


def test_a_mistake_shows_no_traceback_and_its_status_reaches_the_shell(sqlite_shell, small):
    words = ("import", "ptgbot", small, "--event", "oct", "--start", "2026-10-27")

    done = sqlite_shell.process(*words)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: 2026-10-27 is a Tuesday")
    assert done.stderr.count("\n") == 1
