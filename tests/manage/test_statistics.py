"""Olga looks at who comes, against last year; Lena, who leads a team, may not."""

import re
from datetime import date, datetime, timedelta
from itertools import combinations

import pytest
import time_machine

from ptgsched.db import db
from ptgsched.manage import charts, charts_map
from ptgsched.manage.charts_outlines import HEIGHT, WIDTH, outlines
from ptgsched.registrations.details import details
from ptgsched.registrations.operations import register
from ptgsched.timezones import countries
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


def test_a_map_says_where_they_come_from(cast: Story):
    enrol(cast, 3, SIGN_UP - timedelta(days=1))
    olga = cast.client("olga")
    page = olga.get(PAGE)
    assert "<title>Japan: 4</title>" in page.text
    assert ">JP 4</text>" in page.text
    assert "3 have not said where they are" in text_of(page)
    assert "total,country not said,3" in olga.get(f"{PAGE}.csv").text
    everything = olga.get(f"{PAGE}/map.svg").text
    assert "<title>Brazil: 2</title>" in everything
    assert "Not said: 3" in everything


def test_the_map_for_publication_shows_no_country_of_fewer_than_five(cast: Story):
    enrol(cast, 5, SIGN_UP - timedelta(days=1), country="SG")
    published = cast.client("olga").get(f"{PAGE}/public-map.svg").text
    assert re.findall("<title>(.*?)</title>", published) == ["Singapore: 5"]
    assert "Elsewhere: 6" in published
    assert "Japan" not in published
    assert "Brazil" not in published


def test_an_event_that_nobody_registered_for_says_so(cast: Story):
    Story.begin(cast.app, slug="nov")
    page = cast.client("olga").get("/events/nov/manage/statistics")
    assert "Nobody has a place yet" in page.text
    assert 'role="img"' not in page.text


@pytest.mark.parametrize(
    "path", [PAGE, f"{PAGE}.csv", f"{PAGE}/growth.svg", f"{PAGE}/public-map.svg"]
)
def test_organizers_only(cast: Story, path: str):
    assert cast.client("lena").get(path).status_code == 403
    assert cast.client().get(path).location.startswith("/login")


def test_labels_cannot_break_out_of_a_chart():
    chart = charts.bars("People", {'"><script>alert(1)</script>': 3, "Japan": 1})
    assert "<script>" not in chart
    assert "Japan: 1" in chart
    assert "style=" not in chart
    assert "id=" not in chart


def test_the_map_has_all_countries_and_each_can_be_seen():
    known = outlines()
    for country in countries():
        outline = known[country.code]
        assert outline.path or outline.is_small, country
        x, y = outline.middle
        assert 0 < x < WIDTH, country
        assert 0 < y < HEIGHT, country


def test_nobody_is_left_out_of_the_map():
    people = {"US": 1200, "DE": 40, "FR": 30, "TV": 1, "XX": 2}
    drawn = charts_map.world("Who <comes>", people, {"Not said": 0})
    assert 'aria-label="Who &lt;comes&gt;"' in drawn
    assert re.search('<path class="shade-5" d="M[^"]+"><title>United States: 1,200</title>', drawn)
    assert re.search('<circle class="shade-1" [^>]+><title>Tuvalu: 1</title>', drawn)
    assert "Not on the map: 2" in drawn
    assert "Not said" not in drawn
    assert 'class="people"' in drawn
    assert "style=" not in drawn
    assert len(drawn) < 100_000


@pytest.mark.parametrize(
    ("most", "legend"),
    [
        (0, []),
        (4, [(5, "1–4")]),
        (20, [(5, "20–99"), (4, "5–19"), (3, "1–4")]),
        (900, [(5, "500 and more"), (4, "100–499"), (3, "20–99"), (2, "5–19"), (1, "1–4")]),
    ],
)
def test_the_largest_have_the_strongest_shade(most: int, legend: list[tuple[int, str]]):
    assert charts_map.legend({"JP": most, "BR": 1} if most else {}) == legend


def test_numbers_on_the_map_do_not_hide_each_other():
    drawn = charts_map.world("People", {"DE": 90, "FR": 80, "BE": 70, "NL": 60, "LU": 50}, {})
    places = re.findall(r'<text class="people" x="(\d+)" y="(\d+)">(\w\w) \d+</text>', drawn)
    assert {code for *_, code in places} >= {"DE", "FR"}
    for (x, y, _), (other_x, other_y, _) in combinations(places, 2):
        apart = abs(int(x) - int(other_x)) >= 70 or abs(int(y) - int(other_y)) >= 30
        assert apart, places
