"""Booking through the pages, on both kinds of database.

Lena leads nova, Omar leads cinder, Vic leads nothing, Olga organizes.
"""

import re
from html import unescape

import pytest

from ptgsched.events.models import EventStatus
from tests.schedule.pages import BOOK, NOVA, book, facts, marks, only_uid, text_of, value_of
from tests.support.story import Story


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

    def test_what_would_go_over_a_cap_is_not_said_as_if_it_were_so(self, scenery):
        with scenery.app.app_context():
            scenery.phase(per_day=1, total=16)
        page = scenery.client("lena").get(f"{BOOK}?room=bexar&slots=MonA1&slots=MonA2")
        assert "Nova would use 2 of 1 h on Monday, 2 of 16 h in all." in text_of(page)

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
        assert "This cannot be booked: Cinder holds Bexar in MonA1; choose another" in said

    def test_a_taken_room_names_its_holder_and_keeps_everything_typed(self, cast):
        book(cast, "cinder", "bexar", "MonA2")
        before = marks(cast)
        typed = {**NOVA, "description": "Line one\nline two", "with_teams": ["neutron"]}
        page = cast.client("lena").post(BOOK, data={**typed, "back": "team=nova"})
        assert page.status_code == 409
        assert "Cinder holds Bexar in MonA2; choose another room or slot." in text_of(page)
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
        assert "Cinder holds Bexar in MonA2" in said
        assert "Nova already meets in Austin, Mon 26 Oct 18:30-19:30 Asia/Kolkata" in said
        assert "Nova has 0 h left on Monday 26 Oct" in said
        assert "Nova has 0 h left in all" in said

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

    def test_nothing_else_is_chosen_in_place_of_what_there_is_not(self, scenery):
        """As a browser does with a list that holds nothing of what was typed."""
        lena = scenery.client("lena")
        page = lena.post(BOOK, data={**NOVA, "room": "gone", "last": "MonX9"}).text
        assert page.count('<option value="">Choose a room</option>') == 1
        assert page.count('<option value="">Choose a slot</option>') == 2
        for asked in ("room=&slots=MonA1", "first="):
            assert "Choose team, room and time" in text_of(lena.get(f"{BOOK}?{asked}")), asked
        assert '<option value="">' not in lena.post(BOOK, data={**NOVA, "title": "x" * 201}).text

    def test_an_empty_form_asks_for_what_is_missing(self, scenery):
        page = scenery.client("lena").post(BOOK, data={})
        assert page.status_code == 422
        assert "Choose a room." in text_of(page)
        assert "Choose a slot." in text_of(page)
        assert "Choose a room." not in text_of(scenery.client("lena").get(BOOK))

    def test_what_a_link_leaves_open_is_the_next_slot_and_a_free_room(self, scenery, sign_up_time):
        """The agenda's links name a slot and no room, and half of Monday is over."""
        book(scenery, "cinder", "bexar", "MonA3")
        sign_up_time.move_to("2026-10-26T15:05:00Z")
        lena = scenery.client("lena")
        for address in (BOOK, f"{BOOK}?slots=MonA3"):
            page = lena.get(address)
            assert [value_of(page.text, name) for name in ("room", "first")] == ["austin", "MonA3"]
            assert "Nothing stands in the way." in text_of(page)

    def test_nobody_books_for_the_first_team_of_the_list_by_accident(self, scenery):
        olga = scenery.client("olga")
        page = olga.get(f"{BOOK}?room=bexar&slots=MonA1")
        assert re.search(r'<select [^>]*name="team"><option value="">Choose a team<', page.text)
        refused = olga.post(BOOK, data={**NOVA, "team": ""})
        assert refused.status_code == 422
        assert "Choose a team." in text_of(refused)

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
        page = client.get("/events/oct/").text
        assert [offer in page for offer in ("/book?", "data-movable")] == [False, False]
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
        assert "Times in UTC" in form.text
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
