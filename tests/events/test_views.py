"""The list of events, as a visitor, an organizer and an administrator see it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from ptgsched.db import begin_write, db
from ptgsched.events.layout import create_event
from ptgsched.events.models import EventStatus
from tests.support.queries import counted_queries
from tests.support.story import SIGN_UP, Story

TUESDAY = datetime(2026, 10, 27, 9, tzinfo=UTC)


def add(slug: str, first: date, *, status=EventStatus.PUBLISHED, timezone="UTC", kind="summit"):
    create_event(
        slug,
        title=slug.title(),
        kind=kind,
        starts_on=first,
        ends_on=first + timedelta(days=2),
        timezone=timezone,
        status=status,
        at=SIGN_UP,
    )


@pytest.fixture
def story(app):
    """October's PTG, one summit before it, one after, and a draft."""
    story = Story.begin(app)
    with app.app_context():
        begin_write()
        add("spring", date(2026, 4, 20), status=EventStatus.ARCHIVED)
        add("winter", date(2027, 1, 11), timezone="Asia/Tokyo")
        add("secret", date(2027, 3, 1), status=EventStatus.DRAFT)
        db.session.commit()
    return story


def test_what_is_on_comes_first_and_what_is_over_last(story):
    with time_machine.travel(TUESDAY):
        page = story.client().get("/").text

    titles = ["October PTG", "Winter", "Spring"]
    assert sorted(titles, key=page.index) == titles
    assert page.index("Winter") < page.index(">Past<") < page.index("Spring")
    assert page.count(">Today<") == 1
    assert page.index("October PTG") < page.index(">Today<") < page.index("Winter")
    assert "26\u201330 Oct 2026" in page
    assert 'href="/events/oct/"' in page


def test_the_first_session_is_told_in_the_readers_zone(story):
    with time_machine.travel(TUESDAY):
        page = story.client().get("/?tz=America/New_York").text

    assert "Begins" in page
    assert "Sun 10 Jan 2027 19:00 America/New_York (UTC-5)</time>, in 76 days" in page
    assert 'datetime="2027-01-11T00:00:00Z"' in page
    assert "Began" in page
    assert "Mon 26 Oct 2026 01:00 America/New_York (UTC-4)" in page


def test_its_days_are_those_of_its_own_zone(story, app):
    """Late on the 10th of January in UTC it is the 11th in Tokyo, so that summit is on."""
    with time_machine.travel(datetime(2027, 1, 10, 16, tzinfo=UTC)):
        page = story.client().get("/").text

    assert page.index("Winter") < page.index(">Today<") < page.index(">Past<")


def test_a_draft_is_seen_by_administrators_alone(story):
    seen = {name: "Secret" in story.client(name).get("/").text for name in (None, "lena", "ada")}

    assert seen == {None: False, "lena": False, "ada": True}
    assert "Draft" in story.client("ada").get("/").text


def test_without_any_event_it_says_what_to_do(app):
    page = app.test_client().get("/").text

    assert "There is no event yet" in page
    assert "publish" in page


def test_when_all_is_over_it_says_so(story):
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC)):
        page = story.client().get("/").text

    assert "No event is coming up" in page
    assert "Winter" in page


def test_many_events_cost_no_more_queries_than_few(story, app):
    def cost() -> int:
        with counted_queries() as statements:
            assert story.client().get("/").status_code == 200
        return len(statements)

    few = cost()
    with app.app_context():
        begin_write()
        for number in range(15):
            add(f"more-{number}", date(2027, 5, 3) + timedelta(days=7 * number), kind="other")
        db.session.commit()

    assert cost() == few <= 2
