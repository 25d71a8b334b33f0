"""`ptgsched worker`, as a process: beside others, for cron, and within the demo."""

import time
from datetime import UTC, datetime

import pytest

from ptgsched.db import db
from ptgsched.outbox.operations import post
from tests.outbox.conftest import templates  # noqa: F401 (a fixture)

START = datetime(2026, 10, 26, 13, tzinfo=UTC)


def post_hello(app, key):
    with app.app_context():
        post(template="hello", to="x@example.org", key=key, facts={"name": "X", "start": START})
        db.session.commit()


@pytest.mark.usefixtures("templates")
def test_it_sends_what_is_due_and_ends_when_told(sqlite_shell, sqlite_app, tmp_path):
    outbox = tmp_path / "instance" / "outbox"
    post_hello(sqlite_app, "one")
    done = sqlite_shell.process("worker", "--once")
    assert (done.returncode, done.stdout) == (0, "")
    assert len(list(outbox.iterdir())) == 1

    with sqlite_shell.running("worker", until="mails go to") as worker:
        post_hello(sqlite_app, "two")
        deadline = time.monotonic() + 10
        while len(list(outbox.iterdir())) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert worker.end() == 0
    assert "Traceback" not in worker.said


def test_it_needs_a_key_and_current_tables(new_shell):
    assert "PTGSCHED_SECRET_KEY: is not set" in new_shell.refused("worker", secret_key="")
    said = new_shell.refused("worker")
    assert said == "The database is empty; run: ptgsched db upgrade"
