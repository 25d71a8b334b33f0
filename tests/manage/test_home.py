"""The organizers' home: who sees it, what it says, and that it asks no more for a larger event."""

import time_machine

from ptgsched.db import db
from ptgsched.events.models import EventStatus
from tests.support.queries import counted_queries
from tests.support.story import SIGN_UP, Story

HOME = "/events/oct/manage/"


def test_only_those_who_run_the_event_manage_it(sqlite_story: Story):
    for name in ("olga", "ada"):
        assert sqlite_story.client(name).get(HOME).status_code == 200
        assert "Manage</a>" in sqlite_story.client(name).get("/events/oct/").text
    for name in ("lena", "vic"):
        assert sqlite_story.client(name).get(HOME).status_code == 403
        assert "Manage</a>" not in sqlite_story.client(name).get("/events/oct/").text
    assert sqlite_story.client().get(HOME).location.startswith("/login")


def test_a_draft_is_not_told_from_nothing(sqlite_story: Story):
    with sqlite_story.app.app_context():
        sqlite_story.set(status=EventStatus.DRAFT)

    assert sqlite_story.client("olga").get(HOME).status_code == 200
    assert sqlite_story.client("lena").get(HOME).status_code == 404
    assert sqlite_story.client("lena").get("/events/none/manage/").status_code == 404


def test_it_says_what_is_missing_and_what_collides(sqlite_story: Story):
    with sqlite_story.app.app_context():
        sqlite_story.book("nova", "bexar", "MonA1", "MonA2")
        sqlite_story.book("cinder", "austin", "MonA2")
        sqlite_story.keep_apart("nova", "cinder")
        sqlite_story.phase("Caps lifted")

    with time_machine.travel(SIGN_UP):
        page = " ".join(sqlite_story.client("olga").get(HOME).text.split())

    assert "2 teams without a lead" in page
    assert "2 without hours, 4 without survey" in page
    assert "1 in two places at once, 0 over capacity" in page
    assert "Sign-up phases: 1" in page


def test_an_event_with_nothing_in_it_says_what_to_do_first(sqlite_story: Story):
    with sqlite_story.app.app_context():
        event = sqlite_story.event
        event.windows.clear()
        db.session.commit()

    page = sqlite_story.client("olga").get(HOME).text

    assert "Next: lay out the hours" in page


def test_it_costs_the_same_with_one_session_and_with_thirty(sqlite_story: Story):
    olga = sqlite_story.client("olga")
    with sqlite_story.app.app_context():
        sqlite_story.book("nova", "bexar", "MonA1")
    with time_machine.travel(SIGN_UP), counted_queries() as few:
        olga.get(HOME)
    with sqlite_story.app.app_context():
        for day in ("Mon", "Tue", "Wed", "Thu", "Fri"):
            for window in "BC":
                for number in (1, 3):
                    sqlite_story.book("nova", "austin", f"{day}{window}{number}")
    with time_machine.travel(SIGN_UP), counted_queries() as many:
        olga.get(HOME)
    assert len(many) == len(few)


def test_pages_of_a_draft_say_what_is_next_until_it_is_published(sqlite_story: Story):
    olga = sqlite_story.client("olga")
    assert "Next:" not in olga.get("/events/oct/manage/windows/").text
    with sqlite_story.app.app_context():
        sqlite_story.set(status=EventStatus.DRAFT)
    assert "Next: plan sign-up" in olga.get("/events/oct/manage/windows/").text
    assert "Next:" not in olga.get("/events/oct/manage/phases/").text
    with sqlite_story.app.app_context():
        sqlite_story.phase()
    assert "Next: publish" in olga.get("/events/oct/manage/phases/").text


def test_an_archived_event_asks_for_nothing_more(sqlite_story: Story):
    with sqlite_story.app.app_context():
        sqlite_story.phase()

    def home() -> str:
        with time_machine.travel(SIGN_UP):
            return sqlite_story.client("olga").get(HOME).text

    published = home()
    assert "Next: name leads" in published
    assert "Sign-up is open" in published
    with sqlite_story.app.app_context():
        sqlite_story.set(status=EventStatus.ARCHIVED)
    archived = home()
    assert "Next:" not in archived
    assert "The event is archived: no team books any more." in archived
    assert "Sign-up is open" not in archived
