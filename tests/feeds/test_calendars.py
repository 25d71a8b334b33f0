"""What each calendar holds over a session's life: booked, joined, moved, released, over."""

from datetime import UTC, datetime, timedelta

import pytest

from ptgsched.db import db
from ptgsched.schedule import operations
from ptgsched.schedule.journal import door
from tests.feeds.conftest import (
    A_WEEK_BEFORE,
    CALENDAR,
    DOCUMENTS,
    NOVA,
    book,
    calendar_of,
    change,
    events_of,
    release,
)
from tests.support.queries import counted_queries
from tests.support.story import LEAD, ORGANIZER, PASSCODE

CINDER = "/events/oct/teams/cinder.ics"
BEXAR = "/events/oct/rooms/bexar.ics"
AUSTIN = "/events/oct/rooms/austin.ics"
OPENSTACK = "/events/oct/projects/openstack.ics"


def test_a_booking_appears_where_it_belongs(story, reader):
    nova = book(story, "nova", "bexar", "MonA1", "MonA2", title="Placement")
    tc = book(story, "tc", "austin", "TueA1")

    assert set(events_of(reader.get(CALENDAR))) == {nova, tc}
    assert set(events_of(reader.get(NOVA))) == {nova}
    assert set(events_of(reader.get(CINDER))) == set()
    assert set(events_of(reader.get(BEXAR))) == {nova}
    assert set(events_of(reader.get(AUSTIN))) == {tc}
    assert set(events_of(reader.get(OPENSTACK))) == {nova}

    event = events_of(reader.get(NOVA))[nova]
    assert event["SUMMARY"] == "Nova: Placement"
    assert event["LOCATION"] == "Bexar"
    assert event["SEQUENCE"] == 0
    assert event["DTSTART"].dt == datetime(2026, 10, 26, 13, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 10, 26, 15, tzinfo=UTC)
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == A_WEEK_BEFORE
    assert event["URL"] == f"http://localhost/events/oct/bookings/{nova}"


def test_calendars_are_named_and_lead_to_their_pages(story, reader):
    named = {
        CALENDAR: ("October PTG", "/events/oct/"),
        NOVA: ("Nova · October PTG", "/events/oct/teams/nova"),
        BEXAR: ("Bexar · October PTG", "/events/oct/rooms/bexar"),
        OPENSTACK: ("OpenStack · October PTG", "/events/oct/?project=openstack"),
    }
    for path, (name, page) in named.items():
        calendar = calendar_of(reader.get(path))
        assert calendar["X-WR-CALNAME"] == name
        assert calendar["URL"] == f"http://localhost{page}"
        assert calendar["SOURCE"] == f"http://localhost{path}"


def test_a_joint_session_is_in_the_calendars_of_all_who_join(story, reader):
    uid = book(story, "tc", "bexar", "MonA1", with_teams=["nova", "cinder"], title="Goals")
    for path in (CALENDAR, NOVA, CINDER, OPENSTACK, "/events/oct/teams/tc.ics"):
        event = events_of(reader.get(path))[uid]
        assert event["SUMMARY"] == "Technical Committee: Goals"
        assert [str(name) for name in event["CATEGORIES"].cats] == [
            "Technical Committee",
            "Cinder",
            "Nova",
        ]

    change(story, uid, with_teams=["cinder"])
    assert uid not in events_of(reader.get(NOVA))
    assert uid in events_of(reader.get(CINDER))


def test_a_moved_session_keeps_its_uid_and_counts_up(story, reader):
    uid = book(story, "nova", "bexar", "MonA1")
    before = reader.get(NOVA)
    moved_at = A_WEEK_BEFORE + timedelta(minutes=5)

    change(story, uid, slots=["TueB2"], room="austin", at=moved_at)

    after = reader.get(NOVA)
    assert after.data != before.data
    (event,) = events_of(after).values()
    assert event["UID"] == uid
    assert event["SEQUENCE"] == 1
    assert event["DTSTART"].dt == datetime(2026, 10, 27, 6, tzinfo=UTC)
    assert event["LOCATION"] == "Austin"
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == moved_at
    assert event["CREATED"].dt == A_WEEK_BEFORE
    assert calendar_of(after)["LAST-MODIFIED"].dt == moved_at
    # It left the room's calendar: that shows what belongs there now.
    assert set(events_of(reader.get(BEXAR))) == set()
    assert set(events_of(reader.get(AUSTIN))) == {uid}


@pytest.mark.parametrize(
    ("changes", "shown"),
    [({"title": "Cells"}, "Nova: Cells"), ({"description": "Bring the spec."}, "Bring the spec.")],
)
def test_every_change_that_shows_raises_the_sequence(story, reader, changes, shown):
    uid = book(story, "nova", "bexar", "MonA1")
    change(story, uid, **changes)
    event = events_of(reader.get(NOVA))[uid]
    assert event["SEQUENCE"] == 1
    assert shown in event["SUMMARY"] + event["DESCRIPTION"]


def test_a_released_session_is_cancelled_until_a_day_after_its_end(story, reader, clock):
    gone = book(story, "nova", "bexar", "MonA1", title="Placement")
    kept = book(story, "nova", "bexar", "TueA1")
    release(story, gone)

    event = events_of(reader.get(NOVA))[gone]
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] == 1
    assert event["SUMMARY"] == "Nova: Placement"
    assert event["LOCATION"] == "Bexar"
    assert event["DTSTART"].dt == datetime(2026, 10, 26, 13, tzinfo=UTC)
    assert set(events_of(reader.get(NOVA + "?cancelled=0"))) == {kept}

    end = datetime(2026, 10, 26, 14, tzinfo=UTC)
    clock.move_to(end + timedelta(hours=24, seconds=-1), tick=False)
    last = reader.get(NOVA)
    assert set(events_of(last)) == {gone, kept}

    # Nothing was changed, and yet both the bytes and the validators have to be others.
    clock.move_to(end + timedelta(hours=24), tick=False)
    later = reader.get(NOVA, headers={"If-None-Match": last.headers["ETag"]})
    assert set(events_of(later)) == {kept}
    since = {"If-Modified-Since": last.headers["Last-Modified"]}
    assert reader.get(NOVA, headers=since).status_code == 200


def test_a_restored_session_counts_on(story, reader):
    uid = book(story, "nova", "bexar", "MonA1")
    release(story, uid)
    with story.app.app_context():
        operations.restore(story.event, story.booking(uid), actor=LEAD, at=A_WEEK_BEFORE)
        db.session.commit()
    event = events_of(reader.get(NOVA))[uid]
    assert event["STATUS"] == "CONFIRMED"
    assert event["SEQUENCE"] == 2
    assert "CONFERENCE" in event


def test_a_renamed_room_and_team_are_told_at_once(story, reader):
    uid = book(story, "nova", "bexar", "MonA1")
    assert events_of(reader.get(NOVA))[uid]["LOCATION"] == "Bexar"
    with story.app.app_context():
        with door(story.event, actor=ORGANIZER, at=A_WEEK_BEFORE) as journal:
            story.room("bexar").name = "Bexar Hall"
            story.team("nova").etherpad_url = "https://pad.example/nova"
            journal.append("room.updated", subject="bexar")
        db.session.commit()
    event = events_of(reader.get(NOVA))[uid]
    assert event["LOCATION"] == "Bexar Hall"
    assert "https://pad.example/nova" in event["DESCRIPTION"]


def test_no_passcode_is_ever_told(story, reader):
    uid = book(story, "nova", "austin", "MonA1")
    for path in DOCUMENTS:
        assert PASSCODE not in reader.get(path).text, path
    event = events_of(reader.get(NOVA))[uid]
    assert event["CONFERENCE"] == "http://localhost/events/oct/rooms/austin/join"


def test_local_hours_are_those_of_the_events_zone(story, reader):
    with story.app.app_context():
        story.set(timezone="America/Denver")
    uid = book(story, "nova", "bexar", "MonA1", "MonA2")
    said = events_of(reader.get(NOVA))[uid]["DESCRIPTION"]
    assert "Mon 26 Oct 07:00-09:00 America/Denver\nMon 26 Oct 13:00-15:00 UTC" in said


def test_other_teams_changes_leave_a_calendar_as_it_is(story, reader):
    book(story, "nova", "bexar", "MonA1")
    first = reader.get(NOVA)
    book(story, "cinder", "austin", "MonA1", actor=ORGANIZER)
    again = reader.get(NOVA, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert reader.get(NOVA).data == first.data


@pytest.mark.parametrize(
    "path",
    [
        "/events/none/calendar.ics",
        "/events/oct/teams/none.ics",
        "/events/oct/rooms/none.ics",
        "/events/oct/projects/none.ics",
        "/events/none/schedule.json",
        "/events/none/ptg.json",
    ],
)
def test_what_does_not_exist_is_404_and_never_an_empty_calendar(reader, path):
    answer = reader.get(path)
    assert answer.status_code == 404
    assert "BEGIN:VCALENDAR" not in answer.text


def test_a_team_without_bookings_has_an_empty_calendar(reader):
    assert events_of(reader.get(NOVA)) == {}


def test_a_draft_has_no_feeds_not_even_those_from_the_cache(story, reader):
    organizer = story.client("olga")
    for status, answer in (("published", 200), ("draft", 404), ("archived", 200)):
        with story.app.app_context():
            story.set(status=status)
        for path in DOCUMENTS:
            assert reader.get(path).status_code == answer, (status, path)
            assert organizer.get(path).status_code == answer, (status, path)


def test_a_document_costs_as_many_queries_for_thirty_bookings_as_for_one(story, reader):
    book(story, "nova", "bexar", "MonA1", with_teams=["cinder"])
    for_one = {path: len(queries_of(reader, path)) for path in DOCUMENTS}
    assert max(for_one.values()) <= 12, for_one
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri"):
        for window in "AB":
            for number in (2, 3, 4):
                book(story, "nova", "bexar", f"{day}{window}{number}", with_teams=["cinder"])
    for path in DOCUMENTS:
        for_many = queries_of(reader, path)
        assert len(for_many) == for_one[path], (path, for_many)
        assert queries_of(reader, path) == []  # one read, over the gate's own plain connection


def queries_of(reader, path):
    """The statements that an answer cost."""
    with counted_queries() as statements:
        assert reader.get(path).status_code == 200
    return statements
