"""frab's schedule: valid by its own schemas, and true."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from ptgsched.feeds import frab
from ptgsched.feeds.sessions import Cell, Party, Place, Session
from tests.feeds.conftest import book, release

SCHEMAS = Path(__file__).parents[2].parent / "shared" / "data"
"""Where the project keeps other people's schemas; elsewhere these tests say that they have none."""

NOVA = Party("nova", "Nova", "#336699", 20, "https://pad.example/oct-nova")
BEXAR = Place("bexar", "Bexar", "meetpad", 30)
UID = "0de52d66-2f6d-430e-a31a-742feafb239e"
START = datetime(2026, 10, 26, 21, tzinfo=UTC)


def schema(name: str) -> Path:
    path = SCHEMAS / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path


@pytest.fixture(scope="module")
def judge():
    """Fails unless both forms of a schedule are valid."""
    of_json = json.loads(schema("frab-schedule.schema.json").read_bytes())
    checker = jsonschema.FormatChecker()
    validator = jsonschema.Draft6Validator(of_json, format_checker=checker)
    of_xml = etree.XMLSchema(etree.parse(schema("frab-schedule.xsd")))

    def validate(in_json: bytes, in_xml: bytes) -> None:
        errors = [error.message for error in validator.iter_errors(json.loads(in_json))]
        assert errors == []
        of_xml.assertValid(etree.fromstring(in_xml))

    return validate


def session(**facts):
    values = {
        "number": 1,
        "uid": UID,
        "confirmed": True,
        "sequence": 0,
        "created": START,
        "updated": START,
        "start": START,
        "end": START + timedelta(hours=1),
        "title": "Placement",
        "description": "",
        "team": NOVA,
        "joint": (),
        "room": BEXAR,
        "slots": ("MonC1",),
        "join_url": "https://meet.example/oct-nova",
        "url": f"https://ptg.example/events/oct/bookings/{UID}",
    }
    return Session(**(values | facts))


def conference(*sessions, **facts):
    values = {
        "slug": "oct",
        "title": "October PTG",
        "url": "https://ptg.example/events/oct/",
        "revision": 7,
        "zone": "UTC",
        "starts_on": date(2026, 10, 26),
        "ends_on": date(2026, 10, 30),
        "sessions": sessions,
        "cells": {"MonC1": Cell("MonC1", date(2026, 10, 26), START, START + timedelta(hours=1))},
        "teams": [NOVA],
        "rooms": [BEXAR],
        "room_urls": {"bexar": "https://ptg.example/events/oct/rooms/bexar"},
    }
    return frab.Conference(**(values | facts))


def both(made):
    return frab.to_json(made), frab.to_xml(made)


def test_a_lively_event_is_valid_and_told_in_its_zone(story, reader, judge):
    with story.app.app_context():
        story.set(timezone="America/Denver")
    uid = book(story, "nova", "bexar", "MonC1", "MonC2", title="Placement & <more>")
    joint = book(story, "tc", "austin", "TueA1", with_teams=["cinder"])
    gone = book(story, "cinder", "ballroom", "FriB1")
    release(story, gone)
    in_json = reader.get("/events/oct/schedule.json")
    in_xml = reader.get("/events/oct/schedule.xml")
    judge(in_json.data, in_xml.data)
    assert in_json.mimetype == "application/json"
    assert in_xml.mimetype == "application/xml"

    told = in_json.json["schedule"]["conference"]
    assert told["acronym"] == "oct_"
    assert told["time_zone_name"] == "America/Denver"
    assert told["daysCount"] == 5
    assert told["timeslot_duration"] == "01:00"
    monday = told["days"][0]
    (event,) = monday["rooms"]["Bexar"]
    assert event["guid"] == uid
    assert event["date"] == "2026-10-26T15:00:00-06:00"
    assert (event["start"], event["duration"]) == ("15:00", "02:00")
    assert event["title"] == "Nova: Placement & <more>"
    assert event["track"] == "Nova"
    assert event["slug"] == f"oct_-{event['id']:04}-placement-more"
    assert event["url"] == f"http://localhost/events/oct/bookings/{uid}"
    (other,) = told["days"][1]["rooms"]["Austin"]
    assert other["guid"] == joint
    assert other["subtitle"] == "with Cinder"
    assert gone not in in_json.text + in_xml.text

    xml = etree.fromstring(in_xml.data)
    assert xml.xpath("//event/@guid") == [uid, joint]
    assert xml.xpath("//event/title/text()")[0] == "Nova: Placement & <more>"
    assert xml.xpath("//day[1]/room/@name") == ["Bexar"]


def test_a_session_past_midnight_stays_with_the_day_it_began(story, reader):
    """Monday's third window ends on Tuesday at 01:00 UTC."""
    uid = book(story, "nova", "bexar", "MonC4")
    days = reader.get("/events/oct/schedule.json").json["schedule"]["conference"]["days"]
    (event,) = days[0]["rooms"]["Bexar"]
    assert event["guid"] == uid
    assert event["date"] == "2026-10-27T00:00:00+00:00"
    assert days[0]["day_end"] == "2026-10-27T01:00:00+00:00"


def test_an_event_without_slots_teams_or_bookings_is_valid(judge):
    bare = conference(cells={}, teams=[], rooms=[], room_urls={})
    judge(*both(bare))
    told = json.loads(frab.to_json(bare))["schedule"]["conference"]
    assert told["timeslot_duration"] == "01:00"
    assert told["days"][0]["day_start"] == "2026-10-26T00:00:00+00:00"
    assert told["days"][0]["day_end"] == "2026-10-27T00:00:00+00:00"


@pytest.mark.parametrize(
    "zone",
    ["UTC", "America/Argentina/Buenos_Aires", "US/Pacific", "Etc/GMT+9", "CET", "Asia/Kolkata"],
)
def test_zones_that_the_schema_does_not_know_are_left_out(judge, zone):
    made = conference(session(), zone=zone)
    judge(*both(made))


@pytest.mark.parametrize("slug", ["3rd-party", "x", "nova", "api-sig"])
def test_a_track_begins_with_a_letter(judge, slug):
    team = NOVA._replace(slug=slug)
    made = conference(session(team=team, title="日本"), teams=[team])
    judge(*both(made))
    track = json.loads(frab.to_json(made))["schedule"]["conference"]["tracks"][0]["slug"]
    assert track[0].isalpha()
    assert track.endswith(slug)


def test_the_step_divides_every_slot(judge):
    start = datetime(2026, 10, 26, 9, tzinfo=UTC)
    lengths = {"MonA1": 105, "MonA2": 60}
    cells = {
        code: Cell(code, date(2026, 10, 26), start, start + timedelta(minutes=minutes))
        for code, minutes in lengths.items()
    }
    made = conference(session(slots=("MonA1",)), cells=cells)
    judge(*both(made))
    told = json.loads(frab.to_json(made))["schedule"]["conference"]
    assert told["timeslot_duration"] == "00:15"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(
        st.one_of(
            st.characters(exclude_categories=["Cs"]),
            st.sampled_from("<>&\"'\x00\x0b\x1f\ufffe\uffff]]>\n"),
        ),
        max_size=60,
    ),
    slug=st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True),
)
def test_any_text_makes_a_valid_schedule(judge, text, slug):
    team = NOVA._replace(name=text, slug=slug, color=text)
    room = Place(slug, text, "zoom", None)
    asked = session(team=team, joint=(team,), room=room, title=text, description=text)
    made = conference(
        asked,
        slug=slug,
        title=text,
        teams=[team],
        rooms=[room],
        room_urls={slug: f"https://ptg.example/rooms/{slug}"},
    )
    judge(*both(made))


def test_a_change_of_anything_makes_another_version(story, reader):
    book(story, "nova", "bexar", "MonA1")
    first = reader.get("/events/oct/schedule.json").json["schedule"]["version"]
    book(story, "cinder", "austin", "MonA1")
    assert reader.get("/events/oct/schedule.json").json["schedule"]["version"] != first
