"""In and out again: the databases of a real PTG cell by cell, and whatever else can be written."""

import itertools
import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ptgsched.db import db
from ptgsched.feeds.ptgbot import WEEKDAYS
from ptgsched.schedule.models import Booking, Change
from ptgsched.text import clean_line
from tests.feeds.ptgbot_files import AT, MONDAY, cells, event_of, exported, real, take
from tests.support.queries import counted_queries

DENVER = {"start": date(2020, 6, 1), "timezone": "America/Denver"}
KEPT = ("eventid", "voice", "links", "motd", "now", "next", "etherpads", "urls", "colors", "tracks")


@pytest.mark.parametrize("name", ["ptgbot-base.json", "ptgbot-virtual.json"])
def test_a_real_database_comes_out_with_the_same_cells(app, name):
    content = real(name)
    data = json.loads(content)

    taken = take(app, content, **DENVER)

    assert (taken.tracks, taken.rooms, taken.slots, taken.cells) == (44, 23, 20, 356)
    out = exported(app)
    assert cells(out) == cells(data)
    assert sum(1 for track in cells(out).values() if track) == 356
    assert {key: out[key] for key in KEPT} == {key: data[key] for key in KEPT}
    assert list(out["schedule"]) == list(data["schedule"])
    for room, facts in data["schedule"].items():
        texts = {key: text for key, text in facts.items() if (room, key) not in cells(data)}
        assert texts.items() <= out["schedule"][room].items()


@pytest.mark.parametrize("name", ["ptgbot-base.json", "ptgbot-virtual.json"])
def test_a_real_database_changes_nothing_the_second_time(app, name):
    content = real(name)
    take(app, content, **DENVER)
    before = exported(app)

    taken = take(app, content, **(DENVER | {"at": AT + timedelta(days=1)}))

    assert (taken.changed, taken.cells) == (False, 356)
    assert exported(app) == before
    with app.app_context():
        bookings = db.session.query(Booking).count()
        assert event_of().schedule_revision == 1
        assert event_of().cursor == db.session.query(Change).count() == bookings
        assert bookings < 356


def test_the_base_database_has_local_hours_and_a_stray_instant(app):
    taken = take(app, real("ptgbot-base.json"), **DENVER)

    monday = exported(app)["slots"]["Monday"]
    assert taken.remarks == ("realtime of MonA1 is not believed: the other slots have none",)
    assert monday[0] == {
        "name": "MonA1",
        "desc": "09:00-10:45",
        "realtime": "2020-06-01T15:00:00Z",
        "duration": 105,
    }


def test_local_hours_are_the_same_when_denvers_clocks_have_changed(app):
    summer = take(app, real("ptgbot-base.json"), **DENVER)
    winter = take(
        app,
        real("ptgbot-base.json"),
        slug="winter",
        start=date(2020, 11, 2),
        timezone="America/Denver",
    )

    before, after = exported(app)["slots"], exported(app, "winter")["slots"]
    assert (summer.cells, winter.cells) == (356, 356)
    assert [slot["desc"] for slot in before["Friday"]] == [slot["desc"] for slot in after["Friday"]]
    assert before["Friday"][0]["realtime"] == "2020-06-05T15:00:00Z"
    assert after["Friday"][0]["realtime"] == "2020-11-06T16:00:00Z"


def test_the_virtual_database_has_instants_and_hours_that_agree_in_utc(app):
    taken = take(app, real("ptgbot-virtual.json"), start=date(2020, 6, 1))

    assert taken.remarks == ()
    assert exported(app)["slots"]["Friday"][-1] == {
        "name": "FriP2",
        "desc": "15:15-17:00",
        "realtime": "2020-06-05T15:15:00Z",
        "duration": 105,
    }


def test_a_real_database_is_in_without_reading_row_by_row(app):
    content = real("ptgbot-base.json")

    with counted_queries() as statements:
        take(app, content, **DENVER)

    reads = [statement for statement in statements if statement.startswith("SELECT")]
    assert len(reads) < 15


# Any database ------------------------------------------------------------------------------------

NAMES = st.text(min_size=1, max_size=12).map(clean_line).filter(bool)
DAYS = (0, 1, 4)  # Monday, Tuesday, Friday
TRACKS = st.lists(
    st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?", fullmatch=True), unique=True
)


@st.composite
def databases(draw: st.DrawFn) -> dict[str, Any]:
    """A small database: some weekdays in order, hours on the half hour, any names."""
    days = draw(st.lists(st.sampled_from(DAYS), min_size=1, unique=True).map(sorted))
    halves = draw(st.lists(st.integers(0, 46), min_size=1, max_size=4, unique=True).map(sorted))
    length = draw(st.sampled_from([15, 30]))
    slots = {
        WEEKDAYS[day]: [
            {
                "name": f"{WEEKDAYS[day][:3]}{draw(st.sampled_from('AB'))}{number}",
                "desc": f"{_clock(half * 30)}-{_clock(half * 30 + length)}",
            }
            for number, half in enumerate(halves)
        ]
        for day in days
    }
    codes = [slot["name"] for day in slots.values() for slot in day]
    tracks = draw(TRACKS)
    holders = st.sampled_from(["", *tracks])
    offered = st.lists(st.sampled_from(codes), unique=True)
    schedule = {
        name: {code: draw(holders) for code in draw(offered)}
        for name in draw(st.lists(NAMES, max_size=4, unique=True))
    }
    return {"eventid": "any", "slots": slots, "tracks": tracks, "schedule": schedule}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


SLUGS = (f"e{number}" for number in itertools.count())


@given(data=databases())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_goes_in_comes_out(sqlite_app: Flask, data: dict[str, Any]):
    start = MONDAY + timedelta(days=WEEKDAYS.index(next(iter(data["slots"]))))
    slug, copy = next(SLUGS), next(SLUGS)

    first = take(sqlite_app, data, slug=slug, start=start, timezone="America/New_York")
    out = exported(sqlite_app, slug)
    again = take(sqlite_app, out, slug=slug, start=start)
    elsewhere = take(sqlite_app, out, slug=copy, start=start, timezone="America/New_York")

    assert first.remarks == again.remarks == elsewhere.remarks == ()
    assert cells(exported(sqlite_app, copy)) == cells(out) == cells(data)
    assert out["tracks"] == sorted(data["tracks"])
    assert again.changed is False
