"""The schedule page over HTTP: who sees what, in whose time, at what cost."""

import re
from html import unescape

import pytest

from ptgsched.db import db
from ptgsched.events.models import EventStatus
from tests.schedule.pages import book, text_of
from tests.support.queries import counted_queries

GRID = "/events/oct/"
CODES = [f"{day}{window}{n}" for day in ("Mon", "Tue") for window in "BAC" for n in range(1, 5)]


def test_a_visitor_reads_the_schedule_and_is_offered_no_booking(scenery):
    uid = book(scenery, "nova", "bexar", "MonA1", title="Placement")
    page = scenery.client().get(GRID)
    assert page.status_code == 200
    assert f'href="/events/oct/bookings/{uid}"' in page.text
    assert "Placement" in text_of(page)
    assert "/book?" not in page.text


def test_a_lead_is_offered_the_free_cells_for_her_team(scenery):
    page = scenery.client("lena").get(GRID)
    assert 'href="/events/oct/book?room=bexar&amp;slots=MonA1&amp;team=nova"' in page.text


def test_an_organizer_books_for_the_team_that_is_chosen(scenery):
    client = scenery.client("olga")
    assert 'href="/events/oct/book?room=bexar&amp;slots=MonA1"' in client.get(GRID).text
    chosen = client.get(f"{GRID}?team=cinder")
    assert "slots=MonA1&amp;team=cinder" in chosen.text


def test_somebody_who_leads_no_team_here_is_offered_nothing(scenery):
    assert "/book?" not in scenery.client("vic").get(GRID).text


def test_times_are_the_readers_with_utc_beside_them(scenery):
    page = text_of(scenery.client().get(f"{GRID}?tz=Asia/Kolkata"))
    assert "Times in Asia/Kolkata (UTC+5:30)" in page
    assert "A · Americas/Europe Mon 26 Oct · 13:00-17:00 UTC" in page
    assert "18:30 13:00 UTC 19:30 14:00 UTC" in page
    assert "C · APAC/Americas Tue 27 Oct · event Monday · 21:00-01:00 UTC" in page


def test_the_table_has_real_headers(scenery):
    page = scenery.client().get(GRID).text
    assert page.count('scope="colgroup"') == 3
    assert page.count('scope="col"') == 12
    assert page.count('scope="row"') == 3
    assert page.count('<a class="take"') == 0


def test_a_merged_cell_spans_its_slots(scenery):
    uid = book(scenery, "nova", "bexar", "MonA1", "MonA2", "MonA3")
    page = scenery.client().get(GRID).text
    cell = page[: page.index(f'id="b-{uid}"')].rpartition("<td")[2]
    assert 'colspan="3"' in cell


def test_barred_columns_say_why(scenery):
    book(scenery, "nova", "bexar", "MonA1")
    page = scenery.client("lena").get(GRID)
    assert 'aria-describedby="why-MonA1"' in page.text
    assert "Nova already meets in Bexar" in text_of(page)


def test_the_current_slot_says_why_it_is_barred_too(scenery, sign_up_time):
    book(scenery, "nova", "bexar", "MonA1")
    sign_up_time.move_to("2026-10-26T13:10:00+00:00")
    page = scenery.client("lena").get(GRID).text
    described = set(re.findall(r'aria-describedby="(why-\w+)"', page))
    assert described == {"why-MonA1"}
    assert described == set(re.findall(r'id="(why-\w+)"', page))


def test_hours_used_and_phases_stand_above_the_grid(scenery):
    with scenery.app.app_context():
        scenery.phase(per_day=4, total=16)
    book(scenery, "nova", "bexar", "MonA1", "MonA2")
    page = text_of(scenery.client("lena").get(GRID))
    assert "Sign-up is open for all teams, at most 4 h a day and 16 h in all." in page
    assert "Nova has 2 of 4 h on Monday, 2 of 16 h in all." in page


def test_a_change_of_clocks_near_the_event_is_said(scenery):
    page = text_of(scenery.client().get(f"{GRID}?tz=Europe/Berlin"))
    assert "Before the event clocks in Europe/Berlin go back" in page
    assert "clocks in" not in text_of(scenery.client().get(f"{GRID}?tz=Asia/Tokyo"))


def test_filters_live_in_the_address(scenery):
    nova, tc = book(scenery, "nova", "bexar", "MonA1"), book(scenery, "tc", "austin", "MonA1")
    page = scenery.client().get(f"{GRID}?team=nova&window=A")
    assert page.text.count('scope="colgroup"') == 1
    faded = [
        uid
        for uid in (nova, tc)
        if "is-faded" in page.text[: page.text.index(f'id="b-{uid}"')].rpartition("<td")[2]
    ]
    assert faded == [tc]
    assert "Nova meets Mon 26 Oct 13:00" in text_of(page)


def test_a_team_that_is_none_is_said_and_everything_shown(scenery):
    page = scenery.client().get(f"{GRID}?team=<b>zzz</b>&project=none&window=Q&day=someday&free=")
    assert page.status_code == 200
    assert "There is no team “<b>zzz</b>” here" in unescape(page.text)
    assert "<b>zzz" not in page.text
    assert page.text.count('scope="col"') == 12


def test_one_day_is_shown_and_others_are_a_click_away(scenery):
    book(scenery, "nova", "bexar", "TueA1", title="Tuesday's topic")
    client = scenery.client()
    assert "Tuesday's topic" not in text_of(client.get(GRID))
    assert "Tuesday's topic" in text_of(client.get(f"{GRID}?day=2026-10-27"))
    assert client.get(f"{GRID}?day=all").text.count("<table") == 5
    # Looking for a team leads to the day it meets.
    assert "Tuesday's topic" in text_of(client.get(f"{GRID}?team=nova"))


def test_the_current_slot_is_marked(scenery, sign_up_time):
    sign_up_time.move_to("2026-10-26T14:30:00+00:00")
    page = scenery.client().get(GRID).text
    assert re.findall(r'data-code="(\w+)" class="[^"]*is-now', page) == ["MonA2"]


def test_a_draft_is_seen_by_its_organizers_only(scenery):
    with scenery.app.app_context():
        scenery.set(status=EventStatus.DRAFT)
    assert scenery.client().get(GRID).status_code == 404
    assert scenery.client("lena").get(GRID).status_code == 404
    assert "This event is a draft" in text_of(scenery.client("olga").get(GRID))


def test_an_event_without_rooms_says_so(scenery):
    with scenery.app.app_context():
        event = scenery.event
        event.rooms.clear()
        db.session.commit()
    assert "This event has no rooms so far" in text_of(scenery.client().get(GRID))


def test_an_unknown_event_is_not_found(scenery):
    assert scenery.client().get("/events/nope/").status_code == 404
    assert scenery.client().get("/events/nope/teams.css").status_code == 404


def test_team_colours_come_as_a_style_sheet_that_can_be_kept(scenery):
    client = scenery.client()
    sheet = client.get("/events/oct/teams.css")
    assert sheet.content_type == "text/css; charset=utf-8"
    assert ".team-nova{--team:#" in sheet.text
    assert sheet.cache_control.max_age == 300
    again = client.get("/events/oct/teams.css", headers={"If-None-Match": sheet.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("who", [None, "lena", "olga"])
@pytest.mark.parametrize("query", ["", "?team=nova", "?day=all"])
def test_the_page_costs_the_same_with_one_booking_and_with_thirty(scenery, who, query):
    book(scenery, "nova", "bexar", "MonB1", with_teams=["neutron"])
    client = scenery.client(who)

    def cost() -> int:
        with counted_queries() as statements:
            assert client.get(GRID + query).status_code == 200
        return len(statements)

    first = cost()
    rest = [(room, code) for code in CODES for room in ("bexar", "austin")]
    teams = {"bexar": "nova", "austin": "cinder"}
    for room, code in rest[1:31]:
        if (room, code) != ("bexar", "MonB1"):
            book(scenery, teams[room], room, code)
    assert cost() == first <= 20


def test_a_page_that_one_came_from_may_be_no_address_at_all(sqlite_story):
    lena = sqlite_story.client("lena")

    for came_from in ("http://[", "//[", "\u00e9"):
        assert lena.get("/events/oct/book", headers={"Referer": came_from}).status_code == 200
