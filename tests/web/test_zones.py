"""Whose clock a page speaks: asked for, remembered, the account's, else the default."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from ptgsched.db import db
from ptgsched.web.filters import zone_options
from tests.support.story import Story


def spoken(answer) -> str:
    """The zone that the page says it speaks."""
    return re.search(r'data-zone-bar="([^"]*)"', answer.text)[1]


@pytest.fixture
def story(sqlite_app):
    return Story.begin(sqlite_app)


class TestAsking:
    def test_a_page_says_its_zone_once_and_near_the_top(self, story):
        page = story.client().get("/").text

        assert page.count("Times in <strong>UTC</strong>") == 1
        assert page.index("Times in") < page.index("October PTG")

    def test_a_zone_in_the_address_is_taken_and_remembered(self, story):
        visitor = story.client()

        asked = visitor.get("/?tz=asia/tokyo")
        later = visitor.get("/")

        assert spoken(asked) == spoken(later) == "Asia/Tokyo"
        assert "Asia/Tokyo (UTC+9)" in later.text

    @pytest.mark.parametrize(
        ("today", "offset"),
        [
            (datetime(2026, 10, 1, tzinfo=UTC), "UTC+1"),  # Berlin's clocks change on the 25th
            (datetime(2026, 10, 28, tzinfo=UTC), "UTC+1"),
            (datetime(2027, 7, 1, tzinfo=UTC), "UTC+1"),
        ],
    )
    def test_the_offset_is_that_of_the_event_not_of_today(self, story, today, offset):
        with time_machine.travel(today):
            page = story.client().get("/events/oct/?tz=Europe/Berlin").text

        assert f"Times in <strong>Europe/Berlin ({offset})</strong>" in page

    def test_a_zone_that_is_remembered_already_sets_no_cookie(self, story):
        visitor = story.client()
        visitor.get("/?tz=Asia/Tokyo")

        assert "Set-Cookie" not in visitor.get("/?tz=Asia/Tokyo").headers

    def test_a_zone_that_is_none_is_refused_with_ways_on(self, story):
        answer = story.client().get("/?tz=Asia/Tokio&page=2")

        assert answer.status_code == 422
        assert "&#34;Asia/Tokio&#34; is not a time zone." in answer.text
        assert 'href="/?page=2&amp;tz=Asia%2FTokyo"' in answer.text
        assert 'href="/?page=2"' in answer.text
        assert "Set-Cookie" not in answer.headers

    def test_a_remembered_zone_that_is_none_is_ignored(self, story):
        visitor = story.client()
        visitor.set_cookie("tz", "Mars/Olympus")

        assert spoken(visitor.get("/")) == "UTC"


class TestTheAccount:
    def test_its_zone_holds_until_another_is_chosen(self, story, sqlite_app):
        with sqlite_app.app_context():
            story.user("lena").timezone = "America/Chicago"
            db.session.commit()
        lena = story.client("lena")

        at_first = spoken(lena.get("/"))
        chosen = spoken(lena.get("/?tz=Europe/Berlin"))

        assert at_first == "America/Chicago"
        assert chosen == spoken(lena.get("/")) == "Europe/Berlin"


class TestTheForm:
    def test_it_keeps_the_other_arguments(self, story):
        page = story.client().get("/?team=nova&team=%22%3E%3Cb%3E&tz=UTC").text

        assert '<input type="hidden" name="team" value="nova">' in page
        assert '<input type="hidden" name="team" value="&#34;&gt;&lt;b&gt;">' in page
        assert page.count('name="tz"') == 1

    def test_the_spoken_zone_is_selected_even_under_an_old_name(self):
        options = zone_options("Asia/Calcutta", "Europe/Berlin")

        assert options.count(" selected") == 1
        assert "<option selected>Asia/Calcutta</option>" in options
        assert options.index("Europe/Berlin") < options.index("Africa/")
        assert options.count(">Europe/Berlin<") == 1


@pytest.mark.parametrize("base_url", ["https://ptg.example.org", "http://ptg.example.org"])
def test_the_chosen_zone_is_a_secure_cookie_where_the_service_is(make_app, sqlite_url, base_url):
    client = make_app(sqlite_url, base_url=base_url).test_client()
    cookie = client.get("/?tz=Asia/Tokyo").headers["Set-Cookie"]
    assert ("Secure" in cookie) == base_url.startswith("https")
