"""What templates say."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from ptgsched.web.filters import contrast, days, during, in_days, linkify, page_url

NOW = datetime(2026, 10, 26, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(0), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=-59), "59 minutes ago"),
        (timedelta(minutes=59, seconds=50), "in 1 hour"),
        (timedelta(hours=-1), "1 hour ago"),
        (timedelta(hours=47), "in 47 hours"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(days=-3, hours=-2), "3 days ago"),
    ],
)
def test_how_far_away(distance, words):
    assert in_days(NOW + distance, NOW) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 10, 26), date(2026, 10, 26), "26 Oct 2026"),
        (date(2026, 10, 26), date(2026, 10, 30), "26\u201330 Oct 2026"),
        (date(2026, 10, 30), date(2026, 11, 3), "30 Oct \u2013 3 Nov 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 Dec 2026 \u2013 2 Jan 2027"),
    ],
)
def test_days_in_words(first, last, words):
    assert days(first, last) == words


@pytest.mark.parametrize(
    ("today", "moment"),
    [
        (datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC)),
        (datetime(2026, 10, 28, 9, tzinfo=UTC), datetime(2026, 10, 28, 9, tzinfo=UTC)),
        (datetime(2027, 3, 1, 9, tzinfo=UTC), datetime(2026, 10, 30, 12, tzinfo=UTC)),
    ],
)
def test_the_moment_during_an_event(sqlite_app, today, moment):
    with time_machine.travel(today, tick=False), sqlite_app.app_context():
        assert during(date(2026, 10, 26), date(2026, 10, 30)) == moment


class TestLinks:
    def test_addresses_become_links_and_lines_stay(self):
        said = linkify("See https://example.org/a?b=1&c=2.\nBye")

        assert said == (
            'See <a href="https://example.org/a?b=1&amp;c=2" rel="nofollow ugc noopener">'
            "https://example.org/a?b=1&amp;c=2</a>.<br>\nBye"
        )

    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("(see https://example.org/x)", "https://example.org/x"),
            ("https://en.wikipedia.org/wiki/Nova_(star)", None),
            ("<https://example.org/>", "https://example.org/"),
            ("http://[::1]:80/", None),
        ],
    )
    def test_an_address_ends_where_it_ends(self, text, address):
        assert f'href="{address or text}"' in linkify(text)

    @pytest.mark.parametrize("text", ["javascript:alert(1)", "ftp://example.org", "https://", "x"])
    def test_nothing_else_becomes_one(self, text):
        assert linkify(text) == text

    @given(st.text())
    def test_whatever_is_typed_stays_text(self, text):
        said = linkify("https://example.org/" + text)
        rest = said.replace("<br>", "").replace("</a>", "")

        assert rest.count("<") == rest.count('<a href="https://') == rest.count(">")


class TestThisPagesAddress:
    def test_arguments_change_and_the_others_stay(self, sqlite_app):
        with sqlite_app.test_request_context("/events/oct/?team=nova&team=cinder&tz=UTC"):
            assert page_url() == "/events/oct/?team=nova&team=cinder&tz=UTC"
            assert page_url(tz="Asia/Tokyo") == (
                "/events/oct/?team=nova&team=cinder&tz=Asia%2FTokyo"
            )
            assert page_url(team=None, tz=None) == "/events/oct/"
            assert page_url(day=2).endswith("&tz=UTC&day=2")

    def test_below_a_prefix_it_keeps_the_prefix(self, sqlite_app):
        with sqlite_app.test_request_context("/x y", base_url="http://localhost/ptg"):
            assert page_url(a="b c") == "/ptg/x%20y?a=b+c"


def test_text_on_a_colour():
    assert contrast("#ffd700") == "ink-black"
    assert contrast("#00008b") == "ink-white"
