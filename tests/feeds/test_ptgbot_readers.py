"""ptgbot's own page and bot work from our ptg.json: what they look up, as they look it up.

They fetch ptg.json and index it without asking first, so a key that is missing ends them.
"""

import json
from datetime import UTC, datetime
from typing import Any

from ptgsched.db import db
from tests.feeds.conftest import book
from tests.feeds.ptgbot_files import LINKS, REAL, exported, real, take
from tests.feeds.test_ptgbot import say

MONDAY_NOON = datetime(2026, 10, 26, 13, 10, tzinfo=UTC)


def way_in(data: dict[str, Any], track: str) -> str | None:
    """Where the badge of a track leads on their page: its own address, else its room's."""
    room = data["schedule"].get(data["location"].get(track), {})
    return data["urls"].get(track) or room.get("url")


def read_as_their_page_does(data: dict[str, Any]) -> dict[str, Any]:
    """What their page shows; raises where their scripts would stop."""
    people: dict[str, list[str]] = {}
    for person in data["last_check_in"].values():
        if person["location"] and person["in"] and not person["out"]:
            people.setdefault(person["location"], []).append(person["nick"])
    grid = {}
    for times in data["slots"].values():
        for time in times:
            datetime.fromisoformat(time["realtime"])
            assert time["duration"] > 0
            assert time["desc"]
            for room in data["schedule"]:
                cell = data["schedule"][room].get(time["name"])
                if cell:
                    grid[room, time["name"]] = (cell, people.get(f"#{cell}", []))
    return {
        "motd": [(message["level"], message["message"]) for message in data["motd"]],
        "now": {track: data["now"][track] for track in data["tracks"] if track in data["now"]},
        "next": {track: data["next"][track] for track in data["tracks"] if track in data["next"]},
        "colors": {f".{track}": color for track, color in data["colors"].items()},
        "pads": [
            data["etherpads"].get(t) or f"https://etherpad.opendev.org/p/{data['eventid']}-{t}"
            for t in data["tracks"]
        ],
        "links": list(data["links"].values()),
        "refreshed": datetime.fromisoformat(f"{data['timestamp']}+00:00"),
        "grid": grid,
    }


def test_their_page_shows_what_is_posted_here(story, reader, clock):
    with story.app.app_context():
        story.team("nova").color = "#27a3dd"
        story.set(links={"Map": "https://map.example/"})
    book(story, "nova", "austin", "MonA1", "MonA2")
    book(story, "cinder", "bexar", "MonA1", "MonA2")
    clock.move_to(MONDAY_NOON)
    say(story, "#nova now Placement #cinder", "#cinder next Backups", "~motd add info Welcome")
    say(story, "#cinder now Volumes", "#cinder next Quotas")
    say(story, "#in #nova", "#share on", nick="Lena")

    data = reader.get("/events/oct/ptg.json").get_json()
    page = read_as_their_page_does(data)

    assert page["motd"] == [("info", "Welcome")]
    assert page["now"] == {"cinder": "Volumes", "nova": "Placement #cinder"}
    assert page["next"] == {"cinder": ["Quotas"]}
    assert page["colors"] == {".nova": "#27a3dd"}
    assert page["pads"][2] == "https://etherpad.opendev.org/p/oct-nova"
    assert page["links"] == ["https://map.example/"]
    assert page["grid"]["Austin", "MonA2"] == ("nova", ["Lena"])
    assert page["refreshed"] == MONDAY_NOON
    assert data["location"] == {"nova": "Austin", "cinder": "Bexar"}
    assert way_in(data, "nova") == "http://localhost/events/oct/rooms/austin/join"
    assert way_in(data, "cinder") == "https://meetpad.opendev.org/oct-cinder"  # as everywhere here


def test_their_page_reads_a_real_event_that_came_in(sqlite_app):
    for name in ("ptgbot-base.json", "ptgbot-virtual.json"):
        slug = name.removesuffix(".json")
        theirs = json.loads(real(name))
        start = datetime(2020, 6, 1, tzinfo=UTC).date()
        take(sqlite_app, real(name), slug=slug, start=start, timezone="America/Denver")
        page = read_as_their_page_does(exported(sqlite_app, slug))
        assert len(page["grid"]) == 356
        assert page["links"] == list(theirs["links"].values())
    assert REAL.exists()


def test_a_call_by_rule_is_no_news_to_an_import(app):
    """Our own ptg.json comes back into the event it is of, and changes nothing."""
    take(app, _meetpad())
    with app.app_context():
        out = json.loads(json.dumps(exported(app)))
        db.session.remove()
    assert out["urls"] == {}
    out["urls"] = {"nova": f"{LINKS.meetpad_base}/oct2026-nova"}

    taken = take(app, out)

    assert (taken.changed, taken.remarks) == (False, ())


def _meetpad() -> dict[str, Any]:
    return {
        "eventid": "oct2026",
        "slots": {"Monday": [{"name": "MonA1", "desc": "09:00-10:00"}]},
        "tracks": ["nova"],
        "schedule": {"Bexar": {"MonA1": "nova"}},
    }
