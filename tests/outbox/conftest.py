import pytest

from ptgsched.outbox import rendering
from tests.outbox.mail_server import mail_server
from tests.outbox.templates import folder_of_templates


@pytest.fixture
def templates(tmp_path, monkeypatch):
    """A mail `hello` with text and HTML, beside those that ship."""
    folder = folder_of_templates(tmp_path)
    monkeypatch.setattr(rendering, "shipped", lambda _: folder)
    rendering._environment.cache_clear()
    yield
    rendering._environment.cache_clear()


@pytest.fixture
def smtp(tmp_path):
    """A mail server, not started yet."""
    with mail_server(tmp_path) as server:
        yield server
