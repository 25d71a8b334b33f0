"""Rooms as organizers set them up, and what that means for the bookings in them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.schedule import changes, operations
from ptgsched.schedule.models import Booking
from ptgsched.setup.consequences import InUse, StillAnnounced
from ptgsched.setup.rooms import add_room, change_room, remove_room
from ptgsched.web.context import links
from tests.support.queries import counted_queries
from tests.support.story import ORGANIZER, PASSCODE, SIGN_UP, ZOOM, Story

LATER = SIGN_UP + timedelta(hours=1)
BY = {"actor": ORGANIZER, "at": LATER}
AFTER = datetime(2026, 11, 3, tzinfo=UTC)


def change(scene: Story, slug: str, **given):
    room = change_room(scene.event, scene.room(slug), given, **BY)
    db.session.commit()
    return room


def test_a_room_is_added_behind_the_others(scene: Story):
    room = add_room(scene.event, {"name": " Pike's  Peak ", "kind": "meetpad"}, **BY)
    db.session.commit()

    assert (room.slug, room.name, room.position) == ("pikes-peak", "Pike's Peak", 3)
    assert scene.event.rooms[-1] is room
    line = scene.journal()[-1]
    assert (line.action, line.subject, line.before) == ("room.created", "pikes-peak", None)
    assert line.after["name"] == "Pike's Peak"
    assert scene.marks() == (1, 1, 1)
    scene.book("nova", "pikes-peak", "MonA1")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "R", "slug": "No Slug"}, "slug"),
        ({"name": "会議"}, "slug"),
        ({"name": "R", "kind": "cellar"}, "kind"),
        ({"name": "R", "capacity": -1}, "capacity"),
        ({"name": "R", "join_url": "javascript:alert(1)"}, "join_url"),
        ({"name": "R", "offered_slots": ["MonZ9"]}, "offered_slots"),
        ({"name": "R", "passcode": "4711x", "description": "Type 4711x."}, "description"),
    ],
)
def test_a_room_that_cannot_be_is_refused_and_leaves_nothing(scene: Story, given, field):
    with pytest.raises(Invalid) as refusal:
        add_room(scene.event, given, **BY)
    db.session.rollback()

    assert set(refusal.value.fields) == {field}
    assert scene.marks() == (0, 0, 0)
    assert len(scene.event.rooms) == 3


def test_two_rooms_never_share_a_name_or_a_slug(scene: Story):
    for given in ({"name": "BEXAR"}, {"name": "Other", "slug": "bexar"}):
        with pytest.raises(Conflict):
            add_room(scene.event, given, **BY)
        db.session.rollback()
    with pytest.raises(Conflict):
        change(scene, "austin", name="Bexar")
    db.session.rollback()
    assert change(scene, "austin", name="AUSTIN").name == "AUSTIN"


def test_a_rename_is_announced_for_the_bookings_in_it_and_no_others(scene: Story):
    mine = scene.book("nova", "bexar", "MonA1").uid
    other = scene.book("cinder", "austin", "MonA1").uid

    change(scene, "bexar", name="Alamo")

    renamed, untouched = scene.booking(mine), scene.booking(other)
    assert (renamed.sequence, renamed.updated_at, renamed.room.slug) == (1, LATER, "bexar")
    assert (untouched.sequence, untouched.updated_at) == (0, SIGN_UP)
    room, booking = scene.journal()[-2:]
    assert (room.action, room.before["name"], room.after["name"]) == (
        "room.updated",
        "Bexar",
        "Alamo",
    )
    assert (booking.action, booking.booking_uid) == ("booking.edited", mine)
    assert (booking.before["sequence"], booking.after["sequence"]) == (0, 1)
    assert room.revision == booking.revision == 3


def test_what_no_calendar_shows_is_not_announced(scene: Story):
    uid = scene.book("nova", "bexar", "MonA1").uid

    change(scene, "bexar", capacity=40, description="Two floors.", position=9)
    assert scene.booking(uid).sequence == 0
    marks = scene.marks()

    change(scene, "bexar", capacity=40, name="Bexar", kind="meetpad")
    assert scene.marks() == marks


def test_a_link_that_is_public_is_announced_one_that_is_not_stays_secret(scene: Story):
    uid = scene.book("nova", "austin", "MonA1").uid

    change(scene, "austin", join_url=ZOOM + "0", passcode=PASSCODE + "0")
    assert scene.booking(uid).sequence == 0
    assert scene.journal()[-1].after["changed"] == ["join_url", "passcode"]
    change(scene, "austin", join_url="https://zoom.example/j/9", join_public=True)
    assert scene.booking(uid).sequence == 1
    assert scene.journal()[-2].after["join_public"] is True
    assert changes.page(scene.event, 2, links()).changes[0]["after"]["join_url"] is not None
    change(scene, "austin", join_url=f"https://zoom.example/j/9#{PASSCODE}0")
    assert scene.booking(uid).sequence == 2

    assert changes.page(scene.event, 2, links()).changes[0]["after"]["join_url"] is None
    kept = json.dumps([[line.before, line.after] for line in scene.journal()])
    assert "zoom.example" not in kept
    assert PASSCODE not in kept


def test_a_room_offered_in_some_slots_keeps_what_is_booked(scene: Story):
    uid = scene.book("nova", "bexar", "MonA1", "MonA2").uid
    with pytest.raises(InUse) as refusal:
        change(scene, "bexar", offered_slots=["MonA1"])
    db.session.rollback()
    assert [booking["uid"] for booking in refusal.value.facts["bookings"]] == [uid]

    change(scene, "bexar", offered_slots=["MonA2", "MonA1"])
    assert scene.journal()[-1].after["offered_slots"] == ["MonA1", "MonA2"]
    change(scene, "ballroom", offered_slots=[])
    with pytest.raises(Invalid):
        scene.book("cinder", "ballroom", "MonA1")
    db.session.rollback()
    change(scene, "ballroom", offered_slots=None)
    scene.book("cinder", "ballroom", "MonA1")


def test_a_room_goes_when_nobody_and_no_calendar_needs_it(scene: Story):
    uid = scene.book("nova", "bexar", "MonA1").uid
    with pytest.raises(InUse) as standing:
        remove_room(scene.event, scene.room("bexar"), **BY)
    db.session.rollback()
    assert standing.value.facts["count"] == 1
    assert standing.value.facts["bookings"][0]["uid"] == uid

    operations.release(scene.event, scene.booking(uid), **BY)
    db.session.commit()
    with pytest.raises(StillAnnounced) as told:
        remove_room(scene.event, scene.room("bexar"), **BY)
    db.session.rollback()
    assert told.value.facts["until"] == datetime(2026, 10, 27, 14, tzinfo=UTC)

    remove_room(scene.event, scene.room("bexar"), actor=ORGANIZER, at=AFTER)
    db.session.commit()
    assert [room.slug for room in scene.event.rooms] == ["austin", "ballroom"]
    assert db.session.query(Booking).count() == 0
    assert scene.journal()[-1].action == "room.deleted"
    assert scene.journal()[-1].before["name"] == "Bexar"


def test_a_rename_reads_as_often_for_many_bookings_as_for_two(scene: Story):
    def cost(name: str) -> int:
        db.session.expire_all()
        with counted_queries() as statements:
            change(scene, "bexar", name=name)
        return sum(statement.startswith("SELECT") for statement in statements)

    scene.book("nova", "bexar", "MonA1")
    scene.book("cinder", "bexar", "MonA2")
    two = cost("Alamo")
    for number, code in enumerate(("TueA1", "TueA2", "WedA1", "WedA2", "ThuA1", "ThuA2")):
        scene.book(("nova", "cinder")[number % 2], "bexar", code)
    assert cost("Bexar") == two
