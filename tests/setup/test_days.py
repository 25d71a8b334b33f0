"""Other days for an event: nothing falls or moves that nobody agreed to."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ptgsched.db import begin_write, db
from ptgsched.errors import Invalid, Stale
from ptgsched.events.layout import create_event
from ptgsched.schedule import operations
from ptgsched.setup.days import Windows, change_days, consequences
from ptgsched.setup.removal import TookPlace
from ptgsched.timezones import to_local
from tests.support.story import FRIDAY, LEAD, MONDAY, ORGANIZER, SIGN_UP, Story

BY = {"actor": ORGANIZER, "at": SIGN_UP}
DAY = timedelta(days=1)


def meant(scene: Story, first: date, last: date, how: str = Windows.STAY, *, fill: bool = True):
    return consequences(scene.event, first, last, how, fill=fill, at=SIGN_UP)


def test_days_that_go_take_their_windows_and_name_what_falls(scene: Story):
    falls = scene.book("nova", "bexar", "FriC4").uid  # on Saturday by the clock, Friday's by day
    stays = scene.book("nova", "bexar", "MonA1").uid

    what = meant(scene, MONDAY, FRIDAY - DAY)
    assert [booking.uid for booking in what.falling.own] == [falls]
    assert [window.code for window in what.going] == ["B", "A", "C"]
    assert not what.moving
    with pytest.raises(Stale):
        change_days(scene.event, MONDAY, FRIDAY - DAY, Windows.STAY, fill=True, **BY)
    db.session.rollback()

    change_days(
        scene.event,
        MONDAY,
        FRIDAY - DAY,
        Windows.STAY,
        fill=True,
        seen=[falls],
        reason="Four days do",
        **BY,
    )
    db.session.commit()

    assert scene.event.ends_on == FRIDAY - DAY
    assert max(slot.day for slot in scene.event.slots) == FRIDAY - DAY
    assert not scene.booking(falls).is_confirmed
    assert scene.booking(stays).sequence == 0
    assert scene.journal()[-1].action == "event.updated"


def test_days_that_come_get_the_hours_of_the_nearest(scene: Story):
    last = FRIDAY + 5 * DAY  # Wednesday of the week after; the weekend stays free

    change_days(scene.event, MONDAY, last, Windows.STAY, fill=True, **BY)
    db.session.commit()

    codes = [slot.code for slot in scene.event.slots if slot.day > FRIDAY]
    assert {slot.day for slot in scene.event.slots} >= {FRIDAY + 3 * DAY, last}
    assert len(codes) == 3 * 12
    assert "Wed2A1" in codes
    assert not any(code.startswith(("Sat", "Sun")) for code in codes)
    scene.book("nova", "bexar", "Wed2C4")

    change_days(scene.event, MONDAY - 7 * DAY, last, Windows.STAY, fill=False, **BY)
    assert min(slot.day for slot in scene.event.slots) == MONDAY


def test_hours_that_come_are_those_of_the_events_zone(scene: Story):
    begin_write()
    event = create_event(
        "berlin",
        title="Berlin",
        kind="ptg",
        starts_on=MONDAY,
        ends_on=MONDAY,
        timezone="Europe/Berlin",
        at=SIGN_UP,
    )
    # To the Thursday before, when clocks were not yet put back.
    change_days(event, MONDAY - 4 * DAY, MONDAY, Windows.STAY, fill=True, **BY)
    first = event.slots[0].starts_at
    assert first == datetime(2026, 10, 22, 7, tzinfo=UTC)
    assert to_local(first, "Europe/Berlin").hour == 9


def test_a_week_later_everything_moves_along_and_calendars_learn_of_it(scene: Story):
    uid = scene.book("nova", "bexar", "MonC3", "MonC4", with_teams=["cinder"]).uid
    gone = scene.book("neutron", "bexar", "TueA1")
    operations.release(scene.event, gone, actor=LEAD, at=SIGN_UP)
    db.session.commit()
    week = timedelta(days=7)

    what = meant(scene, MONDAY + week, FRIDAY + week, Windows.MOVE)
    assert [booking.uid for booking in what.moving.own] == [uid]
    assert not what.going
    with pytest.raises(Invalid):
        change_days(
            scene.event,
            MONDAY + week,
            FRIDAY + week,
            Windows.MOVE,
            fill=True,
            seen=[uid],
            **BY,
        )
    db.session.rollback()
    change_days(
        scene.event,
        MONDAY + week,
        FRIDAY + week,
        Windows.MOVE,
        fill=True,
        seen=[uid],
        reason="The venue is not ready",
        **BY,
    )
    db.session.commit()

    moved = scene.booking(uid)
    assert (moved.starts_at, moved.sequence) == (datetime(2026, 11, 2, 23, tzinfo=UTC), 1)
    assert moved.slot_codes == ["MonC3", "MonC4"]
    assert moved.slots[0].starts_at == moved.starts_at
    assert len(scene.event.slots) == 60
    [line] = [line for line in scene.journal() if line.action == "booking.moved"]
    assert line.reason == "The venue is not ready"
    assert line.before["start"] != line.after["start"]


def test_a_day_later_slots_are_called_by_their_new_days(scene: Story):
    uid = scene.book("nova", "bexar", "FriA1").uid
    released = scene.book("cinder", "bexar", "MonA1")
    operations.release(scene.event, released, actor=LEAD, at=SIGN_UP)
    db.session.commit()

    change_days(
        scene.event,
        MONDAY + DAY,
        FRIDAY + DAY,
        Windows.MOVE,
        fill=False,
        seen=[uid],
        reason="Monday is a holiday",
        **BY,
    )
    db.session.commit()

    assert scene.booking(uid).slot_codes == ["SatA1"]
    assert {slot.code[:3] for slot in scene.event.slots} == {"Tue", "Wed", "Thu", "Fri", "Sat"}
    booking, _ = operations.restore(scene.event, scene.booking(released.uid), **BY)
    assert booking.slot_codes == ["TueA1"]
    assert booking.starts_at == datetime(2026, 10, 27, 13, tzinfo=UTC)


def test_what_took_place_holds_the_days(scene: Story):
    uid = scene.book("nova", "bexar", "MonB1").uid
    during = {"actor": ORGANIZER, "at": datetime(2026, 10, 26, 12, tzinfo=UTC)}

    for first, last, how in (
        (MONDAY + DAY, FRIDAY, Windows.STAY),
        (MONDAY + DAY, FRIDAY + DAY, Windows.MOVE),
    ):
        with pytest.raises(TookPlace):
            change_days(
                scene.event, first, last, how, fill=True, seen=[uid], reason="Late", **during
            )
        db.session.rollback()
    with pytest.raises(Invalid) as refusal:
        meant(scene, FRIDAY, MONDAY)
    assert "ends_on" in refusal.value.fields


def test_the_same_days_change_nothing(scene: Story):
    scene.book("nova", "bexar", "MonA1")
    marks = scene.marks()
    assert not meant(scene, MONDAY, FRIDAY, Windows.MOVE).asks
    change_days(scene.event, MONDAY, FRIDAY, Windows.MOVE, fill=True, **BY)
    db.session.commit()
    assert scene.marks() == marks
