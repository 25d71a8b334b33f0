"""The room assignments: one line for each held slot, safe in a spreadsheet."""

import csv
import io

import pytest

from tests.feeds.conftest import book, release
from tests.support.story import ORGANIZER, PASSCODE

CSV = "/events/oct/rooms.csv"
JSON = "/events/oct/rooms.json"


def lines_of(answer):
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_who_meets_where_slot_by_slot(story, reader):
    with story.app.app_context():
        story.set(timezone="Asia/Tokyo")
    joint = book(
        story, "nova", "austin", "MonC3", "MonC4", title="Placement", with_teams=["cinder"]
    )
    book(story, "tc", "bexar", "MonC4", actor=ORGANIZER)
    release(story, book(story, "neutron", "ballroom", "MonA1", actor=ORGANIZER))

    answer = reader.get(CSV)
    assert answer.mimetype == "text/csv"
    lines = lines_of(answer)
    assert [(line["slot"], line["room"], line["team"]) for line in lines] == [
        ("MonC3", "Austin", "Nova"),
        ("MonC4", "Bexar", "Technical Committee"),
        ("MonC4", "Austin", "Nova"),
    ]
    assert lines[2] == {
        "day": "2026-10-26",
        "slot": "MonC4",
        "room": "Austin",
        "team": "Nova",
        "title": "Placement",
        "start_utc": "2026-10-27T00:00:00Z",
        "end_utc": "2026-10-27T01:00:00Z",
        "start_local": "2026-10-27T09:00:00+09:00",
        "end_local": "2026-10-27T10:00:00+09:00",
        "timezone": "Asia/Tokyo",
        "capacity": "100",
        "expected_attendance": "",
        "link": "http://localhost/events/oct/rooms/austin/join",
        "with_teams": "cinder",
        "room_slug": "austin",
        "team_slug": "nova",
        "uid": joint,
    }
    assert PASSCODE not in answer.text


def test_json_has_the_same_lines_with_their_types(story, reader):
    with story.app.app_context():
        story.team("nova").expected_attendance = 20
        story.team("cinder").expected_attendance = 5
        story.set()
    uid = book(story, "nova", "bexar", "MonA1", with_teams=["cinder", "tc"])
    answer = reader.get(JSON)
    assert answer.mimetype == "application/json"
    (line,) = answer.json
    assert line["capacity"] == 30
    assert line["expected_attendance"] == 25
    assert line["with_teams"] == ["cinder", "tc"]
    assert line["uid"] == uid
    (in_csv,) = lines_of(reader.get(CSV))
    assert {key: str(line[key]) for key in ("day", "slot", "start_utc", "capacity", "link")} == {
        key: in_csv[key] for key in ("day", "slot", "start_utc", "capacity", "link")
    }


@pytest.mark.parametrize("title", ["=1+1", "+49", "-2", "@SUM(A1)", '=HYPERLINK("https://x")'])
def test_no_title_becomes_a_formula(story, reader, title):
    book(story, "nova", "bexar", "MonA1", title=title)
    (line,) = lines_of(reader.get(CSV))
    assert line["title"] == f"'{title}"
    assert reader.get(JSON).json[0]["title"] == title


def test_a_title_keeps_its_commas_and_quotes(story, reader):
    title = 'Cells, "v2"; more'
    book(story, "nova", "bexar", "MonA1", title=title)
    (line,) = lines_of(reader.get(CSV))
    assert line["title"] == title


def test_an_event_without_bookings_has_a_heading_alone(reader):
    assert lines_of(reader.get(CSV)) == []
    assert reader.get(CSV).text.startswith("day,slot,room,team,title,")
    assert reader.get(JSON).json == []
