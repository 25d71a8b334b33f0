"""Events laid out from templates and by hand: days, windows, slots, codes."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.kinds import TEMPLATES
from ptgsched.events.layout import add_window, create_event, day_code
from ptgsched.events.models import EventStatus
from ptgsched.intervals import Interval
from ptgsched.timezones import UnknownZone, common_zones, local_date, to_local

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
MONDAY, FRIDAY = date(2026, 10, 26), date(2026, 10, 30)


@pytest.fixture
def laid_out(app):
    """`laid_out(kind, first, last, zone)`: a new event, in an open context."""
    with app.app_context():

        def make(kind, starts_on, ends_on, timezone="UTC", slug="oct", **facts):
            return create_event(
                slug,
                title=f"A {kind}",
                kind=kind,
                starts_on=starts_on,
                ends_on=ends_on,
                timezone=timezone,
                at=NOW,
                **facts,
            )

        yield make
        db.session.rollback()


def spans(event, *codes, zone="UTC"):
    """Start and end of slots as people write them, in `zone`."""
    by_code = {slot.code: slot for window in event.windows for slot in window.slots}
    return [
        f"{to_local(by_code[code].starts_at, zone):%a %H:%M}-"
        f"{to_local(by_code[code].ends_at, zone):%H:%M}"
        for code in codes
    ]


def all_slots(event):
    return [slot for window in event.windows for slot in window.slots]


def test_a_virtual_ptg_in_utc(laid_out):
    event = laid_out("virtual-ptg", MONDAY, FRIDAY)
    db.session.commit()

    assert len(event.windows) == 15
    assert [slot.code for slot in event.slots][:13] == [
        *("MonB1", "MonB2", "MonB3", "MonB4"),
        *("MonA1", "MonA2", "MonA3", "MonA4"),
        *("MonC1", "MonC2", "MonC3", "MonC4"),
        "TueB1",
    ]
    assert spans(event, "MonA1", "MonA4", "MonB1") == [
        "Mon 13:00-14:00",
        "Mon 16:00-17:00",
        "Mon 05:00-06:00",
    ]
    assert spans(event, "MonC3", "MonC4") == ["Mon 23:00-00:00", "Tue 00:00-01:00"]
    past_midnight = next(slot for slot in event.slots if slot.code == "MonC4")
    assert past_midnight.day == MONDAY
    assert past_midnight.window.name == "APAC/Americas"
    assert event.slots[-1].ends_at == datetime(2026, 10, 31, 1, tzinfo=UTC)
    assert (event.status, event.eventid, event.schedule_revision) == ("draft", "oct", 0)


@pytest.mark.parametrize(
    "zone", ["America/Denver", "Asia/Tokyo", "Asia/Kolkata", "Pacific/Auckland", "UTC"]
)
def test_in_any_zone_each_event_day_has_its_three_windows(laid_out, zone):
    event = laid_out("virtual-ptg", MONDAY, FRIDAY, zone)

    per_day = Counter((window.day, window.code) for window in event.windows)
    days = [MONDAY + timedelta(days=n) for n in range(5)]
    assert per_day == {(day, code): 1 for day in days for code in "ABC"}
    for window in event.windows:
        assert window.day == local_date(window.starts_at, zone)
        assert f"{window.starts_at:%H}" == {"A": "13", "B": "05", "C": "21"}[window.code]


def test_in_denver_mondays_b_is_late_in_the_evening(laid_out):
    event = laid_out("virtual-ptg", MONDAY, FRIDAY, "America/Denver")

    assert spans(event, "MonB1") == ["Tue 05:00-06:00"]
    assert spans(event, "MonA1", "MonC1", "MonB1", zone="America/Denver") == [
        "Mon 07:00-08:00",
        "Mon 15:00-16:00",
        "Mon 23:00-00:00",
    ]


@pytest.mark.parametrize(
    ("kind", "days", "codes", "expected"),
    [
        (
            "ptg",
            5,
            ("MonA1", "MonA2", "MonP1", "MonP2"),
            ["09:00-10:45", "10:45-12:30", "13:30-15:15", "15:15-17:00"],
        ),
        (
            "summit",
            3,
            ("MonK1", "MonA1", "MonA2", "MonA3", "MonP1", "MonP4"),
            [
                "09:00-10:00",
                "10:20-11:00",
                "11:10-11:50",
                "12:00-12:40",
                "13:40-14:20",
                "16:10-16:50",
            ],
        ),
        ("training", 2, ("MonA1", "MonB1"), ["09:00-12:00", "13:00-16:00"]),
        (
            "days",
            2,
            ("MonA1", "MonA4", "MonP1", "MonP5"),
            ["09:00-09:45", "11:15-12:00", "13:00-13:45", "16:00-16:45"],
        ),
    ],
)
def test_kinds_that_meet_at_the_events_own_hours(laid_out, kind, days, codes, expected):
    event = laid_out(kind, MONDAY, MONDAY + timedelta(days=days - 1), "America/Denver")

    assert spans(event, *codes, zone="America/Denver") == [f"Mon {span}" for span in expected]
    assert len({window.day for window in event.windows}) == days


def test_opendev_is_three_days_in_utc(laid_out):
    event = laid_out("opendev", MONDAY, MONDAY + timedelta(days=2), "Europe/Berlin")

    assert spans(event, "MonA1", "MonA2", "MonB1", "WedB2") == [
        "Mon 13:00-14:00",
        "Mon 14:00-15:00",
        "Mon 15:30-16:30",
        "Wed 16:30-17:30",
    ]


@pytest.mark.parametrize(
    ("zone", "sunday", "utc_before", "utc_after"),
    [
        ("Europe/Berlin", date(2026, 10, 25), "07:00", "08:00"),
        ("America/New_York", date(2026, 11, 1), "13:00", "14:00"),
        ("America/New_York", date(2027, 3, 14), "14:00", "13:00"),
        ("Asia/Tokyo", date(2026, 10, 25), "00:00", "00:00"),
    ],
)
def test_nine_oclock_stays_nine_oclock_when_clocks_change(
    laid_out, zone, sunday, utc_before, utc_after
):
    """Two days of talks, the clocks change in the night between."""
    event = laid_out("days", sunday - timedelta(days=1), sunday, zone)

    assert spans(event, "SatA1", "SunA1", zone=zone) == ["Sat 09:00-09:45", "Sun 09:00-09:45"]
    assert spans(event, "SatA1")[0][4:9] == utc_before
    assert spans(event, "SunA1")[0][4:9] == utc_after


def test_a_virtual_ptg_keeps_its_utc_hours_when_clocks_change(laid_out):
    """26 October is the first day of winter time in Berlin."""
    event = laid_out("virtual-ptg", date(2026, 10, 19), FRIDAY, "Europe/Berlin")

    assert spans(event, "FriA1", "Mon2A1") == ["Fri 13:00-14:00", "Mon 13:00-14:00"]
    assert spans(event, "FriA1", "Mon2A1", zone="Europe/Berlin") == [
        "Fri 15:00-16:00",
        "Mon 14:00-15:00",
    ]


def test_a_long_event_has_unique_codes(laid_out):
    event = laid_out("virtual-ptg", date(2026, 10, 21), date(2026, 11, 6))
    db.session.commit()

    codes = [slot.code for slot in event.slots]
    assert len(codes) == len(set(codes)) == 13 * 12
    # A week runs from the event's first day, here from Wednesday to Tuesday.
    assert [day_code(event, date(2026, 10, 21) + timedelta(days=n)) for n in (0, 6, 7, 14)] == [
        "Wed",
        "Tue",
        "Wed2",
        "Wed3",
    ]


def test_weekends_are_free_unless_the_event_is_nothing_else(laid_out):
    week = laid_out("ptg", date(2026, 10, 23), date(2026, 10, 27))
    weekend = laid_out("ptg", date(2026, 10, 24), date(2026, 10, 25), slug="weekend")

    assert [f"{day:%a}" for day in sorted({w.day for w in week.windows})] == ["Fri", "Mon", "Tue"]
    assert sorted({f"{w.day:%a}" for w in weekend.windows}) == ["Sat", "Sun"]


def test_where_clocks_change_around_a_window_no_day_has_two(laid_out):
    """In Cairo 21:00 UTC is midnight in summer and 23:00 in winter, from this Friday on.

    So two windows C would begin on Thursday; the first of them is Thursday's.
    """
    event = laid_out("virtual-ptg", MONDAY, FRIDAY, "Africa/Cairo")

    windows = Counter((f"{window.day:%a}", window.code) for window in event.windows)
    assert max(windows.values()) == 1
    assert spans(event, "ThuC1", zone="Africa/Cairo") == ["Thu 00:00-01:00"]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    zone=st.sampled_from(common_zones()),
    first=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    length=st.integers(0, 20),
    kind=st.sampled_from(sorted(TEMPLATES)),
)
def test_whatever_the_zone_and_the_week_the_grid_is_sound(sqlite_app, zone, first, length, kind):
    with sqlite_app.app_context():
        event = create_event(
            "any",
            title="Any",
            kind=kind,
            starts_on=first,
            ends_on=first + timedelta(days=length),
            timezone=zone,
            at=NOW,
        )
        slots = all_slots(event)
        assert slots
        assert len({slot.code for slot in slots}) == len(slots)
        assert len({(window.day, window.code) for window in event.windows}) == len(event.windows)
        for window in event.windows:
            assert first <= window.day <= event.ends_on
            assert window.day == local_date(window.starts_at, zone)
            assert window.starts_at == window.slots[0].starts_at
            assert window.ends_at == window.slots[-1].ends_at
            assert [slot.number for slot in window.slots] == list(range(1, len(window.slots) + 1))
        spans = sorted(slot.interval for slot in slots)
        assert not any(one.overlaps(other) for one, other in pairwise(spans))
        db.session.rollback()


def test_a_kind_without_a_template_starts_empty(laid_out):
    event = laid_out("hackathon", MONDAY, FRIDAY)

    assert event.windows == []


def test_a_template_of_another_kind_may_be_chosen(laid_out):
    event = laid_out("forum", MONDAY, MONDAY, template="opendev")

    assert event.kind == "forum"
    assert [slot.code for slot in all_slots(event)] == ["MonA1", "MonA2", "MonB1", "MonB2"]


def test_everything_wrong_is_said_at_once(laid_out):
    with pytest.raises(Invalid) as refusal:
        laid_out("rodeo", FRIDAY, MONDAY, slug="Bad Slug", template="circus")

    assert set(refusal.value.fields) == {"slug", "kind", "template", "end"}


@pytest.mark.parametrize("slug", ["", "-oct", "oct-", "Oct", "oct 2026", "ö", "x" * 65, "a/b"])
def test_a_slug_is_plain(laid_out, slug):
    with pytest.raises(Invalid) as refusal:
        laid_out("virtual-ptg", MONDAY, FRIDAY, slug=slug)

    assert list(refusal.value.fields) == ["slug"]


@pytest.mark.parametrize("title", ["", " \x00\n ", "x" * 201])
def test_a_title_has_a_length(app, title):
    with app.app_context(), pytest.raises(Invalid) as refusal:
        create_event("o", title=title, kind="days", starts_on=MONDAY, ends_on=MONDAY, at=NOW)

    assert list(refusal.value.fields) == ["title"]


def test_an_event_does_not_last_for_ever(laid_out):
    laid_out("days", MONDAY, MONDAY + timedelta(days=60))
    with pytest.raises(Invalid) as refusal:
        laid_out("days", MONDAY, MONDAY + timedelta(days=61), slug="longer")

    assert list(refusal.value.fields) == ["end"]


def test_a_slug_belongs_to_one_event_and_a_zone_must_exist(laid_out):
    laid_out("days", MONDAY, MONDAY, "asia/tokyo").status = EventStatus.PUBLISHED

    with pytest.raises(Conflict, match="already an event"):
        laid_out("days", MONDAY, MONDAY)
    with pytest.raises(UnknownZone):
        laid_out("days", MONDAY, MONDAY, "Mars/Olympus", slug="mars")


# By hand


def hours(start, *lengths):
    """Adjacent intervals on Monday from `start` o'clock."""
    found, begin = [], datetime(2026, 10, 26, start, tzinfo=UTC)
    for length in lengths:
        found.append(Interval(begin, begin + timedelta(hours=length)))
        begin = found[-1].end
    return found


def test_a_window_by_hand_gets_codes_from_its_event_day(laid_out):
    event = laid_out("other", MONDAY, FRIDAY, "Asia/Tokyo")

    window = add_window(event, "N", "Night", hours(18, 1, 2))

    assert window.day == date(2026, 10, 27)  # 03:00 in Tokyo
    assert [(slot.code, slot.hours) for slot in window.slots] == [("TueN1", 1), ("TueN2", 2)]


def test_codes_of_an_import_are_kept_and_may_not_repeat(laid_out):
    event = laid_out("other", MONDAY, FRIDAY)
    add_window(event, "A", "", hours(13, 1), slot_codes=["MonA1"])

    with pytest.raises(Conflict, match="mona1") as refusal:
        add_window(event, "B", "", hours(15, 1), slot_codes=["mona1"])

    assert refusal.value.code == "slot_code_taken"


def test_the_database_refuses_a_repeated_code_too(laid_out):
    event = laid_out("other", MONDAY, FRIDAY)
    add_window(event, "A", "", hours(13, 1))
    other = add_window(event, "B", "", hours(15, 1))
    other.slots[0].code = "MonA1"

    with pytest.raises(IntegrityError):
        db.session.flush()
