"""The journal as followers read it: in order, nothing skipped or repeated, nothing private."""

import json
import time

import pytest

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.schedule import changes, operations
from ptgsched.schedule.changes import UnknownCursor
from ptgsched.schedule.journal import Counter, door
from ptgsched.schedule.shapes import booking_shape
from ptgsched.web.context import links
from tests.schedule.test_races import race
from tests.support.queries import counted_queries
from tests.support.story import LEAD, PASSCODE, SIGN_UP, ZOOM

WRITERS = 8
FOLLOWERS = 4
EACH = 5


def read(story, since=0, **options):
    return changes.page(story.event, since, links(), **options)


def test_a_booking_from_its_beginning_to_its_end(scene):
    booking = scene.book("nova", "bexar", "MonA1", "MonA2", with_teams=["cinder"], title="Volumes")
    new = booking_shape(booking, links(), scene.event)
    operations.change(scene.event, booking, room=scene.room("ballroom"), actor=LEAD, at=SIGN_UP)
    db.session.commit()
    moved = booking_shape(booking, links(), scene.event)
    operations.release(scene.event, booking, actor=LEAD, at=SIGN_UP)
    db.session.commit()
    gone = booking_shape(booking, links(), scene.event)

    page = read(scene)

    assert (page.cursor, page.more) == (3, False)
    assert page.changes[0] == {
        "cursor": 1,
        "at": "2026-10-01T12:00:00Z",
        "actor": "lead:nova",
        "action": "booking.created",
        "booking": booking.uid,
        "team": "nova",
        "before": None,
        "after": new,
    }
    assert [(c["action"], c["before"], c["after"]) for c in page.changes[1:]] == [
        ("booking.moved", new, moved),
        ("booking.released", moved, gone),
    ]


def test_links_are_those_of_today_and_null_for_what_is_gone(scene):
    scene.book("nova", "bexar", "MonA1")
    scene.team("nova").etherpad_url = "https://pad.example/nova"
    scene.room("bexar").slug = "renamed"
    db.session.commit()

    (change,) = read(scene).changes

    assert change["after"]["etherpad_url"] == "https://pad.example/nova"
    assert (change["after"]["room"], change["after"]["join_url"]) == ("bexar", None)


def test_what_is_on_now_rides_in_the_same_row(scene):
    scene.book("nova", "bexar", "MonA1")
    chat = Actor("chat", "chat")
    with door(scene.event, actor=chat, at=SIGN_UP, counter=Counter.LIVE) as journal:
        journal.append("live.now", before={"now": None}, after={"now": "Volumes"}, subject="nova")
        journal.append("room.updated", after={"slug": "bexar"}, subject="bexar")
        journal.append("live.cleaned")
    db.session.commit()
    scene.book("nova", "bexar", "MonA2")

    now, room, cleaned = read(scene).changes[1:4]

    assert [change["cursor"] for change in read(scene).changes] == [1, 2, 3, 4, 5]
    assert (now["team"], now["before"], now["after"]) == (
        "nova",
        {"now": None},
        {"now": "Volumes"},
    )
    assert "booking" not in now
    assert room["room"] == "bexar"
    assert cleaned.keys() == {"cursor", "at", "actor", "action", "before", "after"}


def test_neither_people_nor_secrets_are_in_it(scene):
    lena = scene.user("lena")
    scene.room("austin").join_public = True
    scene.team("nova").join_url = ZOOM
    db.session.commit()
    actor = Actor("organizer", "web", user_id=lena.id)
    scene.book("nova", "austin", "MonA1", actor=actor, override="Lena Lead asked for it")

    (change,) = read(scene).changes

    told = json.dumps(change)
    for secret in (PASSCODE, "Lena", "lena", "user_id", "token_id"):
        assert secret not in told, secret
    assert change["actor"] == "organizer"
    assert change["after"]["join_url"] == "http://localhost/events/oct/teams/nova/join"


def test_pages_follow_each_other_without_a_gap(scene):
    scene.set(allow_parallel=True)
    for slot in list(scene.event.slots)[:7]:
        scene.book("nova", "bexar", slot.code)
    pages, since = [], 0
    while not pages or pages[-1].more:
        pages.append(read(scene, since, most=3))
        since = pages[-1].cursor
    assert [[c["cursor"] for c in page.changes] for page in pages] == [[1, 2, 3], [4, 5, 6], [7]]
    assert read(scene, 7) == changes.Page(7, [], more=False)


def test_a_cursor_that_is_still_to_come_is_refused(scene):
    scene.book("nova", "bexar", "MonA1")
    with pytest.raises(UnknownCursor) as refused:
        read(scene, 2)
    assert refused.value.facts == {"last": 1}
    assert "Begin again from 0" in refused.value.message


def test_many_changes_cost_as_many_queries_as_one(scene):
    scene.set(allow_parallel=True)

    def cost():
        event, to = scene.event, links()
        with counted_queries() as statements:
            changes.page(event, 0, to)
        return len(statements)

    scene.book("nova", "bexar", "MonA1")
    one = cost()
    for number, slot in enumerate(list(scene.event.slots)[1:30]):
        team, room = ("nova", "tc")[number % 2], ("bexar", "austin")[number % 2]
        scene.book(team, room, slot.code, with_teams=["cinder"])
    db.session.expire_all()
    assert one == cost() == 3


def test_followers_see_each_change_once_in_order_while_others_write(story):
    """Eight write, and take every third change back; four read all the while."""
    with story.app.app_context():
        story.set(allow_parallel=True)
        codes = [slot.code for slot in story.event.slots]
    expected = list(range(1, WRITERS * EACH + 1))
    seen = [[] for _ in range(FOLLOWERS)]

    def writer(number):
        mine = codes[number::WRITERS]

        def write():
            for turn, code in enumerate(mine[:EACH]):
                if turn % 3 == 0:
                    operations.book(
                        story.event,
                        team=story.team("tc"),
                        room=story.room("austin"),
                        slots=story.slots(code),
                        actor=LEAD,
                        at=SIGN_UP,
                    )
                    db.session.rollback()
                story.book("nova", "bexar", code)

        return write

    def follower(number):
        def follow():
            since, deadline = 0, time.monotonic() + 60
            while since < expected[-1] and time.monotonic() < deadline:
                page = read(story, since, most=3 + number)
                seen[number] += [change["cursor"] for change in page.changes]
                since = page.cursor
                db.session.rollback()
                time.sleep(0.01)

        return follow

    came = race(story, *map(writer, range(WRITERS)), *map(follower, range(FOLLOWERS)))

    assert set(came) == {"done"}, came
    assert seen == [expected] * FOLLOWERS
