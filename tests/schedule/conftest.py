"""The cast in front of the schedule's pages, weeks before the event."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.support.story import SIGN_UP, Story


@pytest.fixture
def sign_up_time() -> Iterator[time_machine.Traveller]:
    """Our people act weeks before the event; a test may move on."""
    with time_machine.travel(SIGN_UP, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(story: Story, sign_up_time: time_machine.Traveller) -> Story:
    """Forms are posted without their token here; test_base holds that none passes without."""
    story.app.config["WTF_CSRF_ENABLED"] = False
    return story


@pytest.fixture
def scenery(sqlite_story: Story, sign_up_time: time_machine.Traveller) -> Story:
    """The same on SQLite only, for what does not write."""
    sqlite_story.app.config["WTF_CSRF_ENABLED"] = False
    return sqlite_story
