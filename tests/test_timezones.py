"""Local time and back, against `zoneinfo` as an independent reader of the same tables.

pytz carries the tz database as compiled files; `zoneinfo` reads those very files with code of
its own. So the two must agree to the second, and no difference can be blamed on versions.
"""

from __future__ import annotations

import pickle
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ptgsched.errors import Invalid
from ptgsched.timezones import (
    TABLES_END,
    AmbiguousTime,
    ClockChange,
    MissingTime,
    UnknownZone,
    canonical,
    clock_changes,
    common_zones,
    countries,
    country_of,
    current_name,
    from_local,
    local_date,
    offset_label,
    start_of_day,
    to_local,
    zone,
    zones_of,
)

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)

zones = st.sampled_from(common_zones())
instants = st.datetimes(
    START.replace(tzinfo=None), END.replace(tzinfo=None), timezones=st.just(UTC)
)
properties = settings(max_examples=300, deadline=None)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@cache
def reference(name: str) -> ZoneInfo:
    with files("pytz").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def offset(instant: datetime, name: str) -> timedelta:
    found = instant.astimezone(reference(name)).utcoffset()
    assert found is not None
    return found


def readings(naive: datetime, name: str) -> list[datetime]:
    """The UTC instants at which the reference's clocks show this."""
    both = {naive.replace(tzinfo=reference(name), fold=fold).astimezone(UTC) for fold in (0, 1)}
    shown = {u for u in both if u.astimezone(reference(name)).replace(tzinfo=None) == naive}
    return sorted(shown)


@cache
def reference_changes(name: str) -> list[ClockChange]:
    """Every change in the years under test, found by looking at the clock twice a week."""
    found = []
    step, here = timedelta(days=3.5), START
    while here < END:
        there = min(here + step, END)
        if offset(here, name) != offset(there, name):
            low, high = here, there
            while high - low > SECOND:
                middle = low + (high - low) // SECOND // 2 * SECOND
                low, high = (
                    (middle, high) if offset(middle, name) == offset(here, name) else (low, middle)
                )
            found.append(ClockChange(high, offset(low, name), offset(high, name)))
        here = there
    return found


def ask(naive: datetime, name: str) -> list[datetime]:
    """What `from_local` answers, in the reference's form; a refusal must bring its facts."""
    try:
        return [from_local(naive, name)]
    except AmbiguousTime as refused:
        return [refused.facts["earlier"], refused.facts["later"]]
    except MissingTime as refused:
        jump_from = datetime.fromisoformat(refused.facts["jump_from"])
        jump_to = datetime.fromisoformat(refused.facts["jump_to"])
        way_out = jump_from <= naive < jump_to and refused.facts["jump_at"] in readings(
            jump_to, name
        )
        return [] if way_out else [refused.facts["jump_at"]]


# Every zone, every change of 2020-2030


def test_the_tables_are_read_as_the_reference_reads_them() -> None:
    ours = {name: clock_changes(name, START, END) for name in common_zones()}
    assert ours == {name: reference_changes(name) for name in common_zones()}
    assert sum(map(len, ours.values())) > 1000, "the comparison was not empty"


def test_hours_are_refused_exactly_where_the_reference_has_none_or_two() -> None:
    answers: Counter[int] = Counter()
    for name in common_zones():
        for change in reference_changes(name):
            low, high = sorted((change.local_before, change.local_after))
            for naive in (low - SECOND, low, low + (high - low) / 2, high - SECOND, high):
                expected = readings(naive, name)
                assert ask(naive, name) == expected, (name, naive)
                answers[len(expected)] += 1
    assert min(answers[0], answers[1], answers[2]) > 1000, "all three kinds were met"


def test_days_start_where_the_reference_first_shows_them_around_every_change() -> None:
    for name in common_zones():
        for change in reference_changes(name):
            for day in {change.local_before.date(), change.local_after.date()}:
                start = start_of_day(day, name)
                before = (start - SECOND).astimezone(reference(name)).date()
                assert before < day == start.astimezone(reference(name)).date(), (name, day)


@properties
@given(zones, instants)
@example("Europe/Berlin", utc(2026, 10, 25, 0, 30))
@example("Europe/Berlin", utc(2026, 10, 25, 1, 30))
def test_an_instant_comes_back_from_local_time_or_is_one_of_the_two(
    name: str, instant: datetime
) -> None:
    local = to_local(instant, name)
    assert local == instant
    assert local.utcoffset() == offset(instant, name)
    answers = ask(local.replace(tzinfo=None), name)
    assert instant in answers
    assert all(answer.tzinfo is UTC for answer in answers)


@properties
@given(zones, instants.map(lambda instant: instant.replace(tzinfo=None)))
def test_any_local_time_is_answered_like_the_reference(name: str, naive: datetime) -> None:
    assert ask(naive, name) == readings(naive, name)


@properties
@given(zones, st.dates(date(2020, 1, 2), date(2030, 12, 30)))
def test_days_follow_each_other_and_hold_their_own_instants(name: str, day: date) -> None:
    start, end = start_of_day(day, name), start_of_day(day + timedelta(days=1), name)
    assert 22 * HOUR <= end - start <= 26 * HOUR
    assert local_date(start, name) == local_date(end - SECOND, name) == day


# Stories


def test_berlin_shows_half_past_two_twice_on_the_eve_of_the_event() -> None:
    with pytest.raises(AmbiguousTime) as refused:
        from_local(datetime(2026, 10, 25, 2, 30), "Europe/Berlin")
    assert refused.value.code == "ambiguous_time"
    assert refused.value.facts == {
        "local": "2026-10-25T02:30:00",
        "zone": "Europe/Berlin",
        "earlier": utc(2026, 10, 25, 0, 30),
        "later": utc(2026, 10, 25, 1, 30),
    }
    assert refused.value.message == (
        "2026-10-25 02:30 happens twice in Europe/Berlin, at 2026-10-25 00:30 UTC (UTC+2) and "
        "at 2026-10-25 01:30 UTC (UTC+1). Choose one of the two in UTC."
    )
    assert from_local(datetime(2026, 10, 25, 1, 59), "Europe/Berlin") == utc(2026, 10, 24, 23, 59)
    assert from_local(datetime(2026, 10, 25, 3), "Europe/Berlin") == utc(2026, 10, 25, 2)


def test_berlin_never_shows_half_past_two_in_spring() -> None:
    with pytest.raises(MissingTime) as refused:
        from_local(datetime(2026, 3, 29, 2, 30), "europe/berlin")
    assert refused.value.code == "missing_time"
    assert refused.value.facts == {
        "local": "2026-03-29T02:30:00",
        "zone": "Europe/Berlin",
        "jump_at": utc(2026, 3, 29, 1),
        "jump_from": "2026-03-29T02:00:00",
        "jump_to": "2026-03-29T03:00:00",
    }
    assert refused.value.message == (
        "2026-03-29 02:30 does not exist in Europe/Berlin: at 2026-03-29 01:00 UTC its clocks "
        "jump from 2026-03-29 02:00 to 2026-03-29 03:00. "
        "Choose a time before 2026-03-29 02:00, or 2026-03-29 03:00 or later."
    )
    assert from_local(datetime(2026, 3, 29, 3), "Europe/Berlin") == utc(2026, 3, 29, 1)


def test_a_refusal_survives_a_trip_between_processes() -> None:
    with pytest.raises(AmbiguousTime) as refused:
        from_local(datetime(2026, 10, 25, 2, 30, 5), "Europe/Berlin")
    got = pickle.loads(pickle.dumps(refused.value))
    assert (got.message, got.facts) == (refused.value.message, refused.value.facts)
    assert "02:30:05" in got.message, "seconds are told when there are any"


def test_denver_changes_clocks_after_the_event_and_says_so() -> None:
    changes = clock_changes("America/Denver", utc(2026, 10, 26), utc(2026, 11, 2))
    assert changes == [ClockChange(utc(2026, 11, 1, 8), -6 * HOUR, -7 * HOUR)]
    assert changes[0].local_before == datetime(2026, 11, 1, 2)
    assert changes[0].local_after == datetime(2026, 11, 1, 1)
    assert clock_changes("America/Denver", utc(2026, 10, 26), utc(2026, 10, 31)) == []


def test_a_change_belongs_to_the_span_it_starts_and_not_to_the_one_it_ends() -> None:
    at = utc(2026, 10, 25, 1)
    assert [c.at for c in clock_changes("Europe/Berlin", at, at + SECOND)] == [at]
    assert clock_changes("Europe/Berlin", at - HOUR, at) == []
    assert clock_changes("Europe/Berlin", at + HOUR, at - HOUR) == []


def test_a_new_abbreviation_with_the_same_offset_is_no_change() -> None:
    # New York's war time became peace time in August 1945, with clocks as they were.
    assert clock_changes("America/New_York", utc(1945, 8, 1), utc(1945, 9, 1)) == []
    for name in common_zones():
        for change in clock_changes(name, utc(1900, 1, 1), utc(2050, 1, 1)):
            assert change.offset_before != change.offset_after, (name, change)


def test_lord_howe_skips_and_repeats_half_an_hour() -> None:
    with pytest.raises(MissingTime) as missing:
        from_local(datetime(2026, 10, 4, 2, 29), "Australia/Lord_Howe")
    assert missing.value.facts["jump_to"] == "2026-10-04T02:30:00"
    assert from_local(datetime(2026, 10, 4, 2, 30), "Australia/Lord_Howe") == utc(
        2026, 10, 3, 15, 30
    )
    with pytest.raises(AmbiguousTime) as twice:
        from_local(datetime(2026, 4, 5, 1, 45), "Australia/Lord_Howe")
    assert twice.value.facts["later"] - twice.value.facts["earlier"] == HOUR / 2


def test_apia_skipped_a_day_which_has_no_length() -> None:
    with pytest.raises(MissingTime) as refused:
        from_local(datetime(2011, 12, 30, 12), "Pacific/Apia")
    assert refused.value.facts["jump_at"] == utc(2011, 12, 30, 10)
    assert refused.value.facts["jump_to"] == "2011-12-31T00:00:00"
    days = [start_of_day(date(2011, 12, day), "Pacific/Apia") for day in (29, 30, 31)]
    assert days == [utc(2011, 12, 29, 10), utc(2011, 12, 30, 10), utc(2011, 12, 30, 10)]


def test_a_day_starts_at_the_first_of_two_midnights() -> None:
    # Cuba turned clocks back from 01:00 to 00:00.
    assert start_of_day(date(2024, 11, 3), "America/Havana") == utc(2024, 11, 3, 4)
    with pytest.raises(AmbiguousTime):
        from_local(datetime(2024, 11, 3), "America/Havana")


def test_a_day_without_midnight_starts_when_the_jump_ends() -> None:
    # Lebanon turned clocks forward from 00:00 to 01:00.
    start = start_of_day(date(2024, 3, 31), "Asia/Beirut")
    assert start == utc(2024, 3, 30, 22)
    assert to_local(start, "Asia/Beirut").time() == time(1)


def test_new_york_is_never_at_its_offset_of_1883() -> None:
    assert from_local(datetime(2026, 10, 26, 9), "America/New_York") == utc(2026, 10, 26, 13)
    assert from_local(datetime(2026, 12, 7, 9), "America/New_York") == utc(2026, 12, 7, 14)


def test_one_instant_is_two_dates() -> None:
    instant = utc(2026, 10, 26, 22)
    assert local_date(instant, "Asia/Tokyo") == date(2026, 10, 27)
    assert local_date(instant, "America/Denver") == date(2026, 10, 26)


@pytest.mark.parametrize(
    ("name", "instant", "label"),
    [
        ("UTC", utc(2026, 10, 26), "UTC"),
        ("Europe/London", utc(2026, 10, 26), "UTC"),
        ("Europe/London", utc(2026, 7, 1), "UTC+1"),
        ("Asia/Tokyo", utc(2026, 10, 26), "UTC+9"),
        ("Asia/Kolkata", utc(2026, 10, 26), "UTC+5:30"),
        ("Asia/Kathmandu", utc(2026, 10, 26), "UTC+5:45"),
        ("America/Sao_Paulo", utc(2026, 10, 26), "UTC-3"),
        ("America/St_Johns", utc(2026, 10, 26), "UTC-2:30"),
        ("America/St_Johns", utc(2026, 12, 1), "UTC-3:30"),
        ("Pacific/Marquesas", utc(2026, 10, 26), "UTC-9:30"),
        ("Pacific/Kiritimati", utc(2026, 10, 26), "UTC+14"),
        ("Africa/Monrovia", utc(1971, 6, 1), "UTC-0:44"),
    ],
)
def test_offsets_are_written_short(name: str, instant: datetime, label: str) -> None:
    assert offset_label(instant, name) == label


def test_after_the_tables_end_the_last_offset_stays_and_round_trips_hold() -> None:
    last = clock_changes("America/New_York", utc(2037, 1, 1), utc(2100, 1, 1))
    assert [change.at for change in last] == [utc(2037, 3, 8, 7), utc(2037, 11, 1, 6)]
    summer = utc(2040, 7, 1, 12)
    assert offset_label(summer, "America/New_York") == "UTC-5"
    assert from_local(datetime(2040, 7, 1, 7), "America/New_York") == summer
    for name in common_zones():
        assert clock_changes(name, TABLES_END, utc(9000, 1, 1)) == [], name


def test_before_the_tables_start_the_first_offset_holds() -> None:
    local = to_local(utc(1500, 1, 1, 12), "Europe/Berlin")
    assert timedelta(minutes=53) <= (local.utcoffset() or HOUR) <= timedelta(minutes=54)
    assert from_local(local.replace(tzinfo=None), "Europe/Berlin") == utc(1500, 1, 1, 12)


# What is refused


@pytest.mark.parametrize("name", ["Asia/Tokyo", "America/Denver", "UTC"])
@pytest.mark.parametrize("edge", [datetime(1, 1, 1), datetime(9999, 12, 31, 23)])
def test_the_edges_of_the_calendar_are_refused_in_words(name: str, edge: datetime) -> None:
    with pytest.raises(Invalid) as typed:
        from_local(edge, name)
    with pytest.raises(Invalid) as stored:
        to_local(edge.replace(tzinfo=UTC), name)
    with pytest.raises(Invalid) as day:
        start_of_day(edge.date(), name)
    assert {typed.value.code, stored.value.code, day.value.code} == {"out_of_range"}


def test_an_instant_without_offset_and_a_local_time_with_one_are_refused() -> None:
    with pytest.raises(Invalid) as naive:
        to_local(datetime(2026, 10, 26), "Asia/Tokyo")
    assert naive.value.code == "not_an_instant"
    with pytest.raises(Invalid) as span:
        clock_changes("Asia/Tokyo", datetime(2026, 10, 26), utc(2026, 10, 27))
    assert span.value.code == "not_an_instant"
    with pytest.raises(Invalid) as aware:
        from_local(utc(2026, 10, 26), "Asia/Tokyo")
    assert aware.value.code == "not_local"


def test_fold_settles_nothing_since_no_form_can_send_it() -> None:
    with pytest.raises(AmbiguousTime):
        from_local(datetime(2026, 10, 25, 2, 30, fold=1), "Europe/Berlin")
    plain = from_local(datetime(2026, 10, 26, 2, 30, fold=1), "Europe/Berlin")
    assert (plain, plain.fold) == (utc(2026, 10, 26, 1, 30), 0)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("tokyo", "Asia/Tokyo"),
        ("New York", "America/New_York"),
        (" Asia/Tokyo", "Asia/Tokyo"),
        ("asia/calcuta", "Asia/Calcutta"),
    ],
)
def test_a_misspelt_zone_is_refused_with_what_was_meant(typed: str, meant: str) -> None:
    with pytest.raises(UnknownZone) as refused:
        zone(typed)
    assert refused.value.code == "unknown_zone"
    assert refused.value.facts["name"] == typed
    assert refused.value.facts["suggestions"][0] == meant
    assert f"Did you mean {meant}" in refused.value.message


@pytest.mark.parametrize("wrong", [None, 9, [], b"UTC", "", "../UTC", "UTC\0", "Europe", "İ/UTC"])
def test_what_is_no_name_at_all_is_refused_and_never_crashes(wrong: object) -> None:
    with pytest.raises(UnknownZone):
        canonical(wrong)


def test_a_very_long_name_is_cut_before_it_costs_anything() -> None:
    with pytest.raises(UnknownZone) as refused:
        canonical("Europe/" + "n" * 1_000_000)
    assert len(refused.value.message) < 200
    assert len(refused.value.facts["name"]) == 64


# The catalogue


def test_names_are_found_in_any_case_and_spelt_one_way() -> None:
    for name in (*common_zones(), "Asia/Calcutta", "US/Pacific", "EST", "Etc/GMT+5"):
        assert canonical(name.upper()) == canonical(name.lower()) == canonical(name) == name


def test_common_zones_hold_what_people_live_in() -> None:
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata", "America/Argentina/Ushuaia"} <= set(
        common_zones()
    )
    assert list(common_zones()) == sorted(set(common_zones()))


def test_countries_lead_to_their_zones_and_zones_to_their_country() -> None:
    germany = next(country for country in countries() if country.code == "DE")
    assert (germany.name, germany.zones[0]) == ("Germany", "Europe/Berlin")
    assert zones_of("in") == zones_of("IN") == ("Asia/Kolkata",)
    assert "America/Denver" in zones_of("US")
    for country in countries():
        assert country.zones, country
        assert zones_of(country.code) == country.zones
        assert {country_of(name) for name in country.zones} == {country.code}


def test_countries_are_ordered_as_people_read_them() -> None:
    names = [country.name for country in countries()]
    assert len(names) > 240
    first, last = names[0], names[-1]
    assert (first[0], last[0]) == ("A", "Z")
    assert max(names) != last, "an accent does not send a country to the end"


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Europe/Oslo", "NO"),  # a link to Berlin, with a country of its own
        ("Asia/Calcutta", "IN"),  # what Chrome still says in India
        ("Europe/Kiev", "UA"),
        ("us/pacific", "US"),
        ("Iceland", None),  # a link to Abidjan: better no answer than Ivory Coast
        ("America/Coral_Harbour", None),  # in Canada, a link to Panama
        ("UTC", None),
        ("Etc/GMT+5", None),
    ],
)
def test_an_old_name_tells_its_country_when_there_is_only_one(
    name: str, country: str | None
) -> None:
    assert country_of(name) == country


@pytest.mark.parametrize("code", ["", "XX", "DEU", "Germany" * 100])
def test_an_unknown_country_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        zones_of(code)
    assert refused.value.code == "unknown_country"
    assert len(refused.value.message) < 120


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("america/buenos_aires", "America/Argentina/Buenos_Aires"),
        ("Etc/UTC", "UTC"),
        ("Europe/Oslo", "Europe/Oslo"),  # a link too, but everybody in Oslo says so
    ],
)
def test_the_old_names_of_browsers_become_those_of_today(old, today):
    assert current_name(old) == today
