"""Olga looks at who comes, against last year; Lena, who leads a team, may not."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine

from ptgsched.db import db
from ptgsched.manage import charts
from ptgsched.registrations.details import details
from ptgsched.registrations.operations import register
from tests.schedule.pages import text_of
from tests.support.story import SIGN_UP, Story

PAGE = "/events/oct/manage/statistics"


def enrol(story: Story, number: int, at: datetime, **said: object) -> None:
    with story.app.app_context():
        for n in range(number):
            email = f"p{at:%j}-{n}@example.org"
            register(story.event, email, details({"name": "P", **said}), at=at, letters=None)
        db.session.commit()


@pytest.fixture
def cast(sqlite_story: Story):
    before = Story.begin(sqlite_story.app, slug="apr", monday=date(2026, 4, 20))
    enrol(before, 3, datetime.fromisoformat("2026-03-20T12:00Z"), country="DE")
    enrol(sqlite_story, 4, SIGN_UP - timedelta(days=3), country="JP", timezone="Asia/Tokyo")
    enrol(sqlite_story, 2, SIGN_UP, country="BR", affiliation="<b>Evil & Co")
    with sqlite_story.app.app_context():
        sqlite_story.phase("Everybody", opens=timedelta(days=-2))
    with time_machine.travel(SIGN_UP, tick=False):
        yield sqlite_story


def test_the_figures_stand_beside_the_charts(cast: Story):
    page = cast.client("olga").get(PAGE)
    said = text_of(page)
    assert "6 Registered" in said or "Registered 6" in said
    assert "Japan 4 66.7 %" in said
    assert re.search(r"Everybody .*? 4 3 Today 6 3", said), said
    assert "B Europe/APAC 05:00 – 09:00 UTC 4 4" in said
    assert "Of 4 people whose zone is known or follows from their country; of 2 it is not" in said
    assert page.text.count('role="img"') == 3
    assert "<b>Evil" not in page.text
    assert 'style="' not in page.text


def test_a_chosen_event_or_none_is_compared(cast: Story):
    olga = cast.client("olga")
    assert 'value="apr" selected' in olga.get(PAGE).text
    alone = olga.get(f"{PAGE}?against=").text
    assert 'value="apr" selected' not in alone
    assert "Everybody" in alone


def test_charts_and_figures_are_files_too(cast: Story):
    olga = cast.client("olga")
    chart = olga.get(f"{PAGE}/countries.svg")
    assert chart.mimetype == "image/svg+xml"
    assert "<style>" in chart.text
    assert "script" not in chart.text
    assert "script-src" not in chart.headers["Content-Security-Policy"]
    assert "default-src 'none'" in chart.headers["Content-Security-Policy"]
    assert olga.get(f"{PAGE}/nothing.svg").status_code == 404
    rows = olga.get(f"{PAGE}.csv").text.splitlines()
    assert rows[:3] == ["group,name,people", "total,registered,6", "total,confirmed,6"]
    assert "country,Japan,4" in rows


def test_an_event_that_nobody_registered_for_says_so(cast: Story):
    Story.begin(cast.app, slug="nov")
    page = cast.client("olga").get("/events/nov/manage/statistics")
    assert "Nobody has a place yet" in page.text
    assert 'role="img"' not in page.text


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}.csv", f"{PAGE}/growth.svg"])
def test_organizers_only(cast: Story, path: str):
    assert cast.client("lena").get(path).status_code == 403
    assert cast.client().get(path).location.startswith("/login")


def test_labels_cannot_break_out_of_a_chart():
    chart = charts.bars("People", {'"><script>alert(1)</script>': 3, "Japan": 1})
    assert "<script>" not in chart
    assert "Japan: 1" in chart
    assert "style=" not in chart
    assert "id=" not in chart
