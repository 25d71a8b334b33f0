"""Which day it is: the event's, whose windows may run past midnight, in any zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ptgsched.live.days import board_day, event_day, today, turns
from tests.support.story import FRIDAY, MONDAY, Story

TUESDAY = MONDAY + timedelta(days=1)


def at(text: str) -> datetime:
    """An instant of October 2026, UTC: ``26 13:00``."""
    return datetime.strptime(f"2026-10-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("UTC", "26 00:00", MONDAY),
        ("UTC", "26 20:59", MONDAY),
        ("UTC", "27 00:30", MONDAY),  # in window C of Monday
        ("UTC", "27 01:00", TUESDAY),  # at its end
        ("UTC", "27 05:00", TUESDAY),
        ("America/New_York", "27 03:59", MONDAY),
        ("America/New_York", "27 04:00", TUESDAY),  # midnight there
        ("Asia/Tokyo", "26 14:59", MONDAY),
        ("Asia/Tokyo", "26 15:30", MONDAY),  # Tuesday there, but in window A of Monday
        ("Asia/Tokyo", "26 18:00", TUESDAY),
    ],
)
def test_the_event_day(sqlite_story: Story, zone: str, instant: str, day: date):
    with sqlite_story.app.app_context():
        sqlite_story.set(timezone=zone)
        assert event_day(sqlite_story.event, at(instant)) == day


def test_outside_the_event_today_is_the_first_day_and_the_board_goes_on(sqlite_story: Story):
    with sqlite_story.app.app_context():
        event = sqlite_story.event
        before, after = at("20 12:00"), at("31 12:00")
        assert (today(event, before), board_day(event, before)) == (MONDAY, MONDAY)
        assert (today(event, after), board_day(event, after)) == (MONDAY, date(2026, 10, 31))
        last_window = at("31 00:30")
        assert (today(event, last_window), board_day(event, last_window)) == (FRIDAY, FRIDAY)


@pytest.mark.parametrize(
    ("zone", "instant", "began", "ends"),
    [
        ("UTC", "26 15:00", "26 00:00", "27 01:00"),  # Monday's last window runs past midnight
        ("UTC", "27 00:30", "26 00:00", "27 01:00"),
        ("UTC", "27 01:00", "27 01:00", "28 01:00"),
        ("America/New_York", "27 03:59", "26 04:00", "27 04:00"),
        ("Asia/Tokyo", "26 15:30", "25 15:00", "26 17:00"),
    ],
)
def test_the_day_began_and_ends(
    sqlite_story: Story, zone: str, instant: str, began: str, ends: str
):
    with sqlite_story.app.app_context():
        sqlite_story.set(timezone=zone)
        assert turns(sqlite_story.event, at(instant)) == (at(began), at(ends))


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(minutes=st.integers(-20_000, 20_000), zone=st.sampled_from(["UTC", "America/New_York"]))
def test_the_day_never_goes_back_where_windows_are_the_zones_own(
    sqlite_story: Story, minutes: int, zone: str
):
    with sqlite_story.app.app_context():
        sqlite_story.set(timezone=zone)
        instant = at("26 12:00") + timedelta(minutes=minutes)
        later = instant + timedelta(hours=1)
        assert board_day(sqlite_story.event, instant) <= board_day(sqlite_story.event, later)
        began, ends = turns(sqlite_story.event, instant)
        day = event_day(sqlite_story.event, instant)
        assert began <= instant < ends
        assert event_day(sqlite_story.event, ends - timedelta(seconds=1)) == day
        assert event_day(sqlite_story.event, ends) != day
