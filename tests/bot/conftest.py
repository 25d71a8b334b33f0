"""A channel of people who type at a PTG on its Monday, and an eye on what their lines change."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ptgsched.app import create_app
from ptgsched.bot import dispatch
from ptgsched.bot.dispatch import Answer, Line
from ptgsched.db import db
from ptgsched.live import queries
from ptgsched.live.queries import Live
from ptgsched.web.context import links
from tests.support.database import settings_for
from tests.support.story import Story

MONDAY_NOON = datetime(2026, 10, 26, 12, 30, tzinfo=UTC)
"""Half an hour before MonA1."""


class Channel:
    """The chat of an event; needs its context open.  `at` is the time of the next line."""

    def __init__(self, story: Story, *, commits: bool = True) -> None:
        self.story = story
        self.commits = commits
        self.at = MONDAY_NOON

    def hear(self, text: str, *, nick: str = "ttx", at: datetime | None = None, **how) -> Answer:
        """Somebody types a line."""
        line = Line(nick=nick, text=text, **how)
        answer = dispatch.answer(self.story.event, line, links=links(), at=at or self.at)
        if self.commits:
            db.session.commit()
        return answer

    def say(self, text: str, **how) -> str | None:
        """Likewise; the reply."""
        return self.hear(text, **how).reply

    def op(self, text: str, **how) -> str | None:
        """An operator types a line; the reply."""
        return self.say(text, operator=True, **how)

    def whisper(self, text: str, **how) -> str | None:
        """Somebody types a line to the bot alone; the reply."""
        return self.say(text, private=True, **how)

    def wait(self, **time: float) -> None:
        """Let time go by."""
        self.at += timedelta(**time)

    def board(self, at: datetime | None = None) -> Live:
        """What everybody sees now."""
        db.session.expire_all()
        return queries.live(self.story.event, at or self.at)

    def marks(self) -> tuple[object, ...]:
        """All that any change would move."""
        board = self.board()
        return *self.story.marks(), self.story.event.live_revision, board


@pytest.fixture
def channel(scene: Story) -> Channel:
    """The channel, on each kind of database."""
    return Channel(scene)


@pytest.fixture(scope="module")
def sqlite_cast(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The story on SQLite for all tests of a module, which leave nothing behind in it."""
    folder = tmp_path_factory.mktemp("chat")
    path = shutil.copy(sqlite_template, folder / "chat.sqlite")
    app = create_app(settings_for(f"sqlite:///{path}", folder))
    yield Story.begin(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def chat(sqlite_cast: Story) -> Iterator[Channel]:
    """The channel on SQLite, for words only: what is said in a test is rolled back."""
    with sqlite_cast.app.app_context():
        yield Channel(sqlite_cast, commits=False)
        db.session.rollback()
