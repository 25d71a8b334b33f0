"""Booking, changing, releasing and undoing through the pages, on both kinds of database.

Lena leads nova, Omar leads cinder, Vic leads nothing, Olga organizes.
"""

import re
from html import unescape

import pytest
import time_machine

from ptgsched.events.models import EventStatus
from tests.support.story import SIGN_UP, Story

BOOK = "/events/oct/book"
NOVA = {"team": "nova", "room": "bexar", "first": "MonA1", "last": "MonA2", "title": "Placement"}


@pytest.fixture(autouse=True)
def sign_up_time():
    """Our people act weeks before the event."""
    with time_machine.travel(SIGN_UP, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(story: Story) -> Story:
    """Forms are posted without their token here; test_base holds that none passes without."""
    story.app.config["WTF_CSRF_ENABLED"] = False
    return story


@pytest.fixture
def scenery(sqlite_story: Story) -> Story:
    """The same on SQLite only, for what does not write."""
    sqlite_story.app.config["WTF_CSRF_ENABLED"] = False
    return sqlite_story


def text_of(response) -> str:
    """What a reader sees, white space folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def book(story: Story, *args, **facts) -> str:
    with story.app.app_context():
        return story.book(*args, **facts).uid


def facts(story: Story, uid: str) -> tuple[str, list[str], str, str, int]:
    with story.app.app_context():
        found = story.booking(uid)
        return found.room.slug, found.slot_codes, found.title, found.status, found.sequence


def marks(story: Story) -> tuple[int, int, int]:
    with story.app.app_context():
        return story.marks()


def cursor(story: Story) -> str:
    with story.app.app_context():
        return str(story.event.cursor)


def only_uid(story: Story) -> str:
    with story.app.app_context():
        (uid,) = {line.booking_uid for line in story.journal()}
        return str(uid)


def value_of(page: str, name: str) -> str:
    """What a select has selected, or an input or text area holds."""
    select = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    if select:
        return re.search(r'<option selected value="([^"]*)"', select[0])[1]
    area = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    if area:
        return unescape(area[1])
    box = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)[0]
    return unescape(re.search(r'value="([^"]*)"', box)[1])


class TestBooking:
    def test_the_form_says_what_a_booking_would_mean_before_it_is_made(self, scenery):
        with scenery.app.app_context():
            scenery.phase(per_day=4, total=16)
        book(scenery, "nova", "austin", "MonB1")
        address = f"{BOOK}?room=bexar&slots=MonA1&slots=MonA2&tz=Asia/Kolkata"
        page = scenery.client("lena").get(address)
        assert page.status_code == 200
        said = text_of(page)
        assert (
            "Nova · Bexar · Mon 26 Oct 13:00-15:00 UTC = 18:30-20:30 Asia/Kolkata for you" in said
        )
        assert "Nova uses 3 of 4 h on Monday, 3 of 16 h in all." in said
        assert "Nothing stands in the way." in said
        assert (value_of(page.text, "first"), value_of(page.text, "last")) == ("MonA1", "MonA2")

    def test_a_lead_books_and_is_led_back_to_the_grid_with_undo(self, cast):
        client = cast.client("lena")
        answer = client.post(BOOK, data={**NOVA, "back": "team=nova&window=A"})
        uid = only_uid(cast)
        assert answer.status_code == 303
        day = "team=nova&window=A&day=2026-10-26"
        assert answer.location == f"/events/oct/?{day}#b-{uid}"
        assert facts(cast, uid) == ("bexar", ["MonA1", "MonA2"], "Placement", "confirmed", 0)
        page = client.get(answer.location)
        assert "Booked Nova in Bexar, Mon 26 Oct 13:00-15:00 UTC." in text_of(page)
        assert 'action="/events/oct/undo"' in page.text

    def test_a_joint_booking_names_all_its_teams(self, cast):
        data = {**NOVA, "with_teams": ["cinder", "neutron"]}
        assert cast.client("lena").post(BOOK, data=data).status_code == 303
        with cast.app.app_context():
            joint = [team.slug for team in cast.booking(cast.journal()[0].booking_uid).with_teams]
        assert joint == ["cinder", "neutron"]

    def test_checking_first_changes_nothing(self, scenery):
        before = marks(scenery)
        page = scenery.client("lena").post(BOOK, data={**NOVA, "check": "1"})
        assert page.status_code == 200
        assert "Nothing stands in the way." in text_of(page)
        assert value_of(page.text, "title") == "Placement"
        assert marks(scenery) == before

    def test_what_stands_in_the_way_is_said_before_posting(self, scenery):
        book(scenery, "cinder", "bexar", "MonA1")
        page = scenery.client("lena").get(f"{BOOK}?room=bexar&slots=MonA1")
        assert page.status_code == 200
        said = text_of(page)
        assert "This cannot be booked: cinder holds Bexar in MonA1; choose another" in said

    def test_a_taken_room_names_its_holder_and_keeps_everything_typed(self, cast):
        book(cast, "cinder", "bexar", "MonA2")
        before = marks(cast)
        typed = {**NOVA, "description": "Line one\nline two", "with_teams": ["neutron"]}
        page = cast.client("lena").post(BOOK, data={**typed, "back": "team=nova"})
        assert page.status_code == 409
        assert "cinder holds Bexar in MonA2; choose another room or slot." in text_of(page)
        for name in ("room", "first", "last", "title", "description"):
            assert value_of(page.text, name).splitlines() == typed[name].splitlines(), name
        assert re.search(r'value="neutron" checked', page.text)
        assert value_of(page.text, "back") == "team=nova"
        assert marks(cast) == before

    def test_all_reasons_are_given_at_once_in_the_readers_zone(self, cast):
        with cast.app.app_context():
            cast.phase(per_day=1, total=1)
        book(cast, "nova", "austin", "MonA1")
        book(cast, "cinder", "bexar", "MonA2")
        page = cast.client("lena").post(f"{BOOK}?tz=Asia/Kolkata", data=NOVA)
        assert page.status_code == 409
        said = text_of(page)
        assert "cinder holds Bexar in MonA2" in said
        assert "nova already meets in Austin, Mon 26 Oct 18:30-19:30 Asia/Kolkata" in said
        assert "nova has 0 h left on Monday 26 Oct" in said
        assert "nova has 0 h left in all" in said

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"first": "MonX9"}, "There is no slot “MonX9” at this event."),
            ({"room": "<script>"}, "There is no room “<script>” at this event."),
            ({"room": ""}, "Choose a room."),
            ({"team": "nobody"}, "There is no team “nobody” at this event."),
            ({"with_teams": ["nobody"]}, "There is no team “nobody” at this event."),
            ({"last": "TueA1"}, "MonA1 and TueA1 are in different windows"),
            ({"first": "MonA3", "last": "MonA1"}, "it ends before it begins"),
            ({"title": "x" * 201}, "At most 200 characters."),
            ({"description": "x" * 4001}, "At most 4000 characters."),
        ],
    )
    def test_bad_input_gets_a_sentence_beside_its_field_and_changes_nothing(
        self, scenery, wrong, said
    ):
        before = marks(scenery)
        page = scenery.client("lena").post(BOOK, data={**NOVA, **wrong})
        assert page.status_code == 422
        assert said in text_of(page) or said in unescape(page.text)
        assert "<script>”" not in page.text
        assert marks(scenery) == before

    def test_an_empty_form_asks_for_what_is_missing(self, scenery):
        page = scenery.client("lena").post(BOOK, data={})
        assert page.status_code == 422
        assert "Choose a room." in text_of(page)
        assert "Choose a slot." in text_of(page)
        assert "Choose a room." not in text_of(scenery.client("lena").get(BOOK))

    def test_control_characters_are_dropped_from_what_is_typed(self, cast):
        data = {**NOVA, "title": "Place\x00ment\x1b[31m\u202e\r\nnext"}
        assert cast.client("lena").post(BOOK, data=data).status_code == 303
        assert facts(cast, only_uid(cast))[2] == "Placement[31m next"

    def test_a_past_slot_is_refused_with_the_way_out(self, cast, sign_up_time):
        sign_up_time.move_to("2026-11-05T00:00:00+00:00")
        before = marks(cast)
        page = cast.client("lena").post(BOOK, data=NOVA)
        assert page.status_code == 422
        assert "MonA1 and MonA2 ended Mon 26 Oct 2026 15:00 UTC; choose a later slot." in text_of(
            page
        )
        assert marks(cast) == before

    def test_an_archived_event_takes_no_bookings(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1")
        with cast.app.app_context():
            cast.set(status=EventStatus.ARCHIVED)
        before = marks(cast)
        client = cast.client("lena")
        assert client.post(BOOK, data={**NOVA, "room": "austin"}).status_code == 422
        for action in ("edit", "release"):
            page = client.post(f"/events/oct/bookings/{uid}/{action}", data=NOVA)
            assert page.status_code == 409
            assert "takes no changes any more" in text_of(page)
        assert "/book?" not in client.get("/events/oct/").text
        assert marks(cast) == before

    def test_nobody_books_for_a_team_that_is_not_theirs(self, scenery):
        before = marks(scenery)
        assert scenery.client("omar").post(BOOK, data=NOVA).status_code == 403
        assert scenery.client("omar").get(f"{BOOK}?team=nova").status_code == 403
        assert scenery.client("vic").post(BOOK, data=NOVA).status_code == 403
        assert scenery.client("vic").get(BOOK).status_code == 403
        visitor = scenery.client().post(BOOK, data=NOVA)
        assert (visitor.status_code, visitor.location.partition("?")[0]) == (303, "/login")
        assert marks(scenery) == before

    def test_an_organizer_books_for_every_team_and_bends_rules_with_a_reason(self, cast):
        with cast.app.app_context():
            cast.phase(per_day=1)
        client = cast.client("olga")
        refused = client.post(BOOK, data=NOVA)
        assert refused.status_code == 422
        assert "This cannot be booked without a reason" in text_of(refused)
        reason = {**NOVA, "override": "Agreed with the TC"}
        assert client.post(BOOK, data=reason).status_code == 303
        with cast.app.app_context():
            assert [line.reason for line in cast.journal()] == ["Agreed with the TC"]

    def test_a_lead_has_no_reason_to_bend_rules_with(self, scenery):
        with scenery.app.app_context():
            scenery.phase(per_day=1)
        page = scenery.client("lena").post(BOOK, data={**NOVA, "override": "Please"})
        assert page.status_code == 422
        assert "Book against the rules" not in page.text

    def test_a_taken_room_stays_taken_whatever_the_reason(self, cast):
        book(cast, "cinder", "bexar", "MonA1")
        page = cast.client("olga").post(BOOK, data={**NOVA, "override": "Please"})
        assert page.status_code == 409

    def test_a_dialog_gets_the_form_without_its_frame_and_its_way_back_as_a_header(self, cast):
        client = cast.client("lena")
        form = client.get(f"{BOOK}?room=bexar&slots=MonA1&fragment=1")
        assert "<html" not in form.text
        assert "data-booking-form" in form.text
        refused = client.post(BOOK, data={**NOVA, "room": "", "fragment": "1"})
        assert (refused.status_code, "<html" in refused.text) == (422, False)
        done = client.post(BOOK, data={**NOVA, "fragment": "1"})
        assert done.status_code == 204
        assert done.location == f"/events/oct/?day=2026-10-26#b-{only_uid(cast)}"
        assert "Booked Nova" in text_of(client.get(done.location))

    def test_writes_are_limited(self, make_app, sqlite_url):
        story = Story.begin(make_app(sqlite_url, rate_writes="2"))
        story.app.config["WTF_CSRF_ENABLED"] = False
        client = story.client("lena")
        answers = [client.post(BOOK, data={**NOVA, "check": "1"}).status_code for _ in range(3)]
        assert answers == [200, 200, 429]
        assert client.get(BOOK).status_code == 200


class TestChanging:
    def test_a_booking_is_moved_extended_and_retitled_in_one_go(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1", title="Old", description="Kept")
        client = cast.client("lena")
        edit = f"/events/oct/bookings/{uid}/edit"
        page = client.get(edit).text
        assert (value_of(page, "room"), value_of(page, "title")) == ("bexar", "Old")
        assert value_of(page, "description") == "Kept"
        data = {
            "room": "austin",
            "first": "TueA2",
            "last": "TueA3",
            "title": "New",
            "sequence": "0",
        }
        answer = client.post(edit, data=data)
        assert answer.status_code == 303
        assert answer.location == f"/events/oct/?day=2026-10-27#b-{uid}"
        assert facts(cast, uid) == ("austin", ["TueA2", "TueA3"], "New", "confirmed", 1)

    def test_a_link_from_drag_and_drop_fills_in_the_new_place_only(self, scenery):
        uid = book(scenery, "nova", "bexar", "MonA1", title="Old", with_teams=["neutron"])
        page = scenery.client("lena").get(
            f"/events/oct/bookings/{uid}/edit?room=austin&slots=TueA1,TueA2"
        )
        assert value_of(page.text, "room") == "austin"
        assert (value_of(page.text, "first"), value_of(page.text, "last")) == ("TueA1", "TueA2")
        assert value_of(page.text, "title") == "Old"
        assert re.search(r'value="neutron" checked', page.text)
        assert "Nothing stands in the way." in text_of(page)

    def test_moving_onto_ones_own_slots_is_no_conflict(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1", "MonA2")
        data = {"room": "bexar", "first": "MonA2", "last": "MonA3", "sequence": "0"}
        answer = cast.client("lena").post(f"/events/oct/bookings/{uid}/edit", data=data)
        assert answer.status_code == 303
        assert facts(cast, uid)[1] == ["MonA2", "MonA3"]

    def test_moving_into_a_taken_cell_changes_nothing(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1", title="Old")
        book(cast, "cinder", "austin", "MonA1")
        before = marks(cast)
        data = {"room": "austin", "first": "MonA1", "last": "MonA1", "title": "New"}
        page = cast.client("lena").post(f"/events/oct/bookings/{uid}/edit", data=data)
        assert page.status_code == 409
        assert "cinder holds Austin in MonA1" in text_of(page)
        assert value_of(page.text, "title") == "New"
        assert marks(cast) == before

    def test_saving_without_a_change_writes_nothing(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1", title="Same")
        before = marks(cast)
        data = {"room": "bexar", "first": "MonA1", "last": "MonA1", "title": "Same"}
        client = cast.client("lena")
        answer = client.post(f"/events/oct/bookings/{uid}/edit", data=data)
        assert answer.status_code == 303
        assert marks(cast) == before
        assert "/undo" not in client.get(answer.location).text

    def test_a_form_that_is_out_of_date_says_so_and_can_be_sent_again(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1", title="Old")
        client = cast.client("lena")
        edit = f"/events/oct/bookings/{uid}/edit"
        data = {"room": "bexar", "first": "MonA1", "last": "MonA1", "sequence": "0"}
        assert client.post(edit, data={**data, "title": "Mine"}).status_code == 303
        page = client.post(edit, data={**data, "title": "Late"})
        assert page.status_code == 412
        assert "Somebody changed this booking since you opened it." in text_of(page)
        assert value_of(page.text, "title") == "Late"
        assert facts(cast, uid)[2] == "Mine"
        again = {**data, "title": "Late", "sequence": value_of(page.text, "sequence")}
        assert client.post(edit, data=again).status_code == 303
        assert facts(cast, uid)[2] == "Late"

    def test_a_booking_stays_its_teams_whatever_is_posted(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1")
        data = {"team": "cinder", "room": "bexar", "first": "MonA1", "last": "MonA2"}
        assert (
            cast.client("lena").post(f"/events/oct/bookings/{uid}/edit", data=data).status_code
            == 303
        )
        with cast.app.app_context():
            assert cast.booking(uid).team.slug == "nova"

    @pytest.mark.parametrize("action", ["edit", "release"])
    def test_only_its_leads_and_organizers_touch_a_booking(self, scenery, action):
        uid = book(scenery, "nova", "bexar", "MonA1", with_teams=["cinder"])
        path, before = f"/events/oct/bookings/{uid}/{action}", marks(scenery)
        for who in ("omar", "vic"):
            assert scenery.client(who).get(path).status_code == 403
            assert scenery.client(who).post(path, data=NOVA).status_code == 403
        assert scenery.client().post(path, data=NOVA).location.startswith("/login")
        assert marks(scenery) == before
        assert scenery.client("olga").get(path).status_code == 200
        assert scenery.client("ada").get(path).status_code == 200

    def test_unknown_bookings_are_not_found(self, scenery):
        for action in ("", "/edit", "/release"):
            assert (
                scenery.client("lena").get(f"/events/oct/bookings/nope{action}").status_code == 404
            )


class TestReleasing:
    def test_it_is_asked_first_then_done_and_can_be_undone(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1", title="Placement")
        client = cast.client("lena")
        path = f"/events/oct/bookings/{uid}/release"
        assert "Release Nova’s booking?" in text_of(client.get(path))
        assert facts(cast, uid)[3] == "confirmed"
        answer = client.post(path)
        assert (answer.status_code, answer.location) == (303, "/events/oct/?day=2026-10-26")
        assert facts(cast, uid)[3:] == ("cancelled", 1)
        page = client.get(answer.location)
        assert "Released Nova in Bexar, Mon 26 Oct 13:00-14:00 UTC." in text_of(page)
        undone = client.post(
            "/events/oct/undo", data={"cursor": cursor(cast), "next": "/events/oct/?team=nova"}
        )
        assert (undone.status_code, undone.location) == (303, "/events/oct/?team=nova")
        assert facts(cast, uid) == ("bexar", ["MonA1"], "Placement", "confirmed", 2)

    def test_a_session_that_is_over_stays_in_the_record(self, cast, sign_up_time):
        uid = book(cast, "nova", "bexar", "MonA1")
        sign_up_time.move_to("2026-10-26T14:00:00+00:00")
        client, before = cast.client("lena"), marks(cast)
        page = client.post(f"/events/oct/bookings/{uid}/release")
        assert page.status_code == 409
        assert "This session is over" in text_of(page)
        assert marks(cast) == before
        assert "/release" not in client.get(f"/events/oct/bookings/{uid}").text

    def test_a_released_booking_is_not_released_twice(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1")
        client, path = cast.client("lena"), f"/events/oct/bookings/{uid}/release"
        assert client.post(path).status_code == 303
        before = marks(cast)
        assert client.post(path).status_code == 409
        assert marks(cast) == before


class TestUndo:
    def test_a_booking_just_made_is_taken_back_and_forth(self, cast):
        client = cast.client("lena")
        client.post(BOOK, data=NOVA)
        uid = only_uid(cast)
        client.post("/events/oct/undo", data={"cursor": cursor(cast)})
        assert facts(cast, uid)[3] == "cancelled"
        page = client.get("/events/oct/")
        assert "Undone: Nova in Bexar" in text_of(page)
        client.post("/events/oct/undo", data={"cursor": cursor(cast)})
        assert facts(cast, uid)[3] == "confirmed"

    def test_a_move_goes_back_to_where_it_was(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1", title="Old")
        client = cast.client("lena")
        data = {"room": "austin", "first": "TueA1", "last": "TueA2", "title": "New"}
        client.post(f"/events/oct/bookings/{uid}/edit", data=data)
        client.post("/events/oct/undo", data={"cursor": cursor(cast)})
        assert facts(cast, uid) == ("bexar", ["MonA1"], "Old", "confirmed", 2)

    def test_when_somebody_took_the_room_meanwhile_it_says_who(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1")
        client = cast.client("lena")
        client.post(f"/events/oct/bookings/{uid}/release")
        released = cursor(cast)
        book(cast, "cinder", "bexar", "MonA1")
        before = marks(cast)
        answer = client.post("/events/oct/undo", data={"cursor": released})
        assert answer.status_code == 303
        assert "cinder holds Bexar in MonA1" in text_of(client.get(answer.location))
        assert marks(cast) == before

    def test_only_the_last_change_of_a_booking_is_undone(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1", title="One")
        first = cursor(cast)
        client = cast.client("lena")
        data = {"room": "bexar", "first": "MonA1", "last": "MonA1", "title": "Two"}
        client.post(f"/events/oct/bookings/{uid}/edit", data=data)
        answer = client.post("/events/oct/undo", data={"cursor": first})
        assert "changed again since" in text_of(client.get(answer.location))
        assert facts(cast, uid)[2:4] == ("Two", "confirmed")

    def test_it_is_for_those_who_may_book(self, scenery):
        book(scenery, "nova", "bexar", "MonA1")
        before, data = marks(scenery), {"cursor": cursor(scenery)}
        assert scenery.client("omar").post("/events/oct/undo", data=data).status_code == 403
        assert scenery.client().post("/events/oct/undo", data=data).location.startswith("/login")
        assert marks(scenery) == before

    @pytest.mark.parametrize("bad", ["", "0", "99", "-1", "x", "9" * 30, "²"])
    def test_an_unknown_change_is_not_found(self, scenery, bad):
        assert (
            scenery.client("lena").post("/events/oct/undo", data={"cursor": bad}).status_code == 404
        )

    @pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:x"])
    def test_it_leads_to_pages_of_this_site_only(self, scenery, away):
        book(scenery, "nova", "bexar", "MonA1")
        data = {"cursor": cursor(scenery), "next": away}
        answer = scenery.client("lena").post("/events/oct/undo", data=data)
        assert answer.location == "/events/oct/"


class TestCard:
    def test_everybody_reads_a_session_in_three_zones(self, scenery):
        uid = book(
            scenery,
            "nova",
            "bexar",
            "MonA1",
            title="Placement",
            description="See https://x.example/a",
        )
        page = scenery.client().get(f"/events/oct/bookings/{uid}?tz=Asia/Kolkata")
        said = text_of(page)
        assert "Mon 26 Oct 18:30-19:30 Asia/Kolkata" in said
        assert "Mon 26 Oct 13:00-14:00 UTC" in said
        assert 'href="https://x.example/a"' in page.text
        assert "Join" in said
        assert "Etherpad" in said
        assert f"/bookings/{uid}/edit" not in page.text

    def test_a_passcode_is_never_shown(self, scenery):
        uid = book(scenery, "nova", "austin", "MonA1")
        for who in (None, "lena"):
            page = scenery.client(who).get(f"/events/oct/bookings/{uid}").text
            assert "3141592" not in page
            assert "/events/oct/rooms/austin/join" in page

    def test_those_who_may_are_offered_to_change_it(self, scenery):
        uid = book(scenery, "nova", "bexar", "MonA1")
        for who, offered in [("lena", True), ("olga", True), ("omar", False), ("vic", False)]:
            page = scenery.client(who).get(f"/events/oct/bookings/{uid}").text
            assert (f"/bookings/{uid}/edit" in page) is offered, who
            assert (f"/bookings/{uid}/release" in page) is offered, who

    def test_a_released_one_says_so_and_can_be_booked_again(self, scenery):
        uid = book(scenery, "nova", "bexar", "MonA1")
        client = scenery.client("lena")
        client.post(f"/events/oct/bookings/{uid}/release")
        page = client.get(f"/events/oct/bookings/{uid}")
        assert page.status_code == 200
        assert "This session was released; it does not take place." in text_of(page)
        assert "Book it again" in text_of(page)
        assert "Book it again" not in text_of(scenery.client().get(f"/events/oct/bookings/{uid}"))

    def test_hostile_text_stays_text(self, scenery):
        evil = "<img src=x onerror=alert(1)>"
        uid = book(scenery, "nova", "bexar", "MonA1", title=evil, description="javascript:alert(1)")
        for path in ("", f"bookings/{uid}"):
            page = scenery.client("lena").get(f"/events/oct/{path}").text
            assert evil not in page
            assert 'href="javascript' not in page
