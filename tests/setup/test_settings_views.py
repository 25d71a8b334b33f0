"""Settings, links and status of an event, as its organizers change them."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from tests.support.story import SIGN_UP, Story

SETTINGS = "/events/oct/manage/settings"
STATUS = "/events/oct/manage/status"
AS_IT_IS = {
    "title": "October PTG",
    "description": "",
    "starts_on": "2026-10-26",
    "ends_on": "2026-10-30",
    "how": "stay",
    "timezone": "UTC",
    "quota_day": "event",
    "overlap_policy": "block",
}


@pytest.fixture(autouse=True)
def weeks_before() -> Iterator[None]:
    """Nothing has taken place yet."""
    with time_machine.travel(SIGN_UP, tick=False):
        yield


def olga(story: Story):
    client = story.client("olga")
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


def test_settings_are_changed_and_what_is_wrong_stands_at_its_field(sqlite_story: Story):
    client = olga(sqlite_story)
    given = AS_IT_IS | {"title": "PTG, October", "timezone": "Asia/Tokyo", "quota_day": "utc"}

    assert client.post(SETTINGS, data=given).location == SETTINGS
    with sqlite_story.app.app_context():
        event = sqlite_story.event
        assert (event.title, event.timezone, event.quota_day) == (
            "PTG, October",
            "Asia/Tokyo",
            "utc",
        )
    page = client.get(SETTINGS).text
    assert 'value="PTG, October"' in page
    for wrong, said in (
        ({"title": ""}, "Give it a title."),
        ({"ends_on": "2026-10-01"}, "The last day lies before the first."),
        ({"timezone": "Mars/Olympus"}, "is not a time zone"),
    ):
        answer = client.post(SETTINGS, data=given | {"description": "Kept"} | wrong)
        assert answer.status_code == 422
        assert said in answer.text
        assert "Kept" in answer.text


def test_fewer_days_ask_before_anything_falls(sqlite_story: Story):
    with sqlite_story.app.app_context():
        falls = sqlite_story.book("nova", "bexar", "FriA1").uid
    client = olga(sqlite_story)
    shorter = AS_IT_IS | {"ends_on": "2026-10-29", "title": "Four days"}

    asked = client.post(SETTINGS, data=shorter)
    assert asked.status_code == 409
    assert "3 windows would go" in " ".join(asked.text.split())
    assert "1 booking would fall" in asked.text
    assert 'value="Four days"' in asked.text
    agreed = shorter | {"agreed": "1", "seen": [falls], "reason": "Shorter"}
    assert client.post(SETTINGS, data=agreed).status_code == 422
    assert client.post(SETTINGS, data=agreed | {"name": "oct"}).location == SETTINGS

    with sqlite_story.app.app_context():
        assert sqlite_story.event.ends_on == date(2026, 10, 29)
        assert not sqlite_story.booking(falls).is_confirmed
    page = client.get(SETTINGS).text
    assert "The settings are saved." in page
    for how in ("stay", "move"):
        far = {"starts_on": "9999-12-31", "ends_on": "9999-12-31", "how": how}
        answer = client.post(SETTINGS, data=AS_IT_IS | far)
        assert answer.status_code == 422
        assert "A year from 1990 to 2199." in answer.text


def test_a_week_later_takes_what_is_booked_along(sqlite_story: Story):
    with sqlite_story.app.app_context():
        moves = sqlite_story.book("nova", "bexar", "FriA1").uid
    client = olga(sqlite_story)
    later = AS_IT_IS | {"starts_on": "2026-11-02", "ends_on": "2026-11-06", "how": "move"}

    asked = client.post(SETTINGS, data=later)
    assert asked.status_code == 409
    assert "1 booking would move by 7 days" in asked.text
    assert "Why they move" in asked.text
    assert "cancelled" not in asked.text
    agreed = later | {"agreed": "1", "seen": [moves], "reason": "Holiday"}
    assert client.post(SETTINGS, data=agreed).location == SETTINGS
    with sqlite_story.app.app_context():
        assert sqlite_story.booking(moves).starts_at.date() == date(2026, 11, 6)


def test_links_are_shown_with_the_event(sqlite_story: Story):
    client = olga(sqlite_story)
    address = "/events/oct/manage/links"
    rows = {
        "label": ["Code of conduct", "", "Help"],
        "address": ["https://example.org/conduct", "", "https://example.org/help"],
    }
    assert client.post(address, data=rows).location == address
    assert "https://example.org/conduct" in client.get(address).text
    assert 'href="https://example.org/help"' in sqlite_story.client().get("/events/oct/").text

    for bad, said in (
        ({"label": ["", "", ""]}, "needs a name"),
        ({"label": ["Help", "", "Help"]}, "There are two links called"),
        ({"address": ["javascript:alert(1)", "", ""]}, "An address begins with"),
        ({"address": ["https://x.example/?pwd=1", "", ""]}, "leave the passcode"),
    ):
        answer = client.post(address, data=rows | bad)
        assert answer.status_code == 422
        assert said in answer.text
    client.post(address, data={"label": ["Help"], "address": [""]})
    emptied = client.get(address).text
    assert "https://example.org/help" not in emptied
    undo = re.search(r'action="(/events/oct/manage/undo/\d+)"', emptied)
    assert undo is not None
    assert client.post(undo[1]).location == address
    assert "https://example.org/help" in client.get(address).text


def test_it_is_published_archived_and_taken_back(sqlite_story: Story):
    client = olga(sqlite_story)
    home = "/events/oct/manage/"

    def status() -> str:
        with sqlite_story.app.app_context():
            return sqlite_story.event.status

    assert client.post(f"{STATUS}/draft").location == home
    assert status() == "draft"
    assert "It is a draft again" in client.get(home).text
    assert client.post(f"{STATUS}/published").location == home
    toast = client.get(home).text
    assert f'action="{STATUS}/draft"' in toast  # undo
    with sqlite_story.app.app_context():
        sqlite_story.set(timezone="Asia/Tokyo")
    for at, is_over in (("2026-10-30T14:00Z", False), ("2026-10-30T16:00Z", True)):
        with time_machine.travel(at, tick=False):
            page = olga(sqlite_story).get(STATUS).text
        assert ("The event is not over yet" in page) is not is_over
    assert client.post(f"{STATUS}/archived").location == home
    assert f'action="{STATUS}/published"' in client.get(home).text
    assert "Publish it again" in client.get(STATUS).text
    assert client.post(f"{STATUS}/nonsense").status_code == 422
    client.post(f"{STATUS}/published")

    with sqlite_story.app.app_context():
        sqlite_story.book("nova", "bexar", "MonA1")
    assert client.post(f"{STATUS}/draft").status_code == 409
    assert "cannot be hidden any more" in client.get(STATUS).text
    assert sqlite_story.client("lena").post(f"{STATUS}/archived").status_code == 403
