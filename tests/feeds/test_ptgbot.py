"""ptg.json: what ptgbot's page and bot look up, and nothing that is not theirs to know."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ptgsched.bot import dispatch
from ptgsched.bot.dispatch import Line
from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.events.models import Room, RoomKind
from ptgsched.feeds.ptgbot import render
from ptgsched.schedule import operations
from tests.feeds.conftest import A_WEEK_BEFORE, book, change, release
from tests.feeds.ptgbot_files import LINKS
from tests.support.queries import counted_queries
from tests.support.story import LEAD, PASSCODE, Story

MONDAY_EVENING = datetime(2026, 10, 26, 22, 15, tzinfo=UTC)  # in window C, which ends at 01:00
KEYS = {
    "colors",
    "etherpads",
    "eventid",
    "last_check_in",
    "links",
    "location",
    "motd",
    "next",
    "now",
    "schedule",
    "slots",
    "subscriptions",
    "timestamp",
    "tracks",
    "urls",
    "voice",
}


def written(story: Story, at: datetime = A_WEEK_BEFORE, **options: bool) -> bytes:
    with story.app.app_context():
        return render(story.event, LINKS, at, **options)


def cost(story: Story) -> int:
    with story.app.app_context(), counted_queries() as statements:
        render(story.event, LINKS, A_WEEK_BEFORE)
    return len(statements)


def test_every_key_that_ptgbot_looks_up_is_there(story):
    data = json.loads(written(story))

    assert set(data) == KEYS
    assert data["tracks"] == ["cinder", "neutron", "nova", "tc"]
    assert data["subscriptions"] == data["last_check_in"] == {}
    assert (data["eventid"], data["voice"]) == ("oct", 0)


def test_slots_stand_under_their_event_day_with_instant_and_length(story):
    slots = json.loads(written(story))["slots"]

    assert list(slots) == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    assert [slot["name"] for slot in slots["Monday"]][-4:] == ["MonC1", "MonC2", "MonC3", "MonC4"]
    assert slots["Monday"][-1] == {
        "name": "MonC4",
        "desc": "00:00-01:00",
        "realtime": "2026-10-27T00:00:00Z",
        "duration": 60,
    }


def test_hours_are_those_of_the_events_zone(story):
    with story.app.app_context():
        story.set(timezone="Asia/Kolkata")

    slots = json.loads(written(story))["slots"]["Monday"]

    assert {slot["name"]: slot["desc"] for slot in slots}["MonA1"] == "18:30-19:30"


def test_a_cell_holds_the_lead_team_until_it_is_released(story):
    uid = book(story, "nova", "ballroom", "MonA1", "MonA2", with_teams=["cinder"])
    cells = json.loads(written(story))["schedule"]["Ballroom"]
    assert (cells["MonA1"], cells["MonA2"], cells["MonA3"]) == ("nova", "nova", "")

    change(story, uid, slots=["MonA2"])
    cells = json.loads(written(story))["schedule"]["Ballroom"]
    assert (cells["MonA1"], cells["MonA2"]) == ("", "nova")

    release(story, uid)
    assert set(json.loads(written(story))["schedule"]["Ballroom"].values()) == {""}


def test_a_room_lists_the_slots_that_it_is_offered_in_and_those_it_holds_all_the_same(story):
    with story.app.app_context():
        room = story.room("ballroom")
        room.offered_always = False
        room.offered_slots = list(story.slots("TueA1", "TueA2"))
        db.session.commit()
        operations.book(
            story.event,
            team=story.team("nova"),
            room=room,
            slots=story.slots("WedA1"),
            actor=LEAD,
            at=A_WEEK_BEFORE,
            override="the keynote moved",
        )
        db.session.commit()

    assert json.loads(written(story))["schedule"]["Ballroom"] == {
        "TueA1": "",
        "TueA2": "",
        "WedA1": "nova",
    }


def test_no_passcode_leaves_the_house(story):
    secret = f"https://zoom.example/j/4?pwd={PASSCODE}"
    with story.app.app_context():
        story.team("nova").join_url = secret
        story.set(links={"call": secret, "map": "https://map.example/"})

    text = written(story).decode()
    data = json.loads(text)

    assert PASSCODE not in text
    assert data["schedule"]["Austin"]["url"] == "https://ptg.example/events/oct/rooms/austin/join"
    assert data["urls"] == {"nova": "https://ptg.example/events/oct/teams/nova/join"}
    assert data["links"] == {"map": "https://map.example/"}


def test_a_public_call_is_named_and_a_room_to_walk_into_has_no_address(story):
    schedule = json.loads(written(story))["schedule"]

    assert schedule["Bexar"]["url"] == "https://meet.example/oct-bexar"
    assert "url" not in schedule["Ballroom"]


def test_ptgbots_calendars_read_the_plain_form(story):
    with story.app.app_context():
        room = story.room("bexar")
        room.description = "Fits a team of 10"
        room.ptgbot = {"cap_icon": "facetime-video", "cap_desc": "Projector"}
        db.session.commit()

    whole = json.loads(written(story))["schedule"]["Bexar"]
    plain = json.loads(written(story, plain=True))["schedule"]["Bexar"]

    codes = {slot["name"] for day in json.loads(written(story))["slots"].values() for slot in day}
    assert whole.keys() - codes == {"cap_icon", "cap_desc", "desc", "url"}
    assert plain.keys() - codes == {"url"}


def test_pads_are_listed_where_readers_would_guess_another(story):
    with story.app.app_context():
        story.team("nova").etherpad_url = "https://pad.example/nova"
        db.session.commit()
        pads = replace(LINKS, etherpad_base="https://pads.example/p")
        elsewhere = render(story.event, pads, A_WEEK_BEFORE)

    assert json.loads(written(story))["etherpads"] == {"nova": "https://pad.example/nova"}
    assert json.loads(elsewhere)["etherpads"]["tc"] == "https://pads.example/p/oct-tc"


def test_the_same_state_gives_the_same_bytes_and_a_change_the_instant_of_it(story):
    before = written(story)
    assert written(story) == before

    book(story, "nova", "bexar", "MonA1")

    assert json.loads(before)["timestamp"] == "2026-10-01 12:00:00"
    assert json.loads(written(story))["timestamp"] == f"{A_WEEK_BEFORE:%Y-%m-%d %H:%M:%S}"


def test_it_costs_the_same_few_statements_at_1_and_at_30_bookings(story):
    codes = [
        f"{day}{window}{n}" for day in ("Mon", "Tue", "Wed") for window in "AB" for n in "1234"
    ]
    with story.app.app_context():
        story.set(allow_parallel=True)
        event = story.event
        for number in range(9):
            name = f"Hall {number}"
            event.rooms.append(Room(slug=f"hall-{number}", name=name, kind=RoomKind.PHYSICAL))
        db.session.commit()
    book(story, "nova", "bexar", "FriA1")
    costs = [cost(story)]
    for number, code in enumerate(codes):
        book(story, "nova", f"hall-{number % 9}", code)
    costs.append(cost(story))

    assert costs[0] == costs[1] <= 8


def test_what_is_posted_is_there_until_the_day_is_over(story, reader, clock):
    address = "/events/oct/ptg.json"
    quiet = reader.get(address)
    clock.move_to(MONDAY_EVENING)
    say(story, "#nova now Placement", "#nova next Cells", "~motd add info Photos at 16")
    say(story, "#in #nova", "#share on", nick="Lena")
    say(story, "#in #nova", nick="omar")

    posted = reader.get(address, headers={"If-None-Match": quiet.headers["ETag"]})
    data = posted.get_json()
    assert (data["now"], data["next"]) == ({"nova": "Placement"}, {"nova": ["Cells"]})
    assert data["motd"] == [{"level": "info", "message": "Photos at 16"}]
    assert list(data["last_check_in"]) == ["lena"]  # omar did not say that he may be named
    assert data["last_check_in"]["lena"]["in"] == "2026-10-26 22:15:00 UTC"
    assert data["timestamp"] == "2026-10-26 22:15:00"

    clock.move_to(MONDAY_EVENING + timedelta(hours=2))  # Tuesday, but Monday's window runs on
    known = {"If-Modified-Since": posted.headers["Last-Modified"]}
    assert reader.get(address, headers=known).status_code == 304
    clock.move_to(MONDAY_EVENING + timedelta(hours=2, minutes=45))  # it is over
    over = reader.get(address, headers=known)
    assert over.status_code == 200
    assert [over.get_json()[key] for key in ("now", "next", "last_check_in")] == [{}, {}, {}]
    assert over.get_json()["motd"] == data["motd"]
    later = reader.get(address, headers={"If-None-Match": over.headers["ETag"]})
    assert later.status_code == 304


def say(story: Story, *lines: str, nick: str = "ttx") -> None:
    """Somebody types these lines as an operator at this moment."""
    with story.app.app_context():
        for text in lines:
            line = Line(nick=nick, text=text, operator=True)
            dispatch.answer(story.event, line, links=LINKS, at=utcnow())
            db.session.commit()
