"""The cast in front of the pages of registration, weeks before the event."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.support.story import SIGN_UP, Story


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Weeks before the event; a test may move on."""
    with time_machine.travel(SIGN_UP, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ptg(story: Story, clock: time_machine.Traveller) -> Story:
    """The story with forms that need no token of the session."""
    story.app.config["WTF_CSRF_ENABLED"] = False
    return story
