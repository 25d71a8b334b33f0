"""Olga's report for the board, after the event: who met, for how long, how many came."""

import csv
import io
from datetime import UTC, datetime

import pytest
import time_machine

from ptgsched.attendance.operations import count_heads, say_here
from ptgsched.db import db
from ptgsched.manage.report import report_of
from ptgsched.registrations.details import details
from ptgsched.registrations.operations import register
from tests.schedule.pages import text_of
from tests.support.queries import counted_queries
from tests.support.story import LEAD, SIGN_UP, Story

NOW = datetime(2026, 10, 27, 14, 30, tzinfo=UTC)
PAGE = "/events/oct/manage/report"


def arrange(story: Story) -> None:
    """Two sessions of nova, one with cinder; one of cinder's uncounted; one still to come."""
    first = story.book("nova", "bexar", "MonA1", "MonA2", with_teams=["cinder"], title="=1+1")
    second = story.book("nova", "austin", "TueA1")
    uncounted = story.book("cinder", "ballroom", "TueA2")
    story.book("nova", "bexar", "WedA1")
    people = []
    for n, country in enumerate(("JP", "JP", "DE")):
        said = details({"name": f"P{n}", "country": country})
        made, _ = register(story.event, f"p{n}@example.org", said, at=SIGN_UP, letters=None)
        people.append(made)
    at = NOW
    count_heads(story.event, first, 23, actor=LEAD, at=at)
    for session, number in ((first, 2), (second, 3)):
        for person in people[:number]:
            say_here(story.event, session, person, wanted=True, at=session.starts_at)
    del uncounted
    db.session.commit()


def test_it_sums_what_is_known(scene: Story):
    arrange(scene)
    report = report_of(scene.event, NOW)
    assert (len(report.sessions), report.planned, report.hours) == (3, 1, 4)
    assert (report.known, report.attendance, report.unique) == (2, 26, 3)
    assert report.average == 13
    nova, cinder = sorted(report.teams, key=lambda line: -line.sessions)
    assert (nova.sessions, nova.hours, nova.attendance, nova.largest, nova.unique) == (
        2,
        3,
        26,
        23,
        3,
    )
    assert (cinder.sessions, cinder.joined, cinder.known) == (1, 1, 0)
    assert [team.slug for team in report.idle] == ["neutron", "tc"]


def test_it_costs_the_same_at_any_size(sqlite_story: Story):
    story = sqlite_story
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1")
        event = story.event
        with counted_queries() as few:
            report_of(event, NOW)
        for code in ("MonA2", "MonA3", "MonA4"):
            story.book("neutron", "austin", code, with_teams=["tc"])
        event = story.event
        with counted_queries() as many:
            report_of(event, NOW)
        assert len(many) <= len(few) + 1


@pytest.fixture
def cast(sqlite_story: Story):
    with sqlite_story.app.app_context():
        arrange(sqlite_story)
    with time_machine.travel(NOW, tick=False):
        yield sqlite_story


def test_the_page_says_it_and_names_what_is_missing(cast: Story):
    said = text_of(cast.client("olga").get(PAGE))
    assert "October PTG: report" in said
    assert "1 session has no count yet" in said
    assert "All 3 4 26 23 3" in said
    assert "Did not meet: Neutron, Technical Committee." in said
    assert "Japan 2" in said
    assert cast.client("lena").get(PAGE).status_code == 403


def test_its_figures_are_a_table(cast: Story):
    olga = cast.client("olga")
    rows = list(csv.reader(io.StringIO(olga.get(f"{PAGE}.csv").text)))
    assert ["team", "Nova", "OpenStack", "2", "3", "0", "2", "26", "23", "3"] in rows
    assert ["total", "October PTG", "", "3", "4", "", "2", "26", "", "3"] in rows
    assert ["country", "Japan", "2"] in rows
    sessions = list(
        csv.DictReader(io.StringIO(olga.get(PAGE.replace("report", "attendance.csv")).text))
    )
    assert [row["counted"] for row in sessions] == ["23", "", ""]
    assert sessions[0]["title"] == "'=1+1"
    assert sessions[0]["with_teams"] == "cinder"
