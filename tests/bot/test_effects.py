"""What chat lines do: to the board, the schedule, the journal, and to those who subscribed."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from ptgsched.db import db
from ptgsched.live.models import CheckIn, Person
from ptgsched.live.notices import Told
from ptgsched.live.queries import Presence, Said
from ptgsched.schedule.models import Booking
from tests.bot.conftest import MONDAY_NOON, Channel
from tests.support.story import LEAD, Story

NO_ROOM = "does not appear to have a room scheduled today."


@pytest.fixture
def chat(sqlite_story: Story) -> Iterator[Channel]:
    """The channel on SQLite only, for what does not depend on the kind of database."""
    with sqlite_story.app.app_context():
        yield Channel(sqlite_story)


def slots_of(channel: Channel, team: str = "nova") -> list[tuple[str, list[str]]]:
    """Room and slots of the team's bookings."""
    query = select(Booking).where(Booking.team_id == channel.story.team(team).id)
    return [
        (booking.room.name, booking.slot_codes)
        for booking in db.session.scalars(query.order_by(Booking.starts_at))
        if booking.is_confirmed
    ]


# Topics


def test_now_is_shown_with_who_and_when_and_ends_what_was_next(channel: Channel):
    channel.say("#nova next cells")
    channel.say("#nova next flavors")
    assert [said.text for said in channel.board().next["nova"]] == ["cells", "flavors"]

    channel.wait(minutes=5)
    channel.say("#nova  now  attaching   volumes", nick="Lena")

    board = channel.board()
    at = MONDAY_NOON + timedelta(minutes=5)
    assert board.now == {"nova": Said("attaching volumes", at, "chat:Lena")}
    assert board.next == {}
    assert board.revision == 3
    assert board.changed_at == at
    assert [(change.action, change.subject) for change in channel.story.journal()] == [
        ("live.next", "nova"),
        ("live.next", "nova"),
        ("live.now", "nova"),
    ]
    last = channel.story.journal()[-1]
    assert (last.actor, last.source, last.revision, last.cursor) == ("chat:Lena", "chat", 3, 3)
    assert last.after == {
        "team": "nova",
        "now": {"text": "attaching volumes", "at": "2026-10-26T12:35:00Z", "by": "chat:Lena"},
        "next": [],
        "location": None,
    }
    assert last.before["now"] is None
    assert [topic["text"] for topic in last.before["next"]] == ["cells", "flavors"]
    assert channel.story.event.schedule_revision == 0


def test_now_takes_the_room_of_today_unless_the_team_said_where_it_is(channel: Channel):
    channel.say("#nova book Austin-TueA1")
    channel.say("#nova book Bexar-MonA3")
    channel.say("#nova book Ballroom-MonA1")
    channel.say("#cinder book Bexar-MonA1")
    channel.say("#cinder location the bar, downstairs")

    assert channel.say("#nova now cells") is None
    assert channel.say("#cinder now drivers") is None
    assert channel.board().places == {"cinder": "the bar, downstairs", "nova": "Ballroom"}

    channel.say("#nova location by the stairs")
    channel.say("#nova now flavors")
    assert channel.board().places["nova"] == "by the stairs"


def test_outside_the_event_today_is_its_first_day(chat: Channel):
    chat.at = MONDAY_NOON - timedelta(days=10)
    chat.say("#nova book Bexar-MonA1")
    assert chat.say("#nova now rehearsing") is None

    chat.at = MONDAY_NOON + timedelta(days=1)
    assert NO_ROOM in (chat.say("#nova now cells") or "")
    chat.at = MONDAY_NOON + timedelta(days=30)
    assert chat.say("#nova now the next release") is None


def test_a_team_that_joins_a_session_has_its_room(chat: Channel):
    chat.story.book("cinder", "bexar", "MonA1", with_teams=["nova"])
    assert chat.say("#nova now volumes") is None
    assert chat.board().places == {"nova": "Bexar"}


def test_clean_leaves_nothing_on_and_a_second_one_changes_nothing(channel: Channel):
    channel.say("#nova now cells")
    channel.say("#nova next flavors")
    channel.say("#cinder now drivers")

    channel.say("#nova clean")
    board = channel.board()
    assert list(board.now) == ["cinder"]
    assert board.next == {}
    marks = channel.marks()
    channel.say("#nova clean")
    assert channel.marks() == marks

    channel.op("~clean nova cinder")
    assert channel.board().now == {}
    assert channel.story.journal()[-1].subject == "cinder"


# The day


def test_a_new_day_begins_by_itself(channel: Channel):
    channel.say("#nova now cells")
    channel.say("#nova next flavors")
    channel.say("#nova location upstairs")
    channel.say("#in nova")
    channel.say("#subscribe nova")
    channel.op("~motd add info Welcome")
    marks = channel.marks()

    late = MONDAY_NOON + timedelta(hours=12, minutes=20)  # in MonC4, which is Monday's still
    assert list(channel.board(late).now) == ["nova"]

    tuesday = MONDAY_NOON + timedelta(hours=12, minutes=30)
    board = channel.board(tuesday)
    assert (board.now, board.next, board.places, board.counts) == ({}, {}, {}, {})
    assert board.messages == [("info", "Welcome")]
    assert channel.marks() == marks, "reading writes nothing"

    channel.at = tuesday
    assert channel.say("#seen ttx") == "ttx never checked in anywhere"
    assert channel.say("#out") == "You weren't checked in anywhere yet!"
    assert channel.story.marks() == marks[:3], "and neither does a refused line"
    assert channel.say("#subscribe") == "Your current subscription regex is: nova"

    channel.say("#cinder now drivers")
    board = channel.board()
    assert list(board.now) == ["cinder"]
    assert db.session.scalars(select(CheckIn)).all() == []
    assert [(c.action, c.actor) for c in channel.story.journal()[-2:]] == [
        ("live.cleaned", "new day"),
        ("live.now", "chat:ttx"),
    ]
    assert board.revision == marks[3] + 1, "one line, one revision"


def test_what_is_prepared_before_the_event_is_there_on_its_first_day(chat: Channel):
    chat.at = MONDAY_NOON - timedelta(days=3)
    chat.say("#nova now we begin at 13 UTC")
    assert list(chat.board(MONDAY_NOON).now) == ["nova"]
    assert chat.board(MONDAY_NOON + timedelta(days=1)).now == {}


def test_the_day_follows_an_event_that_is_moved_and_nobody_who_is_late(chat: Channel):
    chat.say("#nova now what is prepared", at=MONDAY_NOON - timedelta(days=9))
    chat.story.set(starts_on=chat.story.event.starts_on - timedelta(days=1))
    sunday = MONDAY_NOON - timedelta(days=1)
    chat.say("#cinder now on Sunday", at=sunday)
    assert set(chat.board(sunday).now) == {"nova", "cinder"}
    assert chat.board(MONDAY_NOON).now == {}

    midnight = MONDAY_NOON.replace(hour=0, minute=0)
    chat.say("#nova now on Monday", at=midnight)
    # It came before midnight, and waited for the lock until after it.
    chat.say("#tc now late", at=midnight - timedelta(seconds=1))
    chat.say("#cinder now soon", at=midnight + timedelta(seconds=1))
    assert set(chat.board(midnight + timedelta(seconds=2)).now) == {"nova", "tc", "cinder"}


def test_an_operator_begins_a_new_day(channel: Channel):
    channel.say("#nova now cells")
    channel.say("#nova location upstairs")
    channel.say("#in nova")
    channel.op("~motd add info Welcome")
    revision = channel.board().revision

    channel.op("~newday")

    board = channel.board()
    assert (board.now, board.places, board.counts) == ({}, {}, {})
    assert board.messages == [("info", "Welcome")]
    assert board.revision == revision + 1
    channel.op("~newday")
    assert channel.board().revision == revision + 1


# People


def test_check_ins_are_numbers_until_somebody_agrees_to_be_named(channel: Channel):
    channel.say("#in nova", nick="Lena")
    channel.say("#in #nova", nick="omar")
    channel.say("#in the bar", nick="olga")
    assert channel.board().counts == {"nova": 2}
    assert channel.board().shared == []

    channel.whisper("share on", nick="LENA")
    board = channel.board()
    assert board.shared == [Presence("LENA", "#nova", MONDAY_NOON, None)]

    channel.say("#in cinder", nick="omar")
    assert channel.board().counts == {"cinder": 1, "nova": 1}
    moved = channel.story.journal()[-1]
    assert (moved.action, moved.actor, moved.subject) == ("live.checkin", "chat", "cinder")
    assert moved.before == {"checkins": {"nova": 2, "cinder": 0}}
    assert moved.after == {"checkins": {"nova": 1, "cinder": 1}}

    channel.say("#out", nick="lena")
    assert channel.board().counts == {"cinder": 1}
    channel.say("#share off", nick="lena")
    assert channel.board().shared == []
    people = {"lena", "omar", "olga"}
    told = " ".join(f"{c.actor} {c.before} {c.after}" for c in channel.story.journal()).lower()
    assert not [name for name in people if name in told]


def test_nicks_are_the_same_in_any_case(channel: Channel):
    channel.say("#subscribe nova", nick="Straße")
    assert channel.say("#unsubscribe", nick="STRASSE") == "Cancelled subscription nova"
    assert db.session.scalars(select(Person.nick)).all() == ["Straße"]


# Notices


def test_subscribers_hear_of_what_they_asked_for(channel: Channel):
    channel.say("#subscribe #nova.*cells", nick="Lena")
    channel.say("#subscribe ^#(nova|cinder) next", nick="omar")
    channel.say("#subscribe CELLS", nick="ttx")
    channel.say("#nova book Bexar-MonA1")

    now = channel.hear("#Nova now Cells and more")
    assert now.notices == (
        Told("Lena", "now in #nova (Bexar): Cells and more"),
        Told("ttx", "now in #nova (Bexar): Cells and more"),
    )
    assert channel.hear("#cinder next drivers").notices == (
        Told("omar", "next in #cinder: drivers"),
    )
    assert channel.hear("#nova clean").notices == ()


def test_patterns_made_to_take_for_ever_hold_nobody_up(chat: Channel):
    for number in range(20):
        evil = ("(a+)+$", "(.*.*.*)*b", r"(\w{1,20}){1,20}x", "((a{1,30}){1,10})+$")[number % 4]
        assert chat.say(f"#subscribe {evil}", nick=f"evil{number}") == f"Subscription set to {evil}"
    chat.say("#subscribe aaab", nick="zoe")

    began = time.monotonic()
    notices = chat.hear(f"#nova now {'a' * 480}aaab").notices
    assert time.monotonic() - began < 1
    assert "zoe" in [told.to for told in notices]


# Teams


def test_looks_of_a_team_go_through_the_door_of_the_schedule(channel: Channel):
    channel.say("#nova color CornflowerBlue")
    channel.say("#nova etherpad https://pads.example/p/nova")
    channel.say("#nova url https://zoom.example/j/5?pwd=271828")
    event, team = channel.story.event, channel.story.team("nova")
    assert team.color == "CornflowerBlue"
    assert team.etherpad_url == "https://pads.example/p/nova"
    assert team.join_url == "https://zoom.example/j/5?pwd=271828"
    assert (event.schedule_revision, event.live_revision) == (3, 0)
    assert event.changed_at == MONDAY_NOON
    assert {change.action for change in channel.story.journal()} == {"team.updated"}
    assert "271828" not in str([change.after for change in channel.story.journal()])

    passcode = "https://pads.example/p/nova?pwd=271828"
    assert "leave the passcode" in (channel.say(f"#nova etherpad {passcode}") or "")
    marks = channel.marks()
    channel.say("#nova color CornflowerBlue")
    assert channel.marks() == marks
    channel.say("#nova etherpad AUTO")
    channel.say("#nova url none")
    team = channel.story.team("nova")
    assert (team.etherpad_url, team.join_url) == (None, None)


def test_calendars_learn_of_another_pad_and_call(channel: Channel):
    booking = channel.story.book("nova", "bexar", "MonA1")
    channel.say("#nova etherpad https://pads.example/p/nova")
    assert channel.story.booking(booking.uid).sequence == 1
    channel.say("#nova url https://meet.example/nova")
    assert channel.story.booking(booking.uid).sequence == 2
    channel.say("#nova color red")
    assert channel.story.booking(booking.uid).sequence == 2


def test_teams_come_and_go(channel: Channel):
    channel.op("~add Swift")
    channel.say("#swift now rings")
    channel.say("#in swift")
    channel.say("#swift book Bexar-MonA1")
    channel.say("#swift book Bexar-MonA2..MonA3")
    channel.say("#swift unbook Bexar-MonA2..MonA3")
    assert channel.op("~del nova swift") == (
        "Track 'swift' still has 1 bookings | release them first, then delete it"
    )
    assert channel.op("~list") == "Available tracks: cinder neutron nova swift tc"

    channel.say("#swift unbook Bexar-MonA1")
    assert channel.op("~del nova swift") is None
    assert channel.op("~list") == "Available tracks: cinder neutron tc"
    board = channel.board()
    assert (board.now, board.places, board.counts) == ({}, {}, {})
    assert channel.say("#seen ttx") == "ttx was last seen in #swift at 2026-10-26 12:30:00 UTC"
    assert [change.action for change in channel.story.journal()[-2:]] == ["team.deleted"] * 2


def test_a_team_that_joins_others_is_not_deleted_either(chat: Channel):
    chat.story.book("cinder", "bexar", "MonA1", with_teams=["nova"])
    assert (chat.op("~del nova") or "").startswith("Track 'nova' still has 1 bookings")


# Slots


def test_a_range_is_one_booking_and_a_part_of_it_can_be_given_back(channel: Channel):
    channel.say("#nova book Bexar-MonA1..MonA4", nick="Lena")
    (booking,) = db.session.scalars(select(Booking))
    uid = booking.uid
    assert booking.owner == "chat:Lena"

    channel.wait(minutes=1)
    channel.say("#nova unbook Bexar-MonA2..MonA2", nick="lena")
    earlier, later = db.session.scalars(select(Booking).order_by(Booking.starts_at))
    assert (earlier.uid, earlier.slot_codes, earlier.sequence) == (uid, ["MonA1"], 1)
    assert (later.slot_codes, later.sequence, later.owner) == (["MonA3", "MonA4"], 0, "chat:Lena")
    assert later.uid != uid
    assert [change.action for change in channel.story.journal()] == [
        "booking.created",
        "booking.moved",
        "booking.created",
    ]

    channel.say("#nova unbook Bexar-MonA3", nick="Lena")
    assert slots_of(channel) == [("Bexar", ["MonA1"]), ("Bexar", ["MonA4"])]
    assert channel.story.booking(later.uid).slot_codes == ["MonA4"], "one rest keeps the uid"
    channel.say("#nova unbook Bexar-MonA1", nick="Lena")
    assert channel.story.booking(uid).status == "cancelled"
    assert slots_of(channel) == [("Bexar", ["MonA4"])]


def test_one_unbook_may_reach_over_two_bookings(chat: Channel):
    chat.say("#nova book Bexar-MonA1..MonA2")
    chat.say("#nova book Bexar-MonA3..MonA4")
    chat.say("#nova unbook Bexar-MonA2..MonA3")
    assert slots_of(chat) == [("Bexar", ["MonA1"]), ("Bexar", ["MonA4"])]


def test_a_part_keeps_titles_and_guests_and_is_not_judged(channel: Channel):
    booking = channel.story.book(
        "nova", "bexar", "MonA1", "MonA2", "MonA3", with_teams=["cinder"], title="Volumes"
    )
    assert booking.owner == LEAD.label
    channel.story.phase(closes=timedelta(0))  # sign-up is over, giving back is not
    refused = channel.say("#nova unbook Bexar-MonA2")
    assert refused == (
        "Slot 'Bexar-MonA2' is not yours to unbook | booked by a lead of nova; ask them, a voiced "
        "person or an operator"
    )
    assert channel.say("#nova unbook Bexar-MonA2", voiced=True) == (
        "Room Bexar (previously booked for nova) is now free on MonA2 | Mon 26 Oct 14:00-15:00 UTC"
    )
    assert slots_of(channel) == [("Bexar", ["MonA1"]), ("Bexar", ["MonA3"])]
    for one in db.session.scalars(select(Booking)):
        assert one.title == "Volumes"
        assert [team.slug for team in one.with_teams] == ["cinder"]


def test_anybody_gives_back_what_was_imported(chat: Channel):
    booking = chat.story.book("nova", "bexar", "MonA1")
    booking.owner = "import"
    db.session.commit()
    assert (chat.say("#nova unbook Bexar-MonA1") or "").startswith("Room Bexar")


def test_rooms_with_hyphens_and_spaces_have_their_names_back(chat: Channel):
    chat.story.room("bexar").name = "Blue-Room"
    chat.story.room("ballroom").name = "Ballroom A"
    db.session.commit()
    assert chat.say("#nova book blue-room-MONA1") == (
        "Room Blue-Room is now booked on MonA1 for nova | Mon 26 Oct 13:00-14:00 UTC"
    )
    assert chat.say("#cinder book  ballroom   a-mona1") == (
        "Room Ballroom A is now booked on MonA1 for cinder | Mon 26 Oct 13:00-14:00 UTC"
    )


@pytest.mark.parametrize(
    ("zone", "slot", "hours"),
    [
        ("America/New_York", "MonA1", "Mon 26 Oct 13:00-14:00 UTC = 09:00-10:00 America/New_York"),
        (
            "Asia/Tokyo",
            "MonC1..MonC4",
            "Mon 26 Oct 21:00-Tue 27 Oct 01:00 UTC = Tue 27 Oct 06:00-10:00 Asia/Tokyo",
        ),
        (
            "Europe/Berlin",
            "MonC2",
            "Mon 26 Oct 22:00-23:00 UTC = 23:00-Tue 27 Oct 00:00 Europe/Berlin",
        ),
    ],
)
def test_hours_are_told_in_utc_and_in_the_zone_of_the_event(
    chat: Channel, zone: str, slot: str, hours: str
):
    chat.story.set(timezone=zone)
    assert (chat.say(f"#nova book Bexar-{slot}") or "").partition(" | ")[2] == hours


def test_suggestions_begin_with_the_working_hours_of_the_people(chat: Channel):
    chat.story.user("lena").timezone = "Asia/Tokyo"
    chat.story.room("bexar").capacity = 5
    chat.story.team("nova").expected_attendance = 10
    db.session.commit()
    assert chat.say("#nova suggest") == (
        "Free for nova: Austin-MonC3, Austin-MonC4, Austin-TueB1 | Mon 26 Oct 23:00-Tue 27 Oct "
        "00:00 UTC; Tue 27 Oct 00:00-01:00 UTC; Tue 27 Oct 05:00-06:00 UTC; to book type: "
        "#nova book Austin-MonC3"
    )


def test_what_is_suggested_can_be_booked(chat: Channel):
    chat.say("#cinder book Bexar-MonA1..MonA4")
    chat.story.book("neutron", "austin", "MonA1", "MonA2", with_teams=["nova"])
    while "Free" in (said := chat.say("#nova suggest") or ""):
        for name in said.partition(": ")[2].partition(" | ")[0].split(", "):
            assert (chat.say(f"#nova book {name}") or "").startswith("Room ")
    assert said == "No free slot suits nova"


# Messages of the day


def test_messages_keep_the_order_that_operators_give_them(channel: Channel):
    channel.op("~motd add info Lunch at noon")
    channel.op("~motd add danger Fire drill")
    channel.op("~motd add Success Wifi works")
    channel.op("~motd reorder 3 1 3")
    assert channel.board().messages == [("success", "Wifi works"), ("info", "Lunch at noon")]
    channel.op("~motd del 1")
    assert channel.board().messages == [("info", "Lunch at noon")]
    last = channel.story.journal()[-1]
    assert last.action == "live.message"
    assert last.after == {"messages": [{"level": "info", "text": "Lunch at noon"}]}
    marks = channel.marks()
    channel.op("~motd reorder 1")
    assert channel.marks() == marks
    channel.op("~motd clean")
    assert channel.board().messages == []


def test_voice_is_part_of_what_is_public(channel: Channel):
    marks = channel.marks()
    channel.op("~alloweveryone")
    assert channel.marks() == marks
    channel.op("~requirevoice")
    assert channel.board().voice_required
    channel.op("~alloweveryone")
    assert not channel.board().voice_required
