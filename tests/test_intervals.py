"""Half-open intervals: the laws they keep, then what they refuse, then a day of bookings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ptgsched.errors import Invalid
from ptgsched.intervals import Interval, by_utc_day, merge

MONDAY = datetime(2026, 10, 26, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
laws = settings(max_examples=150, deadline=None)


def at(hour: int, minute: int = 0) -> datetime:
    """A time on the Monday of the event; hours beyond 24 are on the next days."""
    return MONDAY + timedelta(hours=hour, minutes=minute)


def span(start: int, end: int) -> Interval:
    return Interval(at(start), at(end))


# Quarters of an hour over three days: dense enough that spans often overlap, touch and repeat.
quarters = st.integers(0, 3 * 96)
spans = (
    st.tuples(quarters, quarters)
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: Interval(at(0, 15 * min(pair)), at(0, 15 * max(pair))))
)
# Any instants at all, to the microsecond, for what must not depend on round numbers.
instants = st.datetimes(datetime(2020, 1, 1), datetime(2020, 3, 1), timezones=st.just(UTC))
odd_spans = (
    st.tuples(instants, instants)
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: Interval(min(pair), max(pair)))
)


def points(*some: Interval) -> set[datetime]:
    """The quarters each span is made of: the slow and obvious way to say what it covers."""
    found: set[datetime] = set()
    for interval in some:
        moment = interval.start
        while moment < interval.end:
            found.add(moment)
            moment += 15 * MINUTE
    return found


# Laws


@laws
@given(spans, spans)
def test_comparisons_agree_with_the_sets_of_quarters(a: Interval, b: Interval) -> None:
    shared = points(a) & points(b)
    assert a.overlaps(b) == b.overlaps(a) == bool(shared)
    assert a.contains(b.start) == (b.start in points(a))


@laws
@given(spans, spans)
def test_touching_spans_never_overlap_and_join_without_a_gap(a: Interval, b: Interval) -> None:
    assert a.touches(b) == b.touches(a)
    joined = Interval(min(a.start, b.start), max(a.end, b.end))
    assert a.touches(b) == (a.duration + b.duration == joined.duration and not a.overlaps(b))


@laws
@given(odd_spans, st.timedeltas(-400 * 24 * HOUR, 400 * 24 * HOUR))
def test_shifting_keeps_the_length_and_can_be_undone(a: Interval, by: timedelta) -> None:
    assert a.shift(by).duration == a.duration
    assert a.shift(by).start - a.start == by
    assert a.shift(by).shift(-by) == a


@laws
@given(
    odd_spans,
    st.timedeltas(6 * HOUR, 90 * 24 * HOUR),
    st.timedeltas(timedelta(0), 24 * HOUR),
)
def test_parts_fill_the_span_from_its_start_as_far_as_they_fit(
    whole: Interval, length: timedelta, gap: timedelta
) -> None:
    parts = whole.split(length, gap)
    assert all(part.duration == length for part in parts)
    assert all(whole.start <= part.start and part.end <= whole.end for part in parts)
    assert all(b.start - a.end == gap for a, b in pairwise(parts))
    assert [part.start for part in parts[:1]] == [whole.start] * bool(parts)
    next_start = parts[-1].end + gap if parts else whole.start
    assert next_start + length > whole.end, "one more part would have fitted"


@laws
@given(spans, st.integers(1, 12))
def test_a_span_cut_evenly_is_covered_by_its_parts(whole: Interval, count: int) -> None:
    parts = whole.split(whole.duration / count)
    # A length that does not divide into microseconds is rounded, and may cost the last part.
    assume(whole.duration / count * count == whole.duration)
    assert len(parts) == count
    assert merge(parts) == [whole]


@laws
@given(st.lists(spans, max_size=8))
def test_merging_keeps_what_is_covered_and_nothing_else(
    some: list[Interval],
) -> None:
    merged = merge(some)
    assert points(*merged) == points(*some)
    assert merge(merged) == merged
    assert merge(reversed(some)) == merged
    assert all(a.end < b.start for a, b in pairwise(merged))


@laws
@given(odd_spans)
def test_days_add_up_and_each_part_lies_on_its_date(whole: Interval) -> None:
    days = by_utc_day(whole)
    assert merge(part for _, part in days) == [whole]
    assert sum((part.duration for _, part in days), timedelta(0)) == whole.duration
    for day, part in days:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        assert midnight <= part.start
        assert part.end <= midnight + 24 * HOUR
    dates = [day for day, _ in days]
    assert dates == sorted(set(dates)), "each date once, in order"


# What is refused


@pytest.mark.parametrize(
    "wrong",
    [
        datetime(2026, 10, 26, 14),
        datetime(2026, 10, 26, 14, tzinfo=timezone(HOUR)),
        datetime(2026, 10, 26, 14, tzinfo=ZoneInfo("Asia/Kolkata")),
    ],
)
def test_only_utc_goes_in(wrong: datetime) -> None:
    with pytest.raises(Invalid) as start:
        Interval(wrong, at(20))
    with pytest.raises(Invalid) as end:
        Interval(at(2), wrong)
    assert start.value.code == end.value.code == "not_utc"
    assert start.value.facts == {"moment": wrong.isoformat()}


@pytest.mark.parametrize("end", [at(13), at(12, 59)])
def test_an_interval_ends_after_it_starts(end: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        Interval(at(13), end)
    assert refused.value.code == "empty_interval"
    assert refused.value.facts == {"start": at(13), "end": end}


def test_any_utc_becomes_the_one_that_stays_utc() -> None:
    # London is at offset zero in January; a day in July reached from there would not be.
    january = datetime(2026, 1, 5, 13, tzinfo=ZoneInfo("Europe/London"))
    interval = Interval(january, january + HOUR)
    assert interval.start.tzinfo is UTC
    assert interval.end.tzinfo is UTC
    assert interval.shift(180 * 24 * HOUR).start == datetime(2026, 7, 4, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "gap"), [(timedelta(0), timedelta(0)), (-HOUR, timedelta(0)), (HOUR, -MINUTE)]
)
def test_a_split_into_nothing_or_with_overlaps_is_refused(
    length: timedelta, gap: timedelta
) -> None:
    with pytest.raises(Invalid) as refused:
        span(13, 17).split(length, gap)
    assert refused.value.code == "bad_split"


@pytest.mark.parametrize("by", [timedelta.max, timedelta.min, timedelta(days=-750_000)])
def test_a_shift_out_of_the_calendar_is_refused(by: timedelta) -> None:
    with pytest.raises(Invalid) as refused:
        span(13, 17).shift(by)
    assert refused.value.code == "out_of_range"


def test_an_interval_does_not_change_under_its_readers() -> None:
    interval = span(13, 14)
    with pytest.raises(FrozenInstanceError):
        interval.end = at(15)  # type: ignore[misc]
    assert {interval: "nova"}[span(13, 14)] == "nova"


# A day of bookings


def test_bookings_that_follow_each_other_touch_and_do_not_overlap() -> None:
    nova, cinder = span(13, 14), span(14, 15)
    assert nova.touches(cinder)
    assert not nova.overlaps(cinder)
    assert not nova.contains(at(14))
    assert cinder.contains(at(14))


def test_a_window_of_four_hours_is_laid_out_with_breaks_and_its_rest_left_out() -> None:
    window = Interval(at(13), at(17))
    assert window.split(50 * MINUTE, 10 * MINUTE) == [
        Interval(at(hour), at(hour, 50)) for hour in (13, 14, 15, 16)
    ]
    assert window.split(90 * MINUTE) == [
        Interval(at(13), at(14, 30)),
        Interval(at(14, 30), at(16)),
    ]
    assert window.split(5 * HOUR) == []


def test_an_hour_in_two_rooms_counts_once() -> None:
    assert merge([span(21, 22), span(14, 16), span(13, 15), span(16, 17)]) == [
        span(13, 17),
        span(21, 22),
    ]


def test_a_night_session_counts_on_both_days() -> None:
    assert by_utc_day(span(22, 26)) == [
        (date(2026, 10, 26), span(22, 24)),
        (date(2026, 10, 27), span(24, 26)),
    ]


def test_ending_at_midnight_does_not_reach_into_the_next_day() -> None:
    assert by_utc_day(span(0, 24)) == [(date(2026, 10, 26), span(0, 24))]


def test_the_last_day_of_the_calendar_has_no_midnight_after_it() -> None:
    last = Interval(datetime(9999, 12, 31, 22, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC))
    assert by_utc_day(last) == [(date(9999, 12, 31), last)]
    assert len(last.split(20 * MINUTE)) == 3


@pytest.mark.parametrize(
    ("length", "hours", "minutes"),
    [(HOUR, 1.0, 60), (90 * MINUTE, 1.5, 90), (timedelta(seconds=119), 119 / 3600, 1)],
)
def test_lengths_come_in_hours_and_whole_minutes(
    length: timedelta, hours: float, minutes: int
) -> None:
    interval = Interval(at(13), at(13) + length)
    assert (interval.duration, interval.hours, interval.minutes) == (length, hours, minutes)


def test_intervals_sort_by_start_then_end() -> None:
    assert sorted([span(14, 15), span(13, 17), span(13, 14)]) == [
        span(13, 14),
        span(13, 17),
        span(14, 15),
    ]


def test_an_interval_reads_as_what_it_is() -> None:
    assert str(span(22, 26)) == "2026-10-26 22:00 - 2026-10-27 02:00 UTC"


Check = Callable[[Interval, Interval], bool]


@pytest.mark.parametrize("check", [Interval.overlaps, Interval.touches])
def test_far_apart_is_neither_overlapping_nor_touching(check: Check) -> None:
    assert not check(span(13, 14), span(20, 21))
