"""Reading and sending the organizers' pages as people do."""

import re
from html import unescape

from flask.testing import FlaskClient

from tests.support.story import Story

MANAGE = "/events/oct/manage"


def text_of(response) -> str:
    """What a reader sees, white space folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def send(client: FlaskClient, place: str, page: str | None = None, **form):
    """Post a form with the token of the page it stands on (default: the same address)."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page or place).text)
    assert token, f"{page or place} has no form"
    return client.post(place, data={"csrf_token": token[1], **form})


def refused(story: Story, place: str, **form) -> dict[str, int]:
    """How strangers fare: a visitor, somebody without a role, another team's lead."""
    found = {}
    story.app.config["WTF_CSRF_ENABLED"] = False
    for name in (None, "vic", "omar"):
        client = story.client(name)
        answer = client.post(place, data=form) if form else client.get(place)
        found[name or "visitor"] = answer.status_code
    story.app.config["WTF_CSRF_ENABLED"] = True
    return found


STRANGERS = {"visitor": 303, "vic": 403, "omar": 403}
