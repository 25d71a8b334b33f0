"""A booking as JSON: the keys of the contract, and nothing that must stay inside."""

import json
from datetime import UTC, datetime, timedelta, timezone

from ptgsched.db import db
from ptgsched.schedule import operations
from ptgsched.schedule.shapes import booking_facts, booking_shape, rfc3339, with_links
from ptgsched.teams.models import Team
from ptgsched.web.links import Links
from tests.support.database import migrate
from tests.support.story import LEAD, PASSCODE, SIGN_UP, Story

LINKS = Links("https://ptg.example", "https://pads.example/p", "https://meet.example")
CONTRACT = {
    "uid",
    "event",
    "team",
    "with_teams",
    "room",
    "slots",
    "start",
    "end",
    "title",
    "description",
    "status",
    "sequence",
    "created",
    "updated",
    "join_url",
    "etherpad_url",
    "url",
}


def test_instants_are_utc_to_the_second():
    kolkata = timezone(timedelta(hours=5, minutes=30))
    evening = datetime(2026, 10, 26, 18, 30, 15, 999999, tzinfo=kolkata)

    assert rfc3339(evening) == "2026-10-26T13:00:15Z"
    assert rfc3339(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00Z"


def test_the_shape_is_the_contracts(scene):
    booking = scene.book(
        "nova", "bexar", "MonC3", "MonC4", with_teams=["cinder"], title="Cells", description="v2"
    )

    shape = booking_shape(booking, LINKS, scene.event)

    assert set(shape) == CONTRACT
    assert shape == {
        "uid": booking.uid,
        "event": "oct",
        "team": "nova",
        "with_teams": ["cinder"],
        "room": "bexar",
        "slots": ["MonC3", "MonC4"],
        "start": "2026-10-26T23:00:00Z",
        "end": "2026-10-27T01:00:00Z",
        "title": "Cells",
        "description": "v2",
        "status": "confirmed",
        "sequence": 0,
        "created": "2026-10-01T12:00:00Z",
        "updated": "2026-10-01T12:00:00Z",
        "join_url": "https://meet.example/oct-nova",
        "etherpad_url": "https://pads.example/p/oct-nova",
        "url": f"https://ptg.example/events/oct/bookings/{booking.uid}",
    }


def test_a_released_booking_keeps_its_place_in_words(scene):
    booking = scene.book("nova", "austin", "MonA1")
    operations.release(scene.event, booking, actor=LEAD, at=SIGN_UP + timedelta(hours=1))

    facts = booking_facts(booking)

    assert (facts["status"], facts["sequence"]) == ("cancelled", 1)
    assert (facts["room"], facts["slots"]) == ("austin", ["MonA1"])
    assert facts["updated"] == "2026-10-01T13:00:00Z"


def test_a_passcode_is_in_no_shape_and_no_journal(scene):
    booking = scene.book("nova", "austin", "MonA1")

    shape = booking_shape(booking, LINKS, scene.event)

    assert shape["join_url"] == "https://ptg.example/events/oct/rooms/austin/join"
    assert PASSCODE not in json.dumps([shape, *(line.after for line in scene.journal())])


def test_the_journal_outlives_teams_and_rooms(scene):
    """A change is read years later, when its room is gone: facts stay, links are null."""
    booking = scene.book("nova", "bexar", "MonA1")
    facts = booking_facts(booking)
    teams, rooms = {"nova": booking.team}, {"bexar": booking.room}

    whole = with_links(facts, LINKS, scene.event, teams, rooms)
    assert whole == booking_shape(booking, LINKS, scene.event)

    bare = with_links(facts, LINKS, scene.event, {}, {})
    assert bare == whole | {"join_url": None, "etherpad_url": None}


def test_a_database_that_sorts_like_a_dictionary_changes_nothing(postgres, make_app, tmp_path):
    url = postgres.url(postgres.create(locale="en-US-u-ka-shifted"))  # passes over hyphens
    migrate(url, tmp_path / "migrated")
    story = Story.begin(make_app(url))
    with story.app.app_context():
        joint = ["ab-c", "abb"]
        db.session.add_all(Team(event=story.event, slug=slug, name=slug) for slug in joint)
        db.session.commit()
        booking = story.book("nova", "bexar", "MonA1", with_teams=joint)
        db.session.expire_all()
        assert [team.slug for team in booking.with_teams] == ["abb", "ab-c"]
        assert booking_facts(booking)["with_teams"] == joint

        same = [story.team(slug) for slug in joint]
        operations.change(story.event, booking, with_teams=same, actor=LEAD, at=SIGN_UP)

        assert booking.sequence == 0
