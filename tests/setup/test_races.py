"""Organizers and leads at the same door at the same moment."""

import threading
from datetime import UTC, date, datetime

import pytest

from ptgsched.db import db
from ptgsched.errors import Conflict
from ptgsched.schedule import operations
from ptgsched.setup.events import begin_event
from ptgsched.setup.rooms import change_room, remove_room
from ptgsched.setup.teams import remove_team
from tests.schedule.test_races import race
from tests.support.story import ORGANIZER, SIGN_UP, Story

BY = {"actor": ORGANIZER, "at": SIGN_UP}
AFTER = datetime(2026, 11, 3, tzinfo=UTC)


def test_renames_and_bookings_at_once_keep_both(story: Story):
    names = [f"Bexar {number}" for number in range(6)]
    codes = [f"{day}A1" for day in ("Mon", "Tue", "Wed", "Thu")]

    def rename(name):
        def attempt():
            change_room(story.event, story.room("bexar"), {"name": name}, **BY)
            db.session.commit()

        return attempt

    def book(code):
        return lambda: story.book("nova", "bexar", code)

    came = race(story, *map(rename, names), *map(book, codes))

    assert came == ["done"] * 10
    with story.app.app_context():
        lines = story.journal()
        assert [line.cursor for line in lines] == list(range(1, len(lines) + 1))
        assert story.event.schedule_revision == 10
        renames = [line for line in lines if line.action == "room.updated"]
        assert story.room("bexar").name == renames[-1].after["name"]
        made = [line for line in lines if line.action == "booking.created"]
        assert sorted(line.after["slots"][0] for line in made) == sorted(codes)
        for line in made:
            later = sum(rename.cursor > line.cursor for rename in renames)
            assert story.booking(line.booking_uid).sequence == later


def test_a_room_that_goes_at_this_moment_is_told_to_who_books_it(story: Story):
    """A lead's page knows a room that an organizer deletes before the lead gets to the door."""
    with story.app.app_context():
        room = story.room("ballroom")
        event, team, slots = story.event, story.team("nova"), story.slots("MonA1")
        db.session.commit()

        def delete():
            remove_room(story.event, story.room("ballroom"), actor=ORGANIZER, at=AFTER)
            db.session.commit()

        assert race(story, delete) == ["done"]
        with pytest.raises(Conflict):
            operations.book(event, team=team, room=room, slots=slots, **BY)
        db.session.rollback()
        assert story.marks() == (1, 1, 1)


def test_a_form_of_what_goes_at_this_moment_says_so(story: Story):
    """Olga saves a room and a team that another organizer is just deleting."""
    story.app.config["WTF_CSRF_ENABLED"] = False
    olga = story.client("olga")
    answers = {}

    def save(what, slug, **form):
        place = f"/events/oct/manage/{what}/{slug}/edit"
        answers[what] = olga.post(place, data={"name": "New name", **form}).status_code

    for remove, what, slug, form in (
        (remove_room, "rooms", "ballroom", {"kind": "other", "offer": "all"}),
        (remove_team, "teams", "neutron", {"kind": "vertical", "project": ""}),
    ):
        with story.app.app_context():
            thing = story.room(slug) if what == "rooms" else story.team(slug)
            remove(story.event, thing, actor=ORGANIZER, at=AFTER)
            saving = threading.Thread(target=save, args=(what, slug), kwargs=form)
            saving.start()
            saving.join(0.5)
            assert saving.is_alive(), "it waits for the lock"
            db.session.commit()
        saving.join(30)

    assert answers == {"rooms": 404, "teams": 404}


def test_of_two_events_of_one_name_at_once_one_is_begun(story: Story):
    def begin():
        begin_event(
            "spring",
            title="Spring",
            kind="other",
            starts_on=date(2027, 3, 1),
            ends_on=date(2027, 3, 2),
            timezone="UTC",
            **BY,
        )
        db.session.commit()

    assert sorted(race(story, begin, begin)) == ["Conflict", "done"]
