"""The examples of docs/bots.md run as they stand, against a service as it is in production."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest
from flask import Flask

from ptgsched.accounts.tokens import create_token
from ptgsched.bot import dispatch
from ptgsched.bot.dispatch import Line
from ptgsched.clock import utcnow
from ptgsched.db import begin_write, db
from ptgsched.web.context import links
from tests.support.story import Story

PAGE = (Path(__file__).parents[2] / "docs" / "bots.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PATIENCE = 20  # seconds


@pytest.fixture(autouse=True)
def in_october() -> None:
    """In place of the standing clock of this folder: the service runs by today's."""


class Reader:
    """The story behind a service, and a shell that knows it."""

    def __init__(self, story: Story, environment: dict[str, str], folder: Path) -> None:
        self.story = story
        self._environment = environment
        self._folder = folder

    def example(self, heading: str, language: str, number: int = 0) -> list[str]:
        """The command that runs an example."""
        _, _, section = PAGE.partition(f"\n## {heading}\n")
        section = section.partition("\n## ")[0]
        block = [code for kind, code in BLOCK.findall(section) if kind == language][number]
        shell = ["bash", "-euo", "pipefail", "-c"]
        return [*shell, block] if language == "bash" else [sys.executable, "-c", block]

    def run(self, heading: str, number: int = 0) -> str:
        """What a `curl` prints."""
        command = self.example(heading, "bash", number)
        return subprocess.run(command, **self._options(), check=True, timeout=60).stdout

    @contextmanager
    def running(self, heading: str) -> Iterator[Callable[[str], None]]:
        """A Python example while it runs; yields a function that waits for what it prints."""
        command = self.example(heading, "python")
        process = subprocess.Popen(command, **self._options())
        lines: Queue[str] = Queue()
        reader = Thread(target=lambda: [lines.put(line) for line in process.stdout])
        reader.start()
        seen: list[str] = []

        def wait_for(text: str) -> None:
            while not any(text in line for line in seen):
                try:
                    seen.append(lines.get(timeout=PATIENCE))
                except Empty:
                    pytest.fail(f"{text!r} is not in {seen}")

        try:
            yield wait_for
        finally:
            process.kill()
            reader.join()
            process.stdout.close()
            process.wait()

    def _options(self) -> dict:
        return {
            "env": self._environment,
            "cwd": self._folder,
            "stdout": subprocess.PIPE,
            "stderr": None,
            "text": True,
        }

    def say(self, text: str) -> None:
        """Somebody types a line in chat."""
        with self.story.app.app_context():
            line = Line(nick="ttx", text=text)
            dispatch.answer(self.story.event, line, links=links(), at=utcnow())
            db.session.commit()


@pytest.fixture
def shell(
    make_app: Callable[..., Flask], sqlite_url: str, serve: Callable[..., str], tmp_path: Path
) -> Reader:
    """Somebody who has read the page."""
    story = Story.begin(make_app(sqlite_url))
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1", title="Placement")
        begin_write()
        _, secret = create_token("bot", ["live:write"], event_id=story.event.id, at=utcnow())
        db.session.commit()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PTGSCHED_")},
        "PTG": serve(sqlite_url),
        "EVENT": "oct",
        "TOKEN": secret,
        "EVERY": "0.2",
    }
    return Reader(story, environment, tmp_path)


def test_one_line_is_enough(shell: Reader, tmp_path: Path):
    assert "22:00-23:00  Nova" in shell.run("The schedule in a terminal")
    shell.run("Say what is on", 0)
    assert '"reply":null' in shell.run("Say what is on", 1)

    shell.run("Ask again, with an ETag")
    board = tmp_path / "board.json"
    assert '"text":"Placement"' in board.read_text()
    board.write_text("as it was")
    shell.run("Ask again, with an ETag")
    assert board.read_text() == "as it was"  # 304
    shell.say("#nova now Flavors")
    shell.run("Ask again, with an ETag")
    assert '"text":"Flavors"' in board.read_text()

    assert '"action":"live.next"' in shell.run("Follow every change")
    assert "event: live.now\n" in shell.run("Listen to the stream")


def test_programs_hear_of_what_happens_and_go_on_where_they_were(shell: Reader):
    with shell.running("Ask again, with an ETag") as prints:
        prints("{}")
        shell.say("#nova now Placement")
        prints("{'nova': 'Placement'}")
    for heading, after in (("Follow every change", "Cells"), ("Listen to the stream", "Flavors")):
        with shell.running(heading) as prints:
            prints("1 booking.created" if heading.startswith("Follow") else "hello")
            shell.say(f"#nova now {after}")
            prints("live.now")
    shell.say("#nova clean")
    with shell.running("Follow every change") as prints:
        prints("live.cleaned")
