"""Hours said once for several days; what would fall is named, agreed to, and released."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from ptgsched.db import begin_write, db
from ptgsched.errors import Conflict, Invalid, Stale
from ptgsched.events.layout import create_event
from ptgsched.setup import hours
from ptgsched.setup.hours import Plan
from ptgsched.setup.preview import in_days, preview, three_zones
from ptgsched.setup.removal import TookPlace
from ptgsched.setup.windows import window_of
from ptgsched.timezones import to_local
from tests.support.story import FRIDAY, MONDAY, ORGANIZER, SIGN_UP, Story

BY = {"actor": ORGANIZER, "at": SIGN_UP}
WEEK = [MONDAY + timedelta(days=number) for number in range(5)]


def plan(start: int, slots: int = 4, minutes: int = 60, gap: int = 0, zone: str = "UTC") -> Plan:
    return Plan(zone=zone, start=time(start), slots=slots, minutes=minutes, gap=gap)


def mon_to_fri(code: str) -> list[str]:
    return [f"{day}{code}" for day in ("Mon", "Tue", "Wed", "Thu", "Fri")]


def test_windows_that_are_alike_are_shown_as_one(scene: Story):
    found = {each.first.code: each for each in hours.patterns(scene.event)}

    assert {code: len(each.windows) for code, each in found.items()} == {"A": 5, "B": 5, "C": 5}
    assert found["C"].plan == plan(21)
    assert in_days(found["A"].days) == "Mon 26 to Fri 30 Oct"

    hours.cut_anew(scene.event, ["WedA"], plan(14, 3), name="Late", seen=[], reason="", **BY)
    found = [(each.first.name, in_days(each.days)) for each in hours.patterns(scene.event)]
    assert ("Late", "Wed 28 Oct") in found
    assert ("Americas/Europe", "Mon 26 to Tue 27 Oct, Thu 29 to Fri 30 Oct") in found


def test_hours_are_laid_out_on_all_days_by_the_clocks_of_a_zone(scene: Story):
    begin_write()
    event = create_event(
        "fall",
        title="Fall",
        kind="other",
        starts_on=date(2026, 10, 23),
        ends_on=date(2026, 10, 27),
        timezone="Europe/Berlin",
        at=SIGN_UP,
    )

    days = hours.days_of(event)
    made = hours.lay_out(event, plan(9, zone="Europe/Berlin"), days, code="A", name="", **BY)
    db.session.commit()

    assert [f"{to_local(w.starts_at, 'Europe/Berlin'):%H:%M}" for w in made] == ["09:00"] * 5
    assert {w.starts_at.hour for w in made} == {7, 8}  # clocks went back on the 25th
    assert hours.patterns(event)[0].plan == plan(9, zone="Europe/Berlin")
    assert hours.hours_zone(event) == "Europe/Berlin"
    twice = Plan(zone="Europe/Berlin", start=time(2, 30), slots=1, minutes=30)
    with pytest.raises(Invalid) as refusal:
        hours.lay_out(event, twice, days, code="N", name="", **BY)
    assert "happens twice" in refusal.value.fields["start"][0]


def test_what_falls_is_released_with_the_reason_and_the_rest_keeps_its_slots(scene: Story):
    falls = scene.book("nova", "bexar", "TueA1").uid
    stays = scene.book("cinder", "austin", "TueA3", "TueA4").uid
    later = plan(14, 3)  # 13:00 goes, 14:00 to 17:00 stay

    windows = [window_of(scene.event, slug) for slug in mon_to_fri("A")]
    falling = hours.falling_at_cut(scene.event, windows, later, SIGN_UP)
    assert [booking.uid for booking in falling.own] == [falls]
    marks = scene.marks()
    for seen, reason, error in (([], "Too early", Stale), ([falls], " ", Invalid)):
        with pytest.raises(error):
            hours.cut_anew(
                scene.event, mon_to_fri("A"), later, name="", seen=seen, reason=reason, **BY
            )
        db.session.rollback()
    assert scene.marks() == marks

    hours.cut_anew(
        scene.event, mon_to_fri("A"), later, name="", seen=[falls], reason="Too early", **BY
    )
    db.session.commit()

    assert not scene.booking(falls).is_confirmed
    assert scene.booking(falls).sequence == 1
    assert scene.booking(stays).slot_codes == ["TueA3", "TueA4"]
    assert scene.booking(stays).sequence == 0
    [line] = [line for line in scene.journal() if line.action == "booking.released"]
    assert (line.booking_uid, line.reason) == (falls, "Too early")
    assert len(scene.event.slots) == 55


def test_windows_go_with_what_is_booked_in_them_but_not_with_what_took_place(scene: Story):
    uid = scene.book("nova", "bexar", "MonC4").uid
    during = {"actor": ORGANIZER, "at": datetime(2026, 10, 27, 0, 30, tzinfo=UTC)}

    with pytest.raises(TookPlace):
        hours.take_away(scene.event, mon_to_fri("C"), seen=[uid], reason="No night", **during)
    db.session.rollback()
    hours.take_away(scene.event, mon_to_fri("C"), seen=[uid], reason="No night", **BY)
    db.session.commit()

    assert not scene.booking(uid).is_confirmed
    assert {window.code for window in scene.event.windows} == {"A", "B"}


def test_nothing_is_saved_when_one_day_cannot_be(scene: Story):
    marks = scene.marks()
    with pytest.raises(Conflict):
        hours.lay_out(scene.event, plan(16), WEEK, code="D", name="", **BY)
    db.session.rollback()
    assert scene.marks() == marks


def test_a_preview_says_what_stands_in_the_way(scene: Story):
    event = scene.event
    scene.book("nova", "bexar", "MonA1")
    window = [window_of(event, "MonA")]
    zones = three_zones(event, "Asia/Tokyo")

    free = preview(event, plan(9), WEEK, code="D", zones=zones, at=SIGN_UP)
    assert zones == ["UTC", "Asia/Tokyo", "America/Los_Angeles"]
    assert [cell.text for cell in free.slots[0][1]] == ["09:00–10:00", "18:00–19:00", "02:00–03:00"]
    assert [cell.at_night for cell in free.slots[0][1]] == [False, False, True]
    assert free.overlaps == []
    # Los Angeles changes its clocks two days after.
    assert "America/Los_Angeles" in free.notes[0]

    taken = preview(event, plan(16), [MONDAY, FRIDAY], code="D", zones=zones, at=SIGN_UP)
    assert taken.overlaps == ["MonA", "FriA"]
    cut = preview(event, plan(14), [MONDAY], code="A", zones=zones, changing=window, at=SIGN_UP)
    assert [booking.team.slug for booking in cut.falling.own] == ["nova"]
    assert cut.overlaps == []
