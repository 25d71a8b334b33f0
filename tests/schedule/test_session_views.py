"""A session's card; changing, releasing and undoing through the pages, on both databases.

Lena leads nova, Omar leads cinder, Vic leads nothing, Olga organizes.
"""

import contextlib
import re
import sqlite3

import pytest
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from ptgsched.db import db
from ptgsched.events.models import EventStatus
from tests.schedule.pages import BOOK, NOVA, book, cursor, facts, marks, only_uid, text_of, value_of
from tests.support.queries import counted_queries


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

    def test_a_form_that_is_judged_while_it_is_filled_in_means_what_it_says(self, scenery):
        """Boxes without a tick are not in its address; nor are those that a link leaves alone."""
        uid = book(scenery, "nova", "bexar", "MonA1", with_teams=["cinder"])
        lena, asked = scenery.client("lena"), f"/events/oct/bookings/{uid}/edit?room=austin"
        assert "Nova with Cinder · Austin" in text_of(lena.get(asked))
        assert "Nova · Austin" in text_of(lena.get(f"{asked}&sequence=0"))

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
        assert "Cinder holds Austin in MonA1" in text_of(page)
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

    def test_organizers_release_what_did_not_take_place_and_say_why(self, scenery, sign_up_time):
        uid = book(scenery, "nova", "bexar", "MonA1")
        sign_up_time.move_to("2026-10-26T14:00:00+00:00")
        olga, path = scenery.client("olga"), f"/events/oct/bookings/{uid}/release"
        assert path in olga.get(f"/events/oct/bookings/{uid}").text
        assert "This session is over. If it did not take place" in text_of(olga.get(path))
        before = marks(scenery)
        refused = olga.post(path, data={"reason": " "})
        assert (refused.status_code, "Say why" in text_of(refused)) == (422, True)
        assert marks(scenery) == before

        assert olga.post(path, data={"reason": "Nobody came"}).status_code == 303
        assert facts(scenery, uid)[3:] == ("cancelled", 1)
        undo = {"cursor": cursor(scenery)}
        scenery.client("lena").post("/events/oct/undo", data=undo)
        assert facts(scenery, uid)[3:] == ("cancelled", 1)  # a lead bends no rule
        olga.post("/events/oct/undo", data=undo)
        assert facts(scenery, uid)[3:] == ("confirmed", 2)
        with scenery.app.app_context():
            reasons = [line.reason for line in scenery.journal()]
        assert reasons == [None, "Nobody came", "Nobody came"]

    def test_what_an_organizer_booked_on_a_draft_is_not_stuck_there(self, scenery):
        uid = book(scenery, "nova", "bexar", "MonA1")
        with scenery.app.app_context():
            scenery.set(status=EventStatus.DRAFT)
        olga, page = scenery.client("olga"), f"/events/oct/bookings/{uid}"
        assert f"{page}/edit" in olga.get(page).text
        data = {"room": "bexar", "first": "MonA1", "last": "MonA1", "title": "New"}
        assert olga.post(f"{page}/edit", data=data).status_code == 303
        assert olga.post(f"{page}/release").status_code == 303
        assert facts(scenery, uid)[2:] == ("New", "cancelled", 2)

    def test_a_released_booking_is_not_released_twice(self, cast):
        uid = book(cast, "nova", "bexar", "MonA1")
        client, path = cast.client("lena"), f"/events/oct/bookings/{uid}/release"
        assert client.post(path).status_code == 303
        before = marks(cast)
        assert client.post(path).status_code == 409
        assert marks(cast) == before


class TestUndo:
    def test_the_offer_is_for_ones_own_change_whatever_happens_meanwhile(self, scenery):
        with scenery.app.app_context():
            path = str(db.engine.url.database)

        def somebody_else(_session):
            with contextlib.closing(sqlite3.connect(path)) as other:
                other.execute("UPDATE event SET cursor = cursor + 1")
                other.commit()

        client = scenery.client("lena")
        listen(Session, "after_commit", somebody_else, once=True)
        answer = client.post(BOOK, data=NOVA)
        assert cursor(scenery) == "2"
        assert value_of(client.get(answer.location).text, "cursor") == "1"

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
        with counted_queries() as statements:
            answer = client.post("/events/oct/undo", data={"cursor": released})
        assert answer.status_code == 303
        assert not [asked for asked in statements if "WHERE team.id = " in asked]
        assert "Cinder holds Bexar in MonA1" in text_of(client.get(answer.location))
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

    def test_nobody_is_sent_into_a_call_that_is_over(self, scenery, sign_up_time):
        uid = book(scenery, "nova", "bexar", "MonA1")
        assert " Join</a>" in scenery.client().get(f"/events/oct/bookings/{uid}").text
        sign_up_time.move_to("2026-10-26T14:00:00+00:00")
        page = scenery.client().get(f"/events/oct/bookings/{uid}").text
        assert (" Join</a>" in page, " Etherpad</a>" in page) == (False, True)

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
