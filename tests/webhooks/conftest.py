import pytest

from tests.support.story import Story
from tests.webhooks.receiver import receiving


@pytest.fixture
def receiver():
    """A program that takes deliveries, on this machine."""
    with receiving() as program:
        yield program


@pytest.fixture
def hook_story(make_app, database_url):
    """The story, where webhooks may reach this machine."""
    return Story.begin(make_app(database_url, webhook_networks="127.0.0.0/8"))
