"""Whatever people do in whatever order, the books balance."""

import itertools
import uuid
from collections import defaultdict
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ptgsched.db import db
from ptgsched.errors import PtgschedError
from ptgsched.schedule import operations, queries
from ptgsched.schedule.models import BookingSlot
from ptgsched.schedule.shapes import booking_facts
from tests.support.story import LEAD, SIGN_UP, Story

MINUTE = timedelta(minutes=1)
TEAMS = ("nova", "cinder", "tc")
ROOMS = ("bexar", "austin")
CODES = ("MonA1", "MonA2", "MonA3", "MonA4", "MonB1")  # few, so that people meet

which = st.integers(0, 5)
cells = st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True)
steps = st.one_of(
    st.tuples(
        st.just("book"),
        st.sampled_from(TEAMS),
        st.sampled_from(ROOMS),
        cells,
        st.sets(st.sampled_from(TEAMS)),
    ),
    st.tuples(st.just("move"), which, st.sampled_from(ROOMS), cells),
    st.tuples(st.just("retitle"), which, st.sampled_from(("", "Cells", "Placement"))),
    st.tuples(st.just("invite"), which, st.sets(st.sampled_from(TEAMS))),
    st.tuples(st.just("release"), which),
    st.tuples(st.just("restore"), which),
    st.tuples(st.just("undo"), which),
)


class History:
    """An event of its own, in which steps are tried and then audited."""

    def __init__(self, story):
        self.story = story
        self.at = SIGN_UP

    def bookings(self):
        return queries.bookings(self.story.event, cancelled=True)

    def attempt(self, step):
        """Try one step; a refusal is rolled back, as the pages do it."""
        self.at += MINUTE
        before = self.story.marks()
        try:
            self._do(*step)
            db.session.commit()
        except PtgschedError:
            db.session.rollback()
            assert self.story.marks() == before

    def _do(self, kind, *facts):
        story, event = self.story, self.story.event
        if kind == "book":
            team, room, codes, guests = facts
            story.book(team, room, *codes, with_teams=sorted(guests), at=self.at)
            return
        number, *rest = facts
        known = sorted(self.bookings(), key=lambda booking: booking.id)
        if not known:
            return
        booking = known[number % len(known)]
        who = {"actor": LEAD, "at": self.at}
        if kind == "move":
            room, codes = rest
            operations.change(
                event, booking, room=story.room(room), slots=story.slots(*codes), **who
            )
        elif kind == "retitle":
            operations.change(event, booking, title=rest[0], **who)
        elif kind == "invite":
            guests = [story.team(slug) for slug in sorted(rest[0])]
            operations.change(event, booking, with_teams=guests, **who)
        elif kind == "release":
            operations.release(event, booking, **who)
        elif kind == "restore":
            operations.restore(event, booking, **who)
        else:
            lines = [line for line in story.journal() if line.booking_uid == booking.uid]
            operations.undo(event, lines[-1], booking, **who)

    def audit(self):
        """All that must hold after any history."""
        db.session.expire_all()
        self._cells_are_those_of_the_confirmed()
        self._nobody_is_in_two_places()
        self._the_journal_tells_the_whole_story()

    def _cells_are_those_of_the_confirmed(self):
        codes = {slot.id: slot.code for slot in self.story.event.slots}
        held = defaultdict(set)
        for cell in db.session.scalars(select(BookingSlot)):
            if cell.slot_id in codes:
                held[cell.booking_id].add((cell.room_id, codes[cell.slot_id]))
        expected = {
            booking.id: {(booking.room_id, code) for code in booking.slot_codes}
            for booking in self.bookings()
            if booking.is_confirmed
        }
        assert dict(held) == expected
        by_code = {slot.code: slot for slot in self.story.event.slots}
        for booking in self.bookings():
            assert booking.starts_at == by_code[booking.slot_codes[0]].starts_at
            assert booking.ends_at == by_code[booking.slot_codes[-1]].ends_at

    def _nobody_is_in_two_places(self):
        confirmed = [booking for booking in self.bookings() if booking.is_confirmed]
        for one, other in itertools.combinations(confirmed, 2):
            if one.interval.overlaps(other.interval):
                assert one.room_id != other.room_id
                assert not set(one.teams) & set(other.teams)

    def _the_journal_tells_the_whole_story(self):
        event, lines = self.story.event, self.story.journal()
        assert [line.cursor for line in lines] == list(range(1, event.cursor + 1))
        assert [line.revision for line in lines] == list(range(1, event.schedule_revision + 1))
        last = {}
        for line in lines:
            assert line.before == last.get(line.booking_uid)
            assert line.after["sequence"] == (line.before["sequence"] + 1 if line.before else 0)
            last[line.booking_uid] = line.after
        assert last == {booking.uid: booking_facts(booking) for booking in self.bookings()}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(steps, min_size=3, max_size=14))
def test_any_history_leaves_the_books_balanced(app, history):
    story = Story.begin(app, slug=f"oct-{uuid.uuid4().hex}")  # the database stays, so a new event
    with app.app_context():
        tried = History(story)
        for step in history:
            tried.attempt(step)
        tried.audit()
