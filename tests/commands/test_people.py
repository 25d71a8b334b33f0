"""Importing and exporting registrations at the shell."""

import csv
import io

import pytest
from openpyxl import load_workbook

from ptgsched.app import create_app
from tests.support.database import settings_for
from tests.support.shell import Shell
from tests.support.story import Story

FILE = "E-Mail;Name;Land\nlena@example.org;Lena;Deutschland\nkenji@example.org;Kenji;日本\n"


@pytest.fixture
def oct_shell(shell: Shell, tmp_path) -> Shell:
    """A shell at the database of our people."""
    Story.begin(create_app(settings_for(shell.database_url, tmp_path / "instance")))
    (tmp_path / "people.csv").write_bytes(FILE.encode("utf-16"))
    (tmp_path / "odd.csv").write_text("Wer,Post\nLena,lena@example.org\nOmar,omar\n")
    return shell


def test_people_go_in_and_out(oct_shell: Shell, tmp_path):
    words = ("import", "registrations", str(tmp_path / "people.csv"), "--event", "oct")
    rehearsed = oct_shell(*words, "--dry-run")
    assert rehearsed.stdout.splitlines()[-1] == "nothing was changed: this was a dry run"
    done = oct_shell(*words)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:2] == ["rows 2", "created 2"]
    assert oct_shell(*words).stdout.splitlines()[3] == "unchanged 2"

    out = oct_shell("export", "registrations", "--event", "oct").stdout
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["email"], row["country"]) for row in rows] == [
        ("lena@example.org", "DE"),
        ("kenji@example.org", "JP"),
    ]
    sheet = tmp_path / "people.xlsx"
    oct_shell("export", "registrations", "--event", "oct", "-o", str(sheet))
    assert load_workbook(sheet).active["B3"].value == "kenji@example.org"


def test_columns_are_named_where_headings_do_not_tell(oct_shell: Shell, tmp_path):
    words = ("import", "registrations", str(tmp_path / "odd.csv"), "--event", "oct")
    refused = oct_shell.refused(*words)
    assert refused.startswith("No column holds the e-mail addresses")
    assert refused.endswith("There are: Wer, Post.")
    done = oct_shell(*words, "--map", "email=Post,name=Wer")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].startswith("line 3: Not an e-mail address")
    assert oct_shell(*words, "--map", "mail=Post").exit_code == 2
    assert oct_shell.refused(*words, "--map", "email=Mail") == (
        "There is no column 'Mail' for email. There are: Wer, Post."
    )
    assert oct_shell.refused(
        "import", "registrations", str(tmp_path / "none.csv"), "--event", "oct"
    )
