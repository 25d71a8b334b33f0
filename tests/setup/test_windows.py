"""Windows and their slots: cut anew, and never under somebody's booking."""

from datetime import UTC, datetime, timedelta

import pytest

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound
from ptgsched.schedule import operations
from ptgsched.setup import windows
from ptgsched.setup.consequences import InUse
from tests.support.story import ORGANIZER, SIGN_UP, Story

BY = {"actor": ORGANIZER, "at": SIGN_UP}


def monday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, 26, hour, minute, tzinfo=UTC)


def change(scene: Story, slug: str, **given):
    window = windows.change_window(scene.event, windows.window_of(scene.event, slug), given, **BY)
    db.session.commit()
    return window


def codes(scene: Story, slug: str) -> list[str]:
    return [slot.code for slot in windows.window_of(scene.event, slug).slots]


def test_a_window_is_cut_into_slots_that_can_be_booked(scene: Story):
    given = {"code": "D", "name": "Dawn", "start": monday(9), "end": monday(12, 10)}
    window = windows.add_window(scene.event, given | {"minutes": 90, "gap": 10}, **BY)
    db.session.commit()

    assert [(s.code, s.starts_at, s.ends_at) for s in window.slots] == [
        ("MonD1", monday(9), monday(10, 30)),
        ("MonD2", monday(10, 40), monday(12, 10)),
    ]
    assert scene.journal()[-1].action == "window.created"
    assert scene.journal()[-1].subject == "MonD"
    scene.book("nova", "bexar", "MonD1", "MonD2")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "1", "start": monday(9), "end": monday(10)}, "code"),
        ({"code": "D", "start": monday(9), "end": monday(10, 30)}, "end"),
        ({"code": "D", "start": monday(9), "end": monday(9)}, "end"),
        ({"code": "D", "start": monday(9), "end": monday(9) + timedelta(days=2)}, "end"),
        ({"code": "D", "start": monday(9).replace(second=1), "end": monday(10)}, "start"),
        ({"code": "D", "start": monday(9), "end": monday(10), "minutes": 0}, "minutes"),
        ({"code": "D", "start": datetime(2026, 11, 2, 9, tzinfo=UTC)}, "start"),
    ],
)
def test_a_window_that_cannot_be_is_refused(scene: Story, given, field):
    given = {"end": given["start"] + timedelta(hours=1)} | given
    with pytest.raises(Invalid) as refusal:
        windows.add_window(scene.event, given, **BY)
    assert set(refusal.value.fields) == {field}


def test_no_hour_is_in_two_windows_and_no_window_twice(scene: Story):
    for code, start in (("A", 9), ("D", 16)):
        given = {"code": code, "start": monday(start), "end": monday(start + 2)}
        with pytest.raises(Conflict):
            windows.add_window(scene.event, given, **BY)
        db.session.rollback()
    with pytest.raises(Conflict):
        change(scene, "MonB", end=monday(14))


def test_slots_whose_time_stays_keep_their_codes_and_bookings(scene: Story):
    uid = scene.book("nova", "bexar", "MonA1", "MonA2").uid

    change(scene, "mona", start=monday(12), end=monday(16), name="Noon")

    assert codes(scene, "MonA") == ["MonA4", "MonA1", "MonA2", "MonA3"]
    assert [slot.number for slot in scene.slots(*codes(scene, "MonA"))] == [1, 2, 3, 4]
    booking = scene.booking(uid)
    assert (booking.sequence, [slot.code for slot in booking.slots]) == (0, ["MonA1", "MonA2"])
    assert scene.journal()[-1].action == "window.updated"
    scene.book("cinder", "bexar", "MonA4")
    marks = scene.marks()
    change(scene, "MonA", start=monday(12), minutes=60)
    assert scene.marks() == marks


def test_a_booking_that_would_fall_is_named_and_nothing_is_changed(scene: Story):
    falls = scene.book("nova", "bexar", "MonA3", "MonA4").uid
    scene.book("cinder", "bexar", "MonA1")
    marks = scene.marks()
    event = scene.event
    for attempt in (
        lambda: change(scene, "MonA", end=monday(16)),
        lambda: change(scene, "MonA", start=monday(13, 30), end=monday(16, 30)),
        lambda: windows.remove_window(event, windows.window_of(event, "MonA"), **BY),
    ):
        with pytest.raises(InUse) as refusal:
            attempt()
        db.session.rollback()
        assert falls in {booking["uid"] for booking in refusal.value.facts["bookings"]}
    assert scene.marks() == marks
    assert codes(scene, "MonA") == ["MonA1", "MonA2", "MonA3", "MonA4"]


def test_a_booking_is_not_torn_apart_by_a_slot_between(scene: Story):
    given = {"code": "D", "start": monday(9), "end": monday(11), "minutes": 30, "gap": 60}
    windows.add_window(scene.event, given, **BY)
    db.session.commit()
    uid = scene.book("nova", "bexar", "MonD1", "MonD2").uid

    with pytest.raises(InUse) as refusal:
        change(scene, "MonD", gap=15)
    assert refusal.value.facts["bookings"][0]["uid"] == uid


def test_a_code_that_a_released_booking_names_is_not_given_again(scene: Story):
    booking = scene.book("nova", "bexar", "MonA4")
    operations.release(scene.event, booking, **BY)
    db.session.commit()

    change(scene, "MonA", end=monday(16))
    change(scene, "MonA", start=monday(12))

    assert codes(scene, "MonA") == ["MonA5", "MonA1", "MonA2", "MonA3"]


def test_a_window_stays_on_its_day(scene: Story):
    tuesday = monday(21) + timedelta(hours=4)
    with pytest.raises(Invalid) as refusal:
        change(scene, "MonC", start=tuesday, end=tuesday + timedelta(hours=2))
    assert set(refusal.value.fields) == {"start"}


def test_a_window_goes_with_its_slots(scene: Story):
    event = scene.event
    scene.room("bexar").offered_slots = list(scene.slots("MonA1", "MonB1"))
    scene.room("bexar").offered_always = False
    db.session.commit()
    windows.remove_window(event, windows.window_of(event, "MonA"), **BY)
    db.session.commit()

    with pytest.raises(NotFound):
        windows.window_of(scene.event, "MonA")
    assert [slot.code for slot in scene.room("bexar").offered_slots] == ["MonB1"]
    assert len(scene.event.slots) == 56
    assert scene.journal()[-1].action == "window.deleted"
