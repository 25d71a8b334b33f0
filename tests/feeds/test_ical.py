"""The renderer alone: RFC 5545 and RFC 7986, clause by clause, and text of all the world."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from ptgsched.feeds import ical
from ptgsched.feeds.sessions import Party, Place, Session
from ptgsched.text import clean_line

BOOKED = datetime(2026, 10, 1, 12, 0, 0, 123456, tzinfo=UTC)
MOVED = datetime(2026, 10, 2, 8, 30, 59, 999999, tzinfo=UTC)
START = datetime(2026, 10, 26, 13, tzinfo=UTC)
MEET = "https://meet.example/oct-nova"
UID = "0de52d66-2f6d-430e-a31a-742feafb239e"

NOVA = Party("nova", "Nova", None, 20, "https://pad.example/p/oct-nova")
CINDER = Party("cinder", "Cinder", None, None, "https://pad.example/p/oct-cinder")
HEAD = ical.Head(
    name="October PTG",
    description="All sessions.",
    url="https://ptg.example/events/oct/",
    source="https://ptg.example/events/oct/calendar.ics",
    color="teal",
    modified=MOVED,
)


def session(**facts):
    values = {
        "number": 1,
        "uid": UID,
        "confirmed": True,
        "sequence": 3,
        "created": BOOKED,
        "updated": MOVED,
        "start": START,
        "end": START + timedelta(hours=2),
        "title": "Placement",
        "description": "",
        "team": NOVA,
        "joint": (),
        "room": Place("bexar", "Bexar", "meetpad", 30),
        "slots": ("MonA1", "MonA2"),
        "join_url": MEET,
        "url": f"https://ptg.example/events/oct/bookings/{UID}",
    }
    return Session(**(values | facts))


def lines(data: bytes) -> list[str]:
    """The content lines, unfolded (RFC 5545 3.1)."""
    return data.decode().replace("\r\n ", "").split("\r\n")


def unescaped(text: str) -> str:
    """RFC 5545 3.3.11, backwards."""
    return re.sub(r"\\(.)", lambda found: found[1].replace("n", "\n"), text)


def test_a_session_is_told_property_by_property():
    told = [
        "Placement",
        "Joint session of Nova\\, Cinder.",
        "Mon 26 Oct 07:00-09:00 America/Denver",
        "Mon 26 Oct 13:00-15:00 UTC",
        "Etherpad: https://pad.example/p/oct-nova",
        f"Join: {MEET}",
        f"Page: https://ptg.example/events/oct/bookings/{UID}",
    ]
    found = lines(ical.vevent(session(joint=(CINDER,)), "America/Denver"))
    assert sorted(found) == sorted(
        [
            "BEGIN:VEVENT",
            f"UID:{UID}",
            "DTSTAMP:20261002T083059Z",
            "LAST-MODIFIED:20261002T083059Z",
            "CREATED:20261001T120000Z",
            "SEQUENCE:3",
            "DTSTART:20261026T130000Z",
            "DTEND:20261026T150000Z",
            "SUMMARY:Nova: Placement",
            "LOCATION:Bexar",
            f"URL:https://ptg.example/events/oct/bookings/{UID}",
            f"CONFERENCE;FEATURE=VIDEO;LABEL=Join the session;VALUE=URI:{MEET}",
            "CATEGORIES:Nova,Cinder",
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            "CLASS:PUBLIC",
            "DESCRIPTION:" + "\\n".join(told),
            "END:VEVENT",
            "",
        ]
    )


def test_a_calendar_says_who_it_is_and_how_often_to_come_back():
    found = lines(ical.render(HEAD, [session()], "UTC"))
    head = found[: found.index("BEGIN:VEVENT")]
    assert sorted(head) == sorted(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//ptgsched//ptgsched//EN",
            "CALSCALE:GREGORIAN",
            "NAME:October PTG",
            "X-WR-CALNAME:October PTG",
            "DESCRIPTION:All sessions.",
            "X-WR-CALDESC:All sessions.",
            "X-WR-TIMEZONE:UTC",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
            "X-PUBLISHED-TTL:PT1H",
            "URL:https://ptg.example/events/oct/",
            "SOURCE;VALUE=URI:https://ptg.example/events/oct/calendar.ics",
            "COLOR:teal",
            "LAST-MODIFIED:20261002T083059Z",
        ]
    )


def test_nothing_that_breaks_readers_is_ever_in_it():
    data = ical.render(HEAD, [session(), session(uid="other", confirmed=False)], "Asia/Tokyo")
    names = {re.split("[:;]", line)[0] for line in lines(data)}
    assert not names & {"METHOD", "ATTENDEE", "ORGANIZER", "RRULE", "TZID"}
    assert b"VALARM" not in data
    assert b"VTIMEZONE" not in data
    # A calendar's own UID makes vdirsyncer lose all events but one (pimutils/vdirsyncer#1222).
    assert data.index(b"UID:") > data.index(b"BEGIN:VEVENT")


def test_a_team_without_a_topic_stands_for_itself():
    found = Calendar.from_ical(ical.render(HEAD, [session(title="")], "UTC")).events[0]
    assert found["SUMMARY"] == "Nova"


def test_a_released_session_is_cancelled_and_leads_nowhere():
    found = Calendar.from_ical(ical.render(HEAD, [session(confirmed=False)], "UTC")).events[0]
    assert found["STATUS"] == "CANCELLED"
    assert found["TRANSP"] == "TRANSPARENT"
    assert found["SUMMARY"] == "Nova: Placement"
    assert "CONFERENCE" not in found
    assert "meet.example" not in found["DESCRIPTION"]
    assert "does not take place" in found["DESCRIPTION"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x.example/\r\nX-EVIL:1", "", None])
def test_an_address_that_is_none_is_left_out(url):
    pad = NOVA._replace(etherpad_url=url or "")
    data = ical.vevent(session(join_url=url, team=pad), "UTC")
    assert b"CONFERENCE" not in data
    assert b"EVIL" not in data
    assert b"Etherpad" not in data


def test_an_empty_calendar_still_holds_a_component():
    calendar = Calendar.from_ical(ical.render(HEAD, [], "UTC"))
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]
    assert calendar.events == []


def test_lines_are_kept_until_a_fact_of_theirs_changes():
    kept = ical.Rendered()
    first = kept.lines(session(), "UTC")
    assert kept.lines(session(), "UTC") is first
    for facts in (
        {"room": Place("bexar", "Bexar Hall", "meetpad", 30)},
        {"team": NOVA._replace(name="Nova Compute")},
        {"team": NOVA._replace(etherpad_url="https://pad.example/other")},
        {"join_url": "https://meet.example/other"},
        {"joint": (CINDER,)},
        {"updated": MOVED + timedelta(seconds=1)},
    ):
        changed = kept.lines(session(**facts), "UTC")
        assert changed != first, facts
        assert changed == ical.vevent(session(**facts), "UTC")
    assert kept.lines(session(), "Asia/Tokyo") != first


def test_no_more_lines_are_kept_than_there_is_room_for():
    kept = ical.Rendered(most=2)
    first = kept.lines(session(uid="a"), "UTC")
    kept.lines(session(uid="b"), "UTC")
    kept.lines(session(uid="c"), "UTC")
    again = kept.lines(session(uid="a"), "UTC")
    assert again == first
    assert again is not first


nasty = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            ",;:\\\"'\n\r\t\x00\x0b\x1f\x85\u2028\u202e\u2067\ufeff=^אשعربي日本語👩‍👩‍👧"
        ),
    ),
    max_size=120,
)


@given(title=nasty, team=nasty, room=nasty, description=nasty, name=nasty)
def test_any_text_comes_back_from_a_reader_as_it_went_in(title, team, room, description, name):
    party = NOVA._replace(name=team)
    place = Place("bexar", room, "meetpad", 30)
    asked = session(title=title, team=party, room=place, description=description)
    head = ical.Head(
        name=name, description=name, url=HEAD.url, source=HEAD.source, color="teal", modified=MOVED
    )
    data = ical.render(head, [asked], "UTC")

    assert data == ical.render(head, [asked], "UTC")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75  # RFC 5545 3.1, in octets
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)
        line.decode()  # folded between characters, never inside one
    calendar = Calendar.from_ical(data)
    (event,) = calendar.events
    assert calendar.errors == []
    assert event.errors == []
    # The library takes these two for unknown ones and leaves the escaping to us.
    assert unescaped(calendar["NAME"]) == unescaped(calendar["X-WR-CALNAME"]) == clean_line(name)
    assert str(event["SUMMARY"]) == clean_line(asked.heading)
    assert str(event["LOCATION"]) == clean_line(room)
    assert [str(each) for each in event["CATEGORIES"].cats] == [clean_line(team)]
    assert str(event["UID"]) == UID
    assert event["DTSTART"].dt == START
