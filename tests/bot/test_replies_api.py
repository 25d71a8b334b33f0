"""Every line of BOT.md once more, through the API: the same replies, and never an HTTP error."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from ptgsched.app import create_app
from ptgsched.db import db
from tests.bot.conftest import MONDAY_NOON
from tests.bot.test_replies import CASES, PRIVATE, typed
from tests.support.database import settings_for
from tests.support.relay import bot_token
from tests.support.story import Story

ADDRESS = "/api/v1/events/oct/live/lines"


class Door:
    """An application whose database is as it was in the beginning for each case."""

    def __init__(self, app: Flask, path: Path, token: str) -> None:
        self._app = app
        self._path = path
        self._kept = path.with_suffix(".kept")
        self._token = token
        self._close()
        shutil.copy(path, self._kept)

    def begin_again(self) -> None:
        """Nothing has happened yet."""
        self._close()
        shutil.copy(self._kept, self._path)

    def say(self, text: str, **how: Any) -> str | None:
        """A line, as the relay passes it on; the reply."""
        answer = self._app.test_client().post(
            ADDRESS,
            json={"nick": "ttx", "line": text, **how},
            headers={"Authorization": f"Bearer {self._token}"},
        )
        assert answer.status_code == 200, answer.text
        assert set(answer.json) == {"reply", "notices"}
        return answer.json["reply"]

    def op(self, text: str, **how: Any) -> str | None:
        """Likewise, of an operator."""
        return self.say(text, operator=True, **how)

    def _close(self) -> None:
        with self._app.app_context():
            db.session.remove()
            db.engine.dispose()
        for companion in ("-wal", "-shm"):
            Path(f"{self._path}{companion}").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def made(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The story, and the relay's token."""
    folder = tmp_path_factory.mktemp("door")
    path = Path(shutil.copy(sqlite_template, folder / "door.sqlite"))
    app = create_app(settings_for(f"sqlite:///{path}", folder))
    with time_machine.travel(MONDAY_NOON, tick=False):
        Story.begin(app)
        door = Door(app, path, bot_token(app))
    yield door
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def door(made: Door) -> Iterator[Door]:
    """Half past twelve on Monday, with nothing said yet."""
    made.begin_again()
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield made


@pytest.mark.parametrize(("before", "line", "reply"), CASES)
def test_the_reply(door: Door, before: tuple[str, ...], line: str, reply: str | None):
    for one in before:
        typed(door, one)
    assert typed(door, line) == reply


@pytest.mark.parametrize(("line", "reply"), PRIVATE)
def test_the_reply_to_a_private_line(door: Door, line: str, reply: str | None):
    assert door.say(line, private=True, operator=True) == reply
