"""Organizers add, change, paste and delete rooms; strangers see nothing of it."""

import re

import pytest
import time_machine

from ptgsched.db import db
from ptgsched.events.models import EventStatus
from tests.setup.manage_pages import MANAGE, STRANGERS, refused, send, text_of
from tests.support.queries import counted_queries
from tests.support.story import PASSCODE, SIGN_UP, Story

ROOMS = f"{MANAGE}/rooms/"
NEW = f"{MANAGE}/rooms/new"
PASTE = f"{MANAGE}/rooms/paste"
BEXAR = f"{MANAGE}/rooms/bexar/edit"
AUSTIN = f"{MANAGE}/rooms/austin/edit"
DELETE = f"{MANAGE}/rooms/bexar/delete"
TWELVE = [f"Room {number}" for number in range(1, 13)]


@pytest.fixture(autouse=True)
def sign_up_time():
    with time_machine.travel(SIGN_UP, tick=False) as traveller:
        yield traveller


def book(story: Story, *args, **facts) -> str:
    with story.app.app_context():
        return story.book(*args, **facts).uid


def room(story: Story, slug: str):
    found = story.room(slug)
    db.session.refresh(found, ["offered_slots"])
    return found


def as_sent(page) -> dict[str, list[str]]:
    """What a browser would send of the room form as it stands."""
    found: dict[str, list[str]] = {}
    for box in re.findall(r"<input[^>]*>", page.text):
        name, kind = re.search(r'name="([^"]+)"', box), re.search(r'type="([^"]+)"', box)
        if name is None or (kind and kind[1] in {"checkbox", "radio"} and " checked" not in box):
            continue
        value = re.search(r'value="([^"]*)"', box)
        found.setdefault(name[1], []).append(value[1] if value else "")
    for name, options in re.findall(
        r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page.text, re.DOTALL
    ):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = [chosen[1]] if chosen else []
    return found


def test_a_room_is_added_and_changed_by_form(story: Story):
    olga = story.client("olga")

    added = send(
        olga, NEW, name="Trinity", kind="zoom", capacity="40", offer="all", passcode="424242",
        join_url="https://zoom.example/j/1", features="recording, captions",
    )  # fmt: skip

    assert (added.status_code, added.location) == (303, ROOMS)
    text = text_of(olga.get(ROOMS))
    assert "Trinity is added." in text
    assert "Trinity recording, captions Zoom 40 link for participants, passcode all slots" in text
    page = olga.get(f"{MANAGE}/rooms/trinity/edit")
    assert 'value="424242"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    form = as_sent(page)
    sent = olga.post(f"{MANAGE}/rooms/trinity/edit", data={**form, "capacity": "", "kind": "other"})
    assert sent.status_code == 303
    with story.app.app_context():
        kept = room(story, "trinity")
        assert (kept.capacity, kept.kind, kept.passcode) == (None, "other", "424242")
        assert kept.features == ["recording", "captions"]
        assert [line.action for line in story.journal()] == ["room.created", "room.updated"]


def test_what_is_wrong_is_said_beside_its_field_and_everything_typed_stays(sqlite_story: Story):
    olga = sqlite_story.client("olga")

    answer = send(
        olga, NEW, name="bexar", kind="zoom", capacity="many", offer="all", features="a, b"
    )
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    assert 'value="a, b"' in answer.text
    answer = send(olga, NEW, name="bexar", kind="zoom", offer="all")
    assert answer.status_code == 409
    assert "There is already a room called 'bexar' here." in text_of(answer)
    answer = send(olga, NEW, name="X", kind="zoom", offer="all", join_url="javascript:alert(1)")
    assert answer.status_code == 422
    assert 'id="join_url-errors"' in answer.text


def test_buttons_tick_a_day_or_a_window_without_scripts_and_save_nothing(story: Story):
    olga = story.client("olga")
    page = olga.get(BEXAR)
    assert len(re.findall(r'name="slots"[^>]* checked', page.text)) == 60

    form = as_sent(page)
    page = olga.post(BEXAR, data={**form, "toggle": "day:2026-10-26"})
    form = as_sent(page)
    assert page.status_code == 200
    assert len(form["slots"]) == 48
    assert form["offer"] == ["some"]
    form = as_sent(olga.post(BEXAR, data={**form, "toggle": "window:A"}))
    assert sum(code[3] == "A" for code in form["slots"]) == 20
    form = as_sent(olga.post(BEXAR, data={**form, "toggle": "window:A"}))
    assert len(form["slots"]) == 32
    assert olga.post(BEXAR, data=form).status_code == 303

    with story.app.app_context():
        assert len(room(story, "bexar").offered_slots) == 32
    assert "32 of 60 slots" in text_of(olga.get(ROOMS))


def test_offering_less_names_what_falls_and_asks(story: Story):
    uid = book(story, "nova", "bexar", "MonA1", title="Placement")
    olga = story.client("olga")
    form = as_sent(olga.get(BEXAR)) | {"offer": "some", "slots": ["MonA2"], "capacity": "31"}

    asked = olga.post(BEXAR, data=form)

    assert asked.status_code == 409
    assert "1 booking would fall" in text_of(asked)
    assert "Nova: Placement" in text_of(asked)
    assert 'value="31"' in asked.text
    with story.app.app_context():
        assert story.booking(uid).is_confirmed
        assert room(story, "bexar").offered_always
    form = as_sent(asked)
    silent = olga.post(BEXAR, data={**form, "release": "1", "reason": " "})
    assert silent.status_code == 422
    assert "Say why" in text_of(silent)
    done = olga.post(BEXAR, data={**form, "release": "1", "reason": "The room is lent out"})
    assert done.status_code == 303
    with story.app.app_context():
        assert not story.booking(uid).is_confirmed
        assert [slot.code for slot in room(story, "bexar").offered_slots] == ["MonA2"]
        released = next(line for line in story.journal() if line.action == "booking.released")
        assert released.reason == "The room is lent out"


def test_twelve_rooms_are_pasted_looked_at_and_added(story: Story):
    olga = story.client("olga")
    pasted = "\r\n".join([*TWELVE, "", "Bexar", "Room 3"])

    look = send(olga, PASTE, pasted=pasted, kind="meetpad")

    text = text_of(look)
    assert look.status_code == 200
    assert "12 rooms can be added" in text
    assert "2 are here already and stay as they are" in text
    assert "Room 12" in re.search(r"<textarea.*?</textarea>", look.text, re.DOTALL)[0]
    with story.app.app_context():
        assert story.marks() == (0, 0, 0)
    done = send(olga, PASTE, pasted=pasted, kind="meetpad", save="1")
    assert (done.status_code, done.location) == (303, ROOMS)
    assert "12 rooms added." in text_of(olga.get(ROOMS))
    with counted_queries() as sent:
        olga.get(ROOMS)
    assert sum("room_offer" in one for one in sent) == 1, "not one for each room"
    with story.app.app_context():
        names = [room.name for room in story.event.rooms]
        assert names == ["Bexar", "Austin", "Ballroom", *TWELVE]
        assert {room.kind for room in story.event.rooms[3:]} == {"meetpad"}
        story.book("nova", "room-12", "MonA1")


def test_a_sheet_tells_each_row_and_keeps_what_cannot_be_read(story: Story):
    olga = story.client("olga")
    sheet = (
        "Name\tSeats\tKind\tLink\tPasscode\tFeatures\tFloor\n"
        'Trinity\t40\tZoom\thttps://zoom.example/j/7\t424242\t"recording; captions"\t3\n'
        "Pecos\tmany\tOn site\t\t\t\t\n"
        "\t10\tother\t\t\t\t\n"
        "Frio\t\t\tftp://x\t\t\t\n"
    )

    done = send(olga, PASTE, pasted=sheet, kind="other", save="1")

    text = text_of(done)
    assert done.status_code == 422
    assert "capacity: 'many' is not a whole number." in text
    assert "It has no name." in text
    assert "join_url: An address begins with https://" in text
    area = re.search(r"<textarea[^>]*>(.*?)</textarea>", done.text, re.DOTALL)[1]
    assert [line.split("\t")[0] for line in area.strip("\r\n").split("\n")] == [
        "Name",
        "Pecos",
        "",
        "Frio",
    ]
    assert "424242" not in done.text
    with story.app.app_context():
        trinity = room(story, "trinity")
        assert (trinity.capacity, trinity.kind, trinity.passcode) == (40, "zoom", "424242")
        assert trinity.features == ["recording", "captions"]
        assert len(story.event.rooms) == 4
    look = send(olga, PASTE, pasted=sheet, kind="other")
    assert "passed over: Floor" in text_of(look)


@pytest.mark.parametrize("pasted", ["", " \n ,;\n", "name,kind", "x\n" * 302], ids=range(4))
def test_a_paste_without_rows_or_with_too_many_is_refused(sqlite_story: Story, pasted: str):
    answer = send(sqlite_story.client("olga"), PASTE, pasted=pasted, kind="zoom")

    assert answer.status_code == 422
    assert 'id="pasted-errors"' in answer.text


def test_a_room_without_bookings_goes_when_its_name_is_typed(story: Story):
    olga = story.client("olga")

    assert send(olga, DELETE, name="Bexa").status_code == 422
    assert send(olga, DELETE, name=" bexar ").status_code == 303

    with story.app.app_context():
        assert [room.slug for room in story.event.rooms] == ["austin", "ballroom"]
    assert olga.get(BEXAR).status_code == 404


def test_a_booked_room_says_what_falls_releases_it_and_goes_later(story: Story, sign_up_time):
    uid = book(story, "nova", "bexar", "MonA1", title="Placement")
    olga = story.client("olga")
    page = olga.get(DELETE)
    assert "1 booking would be released" in text_of(page)
    assert "Nova: Placement" in text_of(page)
    assert f'name="seen" value="{uid}"' in page.text

    later = book(story, "cinder", "bexar", "MonA2")
    unseen = send(olga, DELETE, name="Bexar", reason="Flooded", seen=uid)
    assert unseen.status_code == 412
    assert "booked meanwhile" in text_of(unseen)
    assert send(olga, DELETE, name="Bexar", reason="", seen=[uid, later]).status_code == 422
    done = send(olga, DELETE, name="Bexar", reason="Flooded", seen=[uid, later])
    assert done.status_code == 303

    text = text_of(olga.get(ROOMS))
    assert "It can be deleted after Tue 27 Oct 2026 15:00 UTC" in text
    assert "no slot" in text
    with story.app.app_context():
        assert not story.booking(uid).is_confirmed
        assert not room(story, "bexar").offered_always
    sign_up_time.move_to("2026-10-29T00:00:00Z")
    olga = story.client("olga")  # the session did not last
    assert send(olga, DELETE, name="Bexar").status_code == 303
    assert olga.get(BEXAR).status_code == 404


def test_what_took_place_stays(sqlite_story: Story, sign_up_time):
    book(sqlite_story, "nova", "bexar", "MonA1")
    sign_up_time.move_to("2026-10-26T13:30:00Z")
    olga = sqlite_story.client("olga")

    assert "the record keeps them" in text_of(olga.get(DELETE))
    sqlite_story.app.config["WTF_CSRF_ENABLED"] = False
    assert olga.post(DELETE, data={"name": "Bexar", "reason": "x"}).status_code == 409
    with sqlite_story.app.app_context():
        assert len(sqlite_story.event.rooms) == 3


def test_the_list_goes_out_as_a_sheet_that_can_be_pasted_again(sqlite_story: Story):
    olga = sqlite_story.client("olga")
    send(olga, NEW, name="=1+1", kind="other", offer="all", capacity="7", features="a, b")

    sheet = olga.get(f"{MANAGE}/rooms.csv")

    assert sheet.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert sheet.headers["Cache-Control"] == "no-store"
    assert PASSCODE not in sheet.text
    assert sheet.text.splitlines()[1:3] == [
        "Bexar,meetpad,30,,,,,bexar",
        "Austin,zoom,100,,,,,austin",
    ]
    assert sheet.text.splitlines()[-1].startswith("'=1+1,other,7,a; b,")
    with sqlite_story.app.app_context():
        for room in list(sqlite_story.event.rooms):
            db.session.delete(room)
        db.session.commit()
    assert send(olga, PASTE, pasted=sheet.text, kind="zoom", save="1").status_code == 303
    assert olga.get(f"{MANAGE}/rooms.csv").text == sheet.text
    assert refused(sqlite_story, f"{MANAGE}/rooms.csv") == STRANGERS


@pytest.mark.parametrize("place", [ROOMS, NEW, PASTE, BEXAR, DELETE])
def test_strangers_get_nothing(sqlite_story: Story, place: str):
    assert refused(sqlite_story, place) == STRANGERS
    if place != ROOMS:
        assert refused(sqlite_story, place, name="Mine", pasted="Mine") == STRANGERS
    with sqlite_story.app.app_context():
        assert sqlite_story.marks() == (0, 0, 0)
        sqlite_story.set(status=EventStatus.DRAFT)
    assert refused(sqlite_story, place) == {"visitor": 303, "vic": 404, "omar": 404}


def test_a_passcode_is_shown_on_the_form_of_its_room_alone(sqlite_story: Story):
    olga = sqlite_story.client("olga")

    assert PASSCODE in olga.get(AUSTIN).text
    for place in (ROOMS, BEXAR, DELETE, f"{MANAGE}/rooms/austin/delete"):
        assert PASSCODE not in olga.get(place).text
