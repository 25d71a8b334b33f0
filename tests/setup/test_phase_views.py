"""Phases on a time line, their undo, and what a team could do at a moment of choice."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from tests.support.story import SIGN_UP, Story

PHASES = "/events/oct/manage/phases/"
TRY = f"{PHASES}try"
FIELDS = {
    "name": "Horizontal first",
    "kinds": "horizontal",
    "opens_at": "2026-09-28T18:00",
    "closes_at": "",
    "zone": "Europe/Berlin",
    "max_hours_per_day": "4",
    "max_hours_total": "16",
}


@pytest.fixture(autouse=True)
def weeks_before() -> Iterator[None]:
    """Before the event; phases open around this moment."""
    with time_machine.travel(SIGN_UP, tick=False):
        yield


def olga(story: Story):
    client = story.client("olga")
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


def mark(page: str) -> str:
    found = re.search(r'name="mark"[^>]*value="(\w+)"', page)
    assert found is not None
    return found[1]


def names(story: Story) -> list[str]:
    with story.app.app_context():
        return [phase.name for phase in story.event.phases]


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_the_usual_phases_are_planned_at_once_and_taken_back(sqlite_story: Story):
    client = olga(sqlite_story)
    assert "Plan the usual three" in client.get(PHASES).text
    given = {"opens_at": "2026-09-28T16:00", "zone": "UTC"}

    assert client.post(f"{PHASES}usual", data=given).location == PHASES
    assert names(sqlite_story) == ["Horizontal teams", "All teams", "Without caps"]
    page = client.get(PHASES).text
    assert "Mon 28 Sep 2026 16:00 UTC" in page
    assert "<svg" in page
    undo = re.search(r'action="(/events/oct/manage/undo/\d+)"', page)
    assert undo is not None
    assert client.post(undo[1]).location == PHASES
    assert names(sqlite_story) == []
    assert client.post(undo[1]).status_code == 412  # it was changed since: taken back
    for wrong in ({"opens_at": ""}, {"opens_at": "soon"}, {"zone": "Mars/Olympus"}):
        assert client.post(f"{PHASES}usual", data=given | wrong).status_code == 422
    assert names(sqlite_story) == []


def test_a_phase_is_typed_in_local_time_and_kept_in_order(sqlite_story: Story):
    client = olga(sqlite_story)
    client.post(f"{PHASES}usual", data={"opens_at": "2026-10-05T16:00", "zone": "UTC"})

    seen = client.get(f"{PHASES}new", query_string=FIELDS | {"in": "Asia/Tokyo"})
    assert "Tue 29 Sep 01:00" in words(seen.text)  # in Tokyo
    assert "Opened 3 days ago." in words(seen.text)
    form = FIELDS | {"mark": mark(seen.text)}
    assert client.post(f"{PHASES}new", data=form).location == PHASES

    assert names(sqlite_story)[0] == "Horizontal first"
    with sqlite_story.app.app_context():
        first = sqlite_story.event.phases[0]
        assert first.opens_at == datetime(2026, 9, 28, 16, tzinfo=UTC)
        assert first.team_kinds == ["horizontal"]
    assert 'value="16"' in client.get(f"{PHASES}2").text
    stale = client.post(f"{PHASES}2", data=form | {"name": "Late"})
    assert stale.status_code == 412
    assert 'value="Late"' in stale.text
    again = form | {"name": "Late", "mark": mark(stale.text)}
    assert client.post(f"{PHASES}2", data=again).location == PHASES
    assert "Late" in names(sqlite_story)


def test_what_is_wrong_with_a_phase_stands_at_its_field(sqlite_story: Story):
    client = olga(sqlite_story)
    form = FIELDS | {"mark": mark(client.get(f"{PHASES}new").text)}
    for fields, said in (
        ({"name": ""}, "Give it a name"),
        ({"opens_at": ""}, "Say when it opens."),
        ({"opens_at": "2026-10-25T02:30"}, "happens twice in Europe/Berlin"),
        ({"opens_at": "2026-03-29T02:30"}, "does not exist in Europe/Berlin"),
        ({"closes_at": "2026-09-01T12:00"}, "“Horizontal first” closes before it opens."),
        ({"max_hours_per_day": "-1"}, "Hours, from 0 on."),
    ):
        answer = client.post(f"{PHASES}new", data=form | fields)
        assert answer.status_code == 422, fields
        assert said in answer.text
        assert 'value="16' in answer.text
    assert names(sqlite_story) == []


def test_a_phase_is_deleted_and_comes_back(sqlite_story: Story):
    client = olga(sqlite_story)
    client.post(f"{PHASES}usual", data={"opens_at": "2026-10-05T16:00", "zone": "UTC"})
    page = client.get(PHASES).text

    assert client.post(f"{PHASES}2/delete", data={"mark": "other"}).status_code == 412
    assert client.post(f"{PHASES}2/delete", data={"mark": mark(page)}).location == PHASES
    assert names(sqlite_story) == ["Horizontal teams", "Without caps"]
    undo = re.search(r'action="(/events/oct/manage/undo/\d+)"', client.get(PHASES).text)
    assert undo is not None
    client.post(undo[1])
    assert names(sqlite_story) == ["Horizontal teams", "All teams", "Without caps"]
    assert client.post(f"{PHASES}9/delete").status_code == 404
    assert client.get(f"{PHASES}9").status_code == 404
    assert sqlite_story.client("lena").post(undo[1]).status_code == 403


def test_a_dry_run_says_what_a_team_could_do_then_and_books_nothing(sqlite_story: Story):
    client = olga(sqlite_story)
    client.post(f"{PHASES}usual", data={"opens_at": "2026-10-05T16:00", "zone": "UTC"})
    with sqlite_story.app.app_context():
        for window in "ABC":
            sqlite_story.book("tc", "bexar", f"Mon{window}1", override="Set by hand")
        sqlite_story.book("tc", "bexar", "MonA2", override="Set by hand")
        marks = sqlite_story.marks()

    def tried(team: str, moment: str) -> str:
        asked = {"team": team, "moment": moment, "zone": "UTC"}
        return words(client.get(TRY, query_string=asked).text)

    assert "No phase is open for horizontal teams then" in tried("tc", "2026-10-05T15:59")
    early = tried("tc", "2026-10-05T16:00")
    assert "“Horizontal teams” rules: 4 h a day, 16 h in all." in early
    assert "It could book 48 of 60 slots , and holds 4 h of 16 h." in early
    assert "Mon 26 Oct 4 h of 4 h" in early
    assert "day full" in early
    assert "“All teams” opens" in tried("nova", "2026-10-05T16:00")
    assert "It could book 60 of 60 slots" in tried("nova", "2026-10-20T12:00")
    assert " 23:00 3 rooms Tue 00:00 3 rooms " in tried("nova", "2026-10-20T12:00")
    assert "happens twice" not in tried("nova", "nonsense")
    with sqlite_story.app.app_context():
        assert sqlite_story.marks() == marks
