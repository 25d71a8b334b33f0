"""The pages of windows: a preview in three zones, one form for several days, asking before."""

import re
from collections.abc import Iterator

import pytest
import time_machine

from tests.support.story import SIGN_UP, Story

WINDOWS = "/events/oct/manage/windows/"
NEW = {
    "code": "D",
    "name": "Dawn",
    "start": "09:00",
    "zone": "UTC",
    "slots": "3",
    "minutes": "60",
    "gap": "0",
    "days": ["2026-10-26", "2026-10-27"],
}
DAYS = [f"2026-10-{day}" for day in range(26, 31)]
LATER = NEW | {"code": "A", "name": "Late", "start": "14:00"}


@pytest.fixture(autouse=True)
def weeks_before() -> Iterator[None]:
    """Nothing has taken place yet."""
    with time_machine.travel(SIGN_UP, tick=False):
        yield


def olga(story: Story):
    client = story.client("olga")
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def codes(story: Story) -> set[str]:
    with story.app.app_context():
        return {slot.code for slot in story.event.slots}


def test_windows_are_listed_in_the_zones_one_asks_for(sqlite_story: Story):
    page = olga(sqlite_story).get(f"{WINDOWS}?in=Asia/Tokyo&in=nonsense").text

    assert "Mon 26 to Fri 30 Oct" in words(page)
    assert "13:00–17:00" in page  # UTC
    assert "22:00–02:00" in page  # the same in Tokyo
    assert "Delete" in page


def test_a_preview_changes_nothing_and_saving_does(sqlite_story: Story):
    client = olga(sqlite_story)
    before = codes(sqlite_story)

    seen = client.get(f"{WINDOWS}new", query_string=NEW | {"in": "Asia/Tokyo"})
    assert seen.status_code == 200
    assert "On Monday 26 October, and likewise on 1 more day:" in words(seen.text)
    assert "18:00–19:00" in seen.text
    asked = client.post(f"{WINDOWS}new", data=NEW | {"check": "1", "start": "16:00"})
    assert "It would overlap MonA, TueA" in asked.text
    assert 'value="Dawn"' in asked.text
    assert codes(sqlite_story) == before

    saved = client.post(f"{WINDOWS}new", data=NEW)
    assert saved.location == WINDOWS
    added = {f"{day}D{number}" for day in ("Mon", "Tue") for number in (1, 2, 3)}
    assert codes(sqlite_story) - before == added


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(sqlite_story: Story):
    wrong = [
        ({"code": "1"}, "A letter, then letters and digits"),
        ({"start": ""}, "Say when it begins"),
        ({"days": []}, "Tick at least one day."),
        ({"days": ["2026-12-24"]}, "days"),
        ({"slots": "0"}, "1 to 100."),
        ({"minutes": "600"}, "24 hours later"),
        ({"start": "16:00"}, "It would overlap the window MonA."),
        ({"code": "A", "start": "10:00"}, "There is already a window MonA here."),
    ]
    client = olga(sqlite_story)
    before = codes(sqlite_story)
    for fields, said in wrong:
        answer = client.post(f"{WINDOWS}new", data=NEW | fields)
        assert answer.status_code in {409, 422}, fields
        assert said in answer.text, fields
        assert 'value="Dawn"' in answer.text
    assert codes(sqlite_story) == before


def test_cutting_anew_asks_before_anything_falls(sqlite_story: Story):
    with sqlite_story.app.app_context():
        falls = sqlite_story.book("nova", "bexar", "MonA1").uid
        stays = sqlite_story.book("cinder", "bexar", "TueA3").uid
    client = olga(sqlite_story)
    address = f"{WINDOWS}MonA"

    asked = client.post(address, data=LATER)
    assert asked.status_code == 409
    assert "1 booking would fall" in asked.text
    assert falls in asked.text
    assert stays not in asked.text
    agreed = LATER | {"agreed": "1", "seen": [falls], "reason": "Too early"}
    for missing in ({}, {"typed": "october"}, {"typed": "oct", "reason": ""}):
        assert client.post(address, data=agreed | missing).status_code == 422
    unseen = client.post(address, data=agreed | {"typed": "oct", "seen": ["x"]})
    assert unseen.status_code == 412
    assert "MonA1" in codes(sqlite_story)

    done = client.post(address, data=agreed | {"typed": "oct"})
    assert done.location == WINDOWS
    with sqlite_story.app.app_context():
        assert not sqlite_story.booking(falls).is_confirmed
        assert sqlite_story.booking(stays).is_confirmed
    assert {"MonA1", "TueA1"}.isdisjoint(codes(sqlite_story))
    assert "WedA1" in codes(sqlite_story)  # was not ticked
    feed = sqlite_story.client().get("/events/oct/calendar.ics").text
    assert "STATUS:CANCELLED" in feed


def test_deleting_names_what_falls_and_needs_the_code_typed(sqlite_story: Story):
    with sqlite_story.app.app_context():
        falls = sqlite_story.book("nova", "bexar", "FriC1").uid
    client = olga(sqlite_story)
    address = f"{WINDOWS}MonC/delete"

    assert falls in client.get(address).text
    some = {"days": ["2026-10-26", "2026-10-27"]}
    shown = client.post(address, data=some | {"check": "1"}).text
    assert "Nothing is booked in them." in shown
    assert client.post(address, data=some).status_code == 422
    assert client.post(address, data=some | {"name": "c"}).location == WINDOWS
    left = {code for code in codes(sqlite_story) if code[3] == "C"}
    assert {code[:3] for code in left} == {"Wed", "Thu", "Fri"}

    untold = {"name": "C", "seen": [falls], "reason": "No night shift"}
    assert "Tick at least one day" in client.post(f"{WINDOWS}WedC/delete", data=untold).text
    gone = untold | {"days": DAYS}
    assert client.post(f"{WINDOWS}WedC/delete", data=gone).location == WINDOWS
    assert not {code for code in codes(sqlite_story) if code[3] == "C"}


def test_an_event_without_windows_says_what_they_are(sqlite_story: Story):
    client = olga(sqlite_story)
    for code in ("A", "B", "C"):
        client.post(f"{WINDOWS}Mon{code}/delete", data={"name": code, "days": DAYS})

    assert "Add the first window" in client.get(WINDOWS).text
    blank = words(client.get(f"{WINDOWS}new").text)
    assert "Give it a letter" not in blank
    assert "On Monday 26 October, and likewise on 4 more days:" in blank
    assert client.get(f"{WINDOWS}MonA").status_code == 404
