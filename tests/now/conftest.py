"""The cast on Monday of their PTG, a quarter past the hour at which Nova and Cinder began."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from ptgsched.bot import dispatch
from ptgsched.bot.dispatch import Line
from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.web.context import links
from tests.support.server import running_server
from tests.support.story import Story

QUARTER_PAST = datetime(2026, 10, 26, 13, 15, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock; a test may move on."""
    with time_machine.travel(QUARTER_PAST, tick=False) as traveller:
        yield traveller


def begin_monday(story: Story) -> Story:
    """Nova with the TC in Bexar until 15:00, Cinder in Austin until 14:00, Neutron at 14:00."""
    story.app.config["WTF_CSRF_ENABLED"] = False
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1", "MonA2", with_teams=["tc"], title="Placement")
        story.book("cinder", "austin", "MonA1")
        story.book("neutron", "ballroom", "MonA2", title="Ports")
        story.book("nova", "ballroom", "TueA1", title="Cells")
    return story


@pytest.fixture
def monday(sqlite_story: Story, clock: time_machine.Traveller) -> Story:
    """The Monday, on SQLite."""
    return begin_monday(sqlite_story)


@pytest.fixture
def both(story: Story, clock: time_machine.Traveller) -> Story:
    """The Monday, on each kind of database."""
    return begin_monday(story)


def say(story: Story, *lines: str, nick: str = "ttx", at: datetime | None = None) -> None:
    """Somebody types these lines in chat, as an operator."""
    with story.app.app_context():
        for text in lines:
            line = Line(nick=nick, text=text, operator=True)
            said = dispatch.answer(story.event, line, links=links(), at=at or utcnow())
            db.session.commit()
            assert not (said.reply or "").startswith(("Unknown", "Missing")), said.reply


class Stage:
    """The service in a process of its own, whose clock a test moves."""

    def __init__(self, story: Story, folder: Path, url: str) -> None:
        self.story = story
        self.clock_file = folder / "clock"
        self.base = ""
        self._folder = folder
        self._url = url

    def move_to(self, instant: datetime) -> None:
        """Set the clock of the service."""
        self.clock_file.write_text(str((instant - utcnow()).total_seconds()))

    def serving(self, port: int = 0) -> AbstractContextManager[str]:
        """Serve; yields the base URL."""
        application = "tests.support.moved:app"
        return running_server(
            self._url, self._folder / "served", application=application, port=port
        )


@pytest.fixture
def stage(
    make_app: Callable[..., object],
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    """Monday in a service that is yet to be started."""
    story = begin_monday(Story.begin(make_app(sqlite_url)))
    made = Stage(story, tmp_path, sqlite_url)
    monkeypatch.setenv("CLOCK_FILE", str(made.clock_file))
    made.move_to(QUARTER_PAST)
    return made
