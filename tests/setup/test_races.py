"""Organizers and leads at the same door at the same moment."""

from datetime import UTC, datetime

import pytest

from ptgsched.db import db
from ptgsched.errors import Conflict
from ptgsched.schedule import operations
from ptgsched.setup.rooms import change_room, remove_room
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
