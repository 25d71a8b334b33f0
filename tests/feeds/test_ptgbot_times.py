"""When a ptgbot database's slots are: weekdays to dates, hours or instants to UTC."""

from datetime import date

import pytest

from ptgsched.errors import Invalid
from ptgsched.feeds.ptgbot_times import read_slots

MONDAY = date(2026, 10, 26)  # the week after Europe's clocks went back, before America's do


def slots(*pairs, **facts):
    return [{"name": name, "desc": desc, **facts} for name, desc in pairs]


def read(days, *, start=MONDAY, zone="UTC"):
    """Each slot as (code, event day, UTC hours), and the remarks."""
    notes = []
    windows = read_slots(days, start=start, zone=zone, notes=notes)
    found = [
        (
            slot.code,
            slot.day.isoformat(),
            f"{slot.interval.start:%d %H:%M}-{slot.interval.end:%H:%M}",
        )
        for window in windows
        for slot in window.slots
    ]
    return found, notes


def refusal(days, **options):
    with pytest.raises(Invalid) as refused:
        read(days, **options)
    return refused.value.message


# Days --------------------------------------------------------------------------------------------


def test_each_listed_day_comes_after_the_one_before():
    days = {
        "Friday": slots(("FriA1", "09:00-10:00")),
        "Monday": slots(("MonA1", "09:00-10:00")),
        "Tuesday": slots(("TueA1", "09:00-10:00")),
    }

    found, _ = read(days, start=date(2026, 10, 30))

    assert [day for _, day, _ in found] == ["2026-10-30", "2026-11-02", "2026-11-03"]


def test_a_second_week_says_so():
    days = {
        "Thursday": slots(("ThuA1", "09:00-10:00")),
        "Monday": slots(("MonA1", "09:00-10:00")),
        "Thursday2": slots(("Thu2A1", "09:00-10:00")),
        "mon2": slots(("Mon2A1", "09:00-10:00")),
    }

    found, _ = read(days, start=date(2026, 10, 29))

    assert [day for _, day, _ in found] == ["2026-10-29", "2026-11-02", "2026-11-05", "2026-11-09"]


def test_the_start_falls_on_the_first_listed_day():
    said = refusal({"Monday": slots(("MonA1", "09:00-10:00"))}, start=date(2026, 10, 27))

    assert said == (
        "2026-10-27 is a Tuesday and the first day of the file is Monday: "
        "give the date of that Monday."
    )


@pytest.mark.parametrize("days", [None, [], {}, "Monday", {"Monday": []}])
def test_without_days_and_slots_there_is_no_event(days):
    assert "The file lists no " in refusal(days)


def test_a_day_is_a_day_of_the_week():
    assert refusal({"Someday": []}) == "'Someday' is not a day of the week."


# Instants ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "realtime",
    [
        "2026-10-26T09:00Z",
        "2026-10-26T09:00:00Z",
        "2026-10-26T09:00:00+00:00",
        "2026-10-26T10:00+01:00",
        "2026-10-26 04:00:00-05:00",
    ],
)
def test_instants_are_believed_when_every_slot_has_one(realtime):
    days = {"Monday": [{"name": "MonA1", "desc": "09:00-10:45", "realtime": realtime}]}

    assert read(days) == ([("MonA1", "2026-10-26", "26 09:00-10:45")], [])


def test_a_stray_instant_is_named_and_not_believed():
    days = {
        "Monday": [
            {"name": "MonA1", "desc": "09:00-10:00", "realtime": "2026-10-26T09:00Z"},
            {"name": "MonA2", "desc": "10:00-11:00"},
        ]
    }

    found, notes = read(days, zone="America/New_York")

    assert [hours for *_, hours in found] == ["26 13:00-14:00", "26 14:00-15:00"]
    assert notes == ["realtime of MonA1 is not believed: the other slots have none"]


@pytest.mark.parametrize("realtime", ["2026-10-26T09:00", "noon", 5, None])
def test_what_names_no_instant_is_as_none(realtime):
    days = {"Monday": [{"name": "MonA1", "desc": "09:00-10:00", "realtime": realtime}]}

    assert read(days, zone="Asia/Tokyo")[0] == [("MonA1", "2026-10-26", "26 00:00-01:00")]


def test_other_hours_beside_the_instants_are_named():
    days = {"Monday": [{"name": "MonA1", "desc": "09:00-10:00", "realtime": "2026-10-26T09:00Z"}]}

    found, notes = read(days, zone="America/Denver")

    assert found == [("MonA1", "2026-10-26", "26 09:00-10:00")]
    assert notes == ["desc of MonA1 is not their realtime in America/Denver; realtime is believed"]


def test_instants_of_another_week_are_refused():
    days = {"Monday": [{"name": "MonA1", "realtime": "2026-10-19T09:00Z"}]}

    assert "MonA1 is listed on Monday 2026-10-26 and its realtime is 2026-10-19" in refusal(days)


def test_an_instant_past_midnight_belongs_to_the_day_it_is_listed_on():
    days = {
        "Monday": [
            {"name": "MonC1", "realtime": "2026-10-26T23:00Z", "duration": 60},
            {"name": "MonC2", "realtime": "2026-10-27T00:00Z", "duration": 60},
        ]
    }

    assert read(days)[0] == [
        ("MonC1", "2026-10-26", "26 23:00-00:00"),
        ("MonC2", "2026-10-26", "27 00:00-01:00"),
    ]


# Local hours -------------------------------------------------------------------------------------


def test_hours_follow_the_clocks_of_the_zone_over_a_change():
    days = {
        "Friday": slots(("FriA1", "09:00-10:45")),
        "Monday": slots(("MonA1", "09:00-10:45")),
    }

    found, _ = read(days, start=date(2026, 10, 30), zone="America/Denver")

    assert [hours for *_, hours in found] == ["30 15:00-16:45", "02 16:00-17:45"]


def test_an_end_is_what_the_clocks_show_when_they_change_within_the_slot():
    days = {"Sunday": slots(("SunA1", "00:30-03:30"))}

    found, _ = read(days, start=date(2026, 11, 1), zone="America/Denver")

    assert found == [("SunA1", "2026-11-01", "01 06:30-10:30")]  # four hours


@pytest.mark.parametrize(
    ("day", "zone", "code"),
    [
        (date(2026, 3, 29), "Europe/Berlin", "missing_time"),
        (date(2026, 10, 25), "Europe/Berlin", "ambiguous_time"),
    ],
)
def test_an_hour_that_clocks_skip_or_repeat_is_refused(day, zone, code):
    with pytest.raises(Invalid) as refused:
        read({"Sunday": slots(("SunA1", "02:30-03:30"))}, start=day, zone=zone)

    assert refused.value.code == code
    assert refused.value.message.startswith("Slot SunA1: 20")


@pytest.mark.parametrize("last", ["23:00-24:00", "23:00-00:00", "22:30-00:00", "23:00"])
def test_what_follows_on_midnight_lies_past_it(last):
    days = {"Monday": slots(("MonC1", "21:00-22:00"), ("MonC2", last), ("MonC3", "00:00-01:00"))}

    found, _ = read(days)

    assert found[-1] == ("MonC3", "2026-10-26", "27 00:00-01:00")


def test_a_slot_across_midnight_and_the_one_behind_it():
    days = {
        "Monday": slots(("MonC1", "22:45-00:30"), ("MonC2", "00:30-02:15")),
        "Tuesday": slots(("TueA1", "09:00-10:45")),
    }

    assert [hours for *_, hours in read(days)[0]] == [
        "26 22:45-00:30",
        "27 00:30-02:15",
        "27 09:00-10:45",
    ]


def test_slots_may_be_listed_in_any_order():
    days = {
        "Monday": slots(
            ("MonC1", "23:00-00:00"), ("MonA1", "09:00-10:00"), ("MonB1", "05:00-06:00")
        )
    }

    assert [code for code, *_ in read(days)[0]] == ["MonB1", "MonA1", "MonC1"]


@pytest.mark.parametrize("desc", ["9:00-10:45", "09:00 - 10:45", "09:00\u201310:45", "09.00-10.45"])
def test_hours_are_written_in_several_ways(desc):
    assert read({"Monday": slots(("MonA1", desc))})[0][0][2] == "26 09:00-10:45"


@pytest.mark.parametrize("desc", [None, "", "morning", "25:00-26:00", "09:75-10:00", 9, ["09:00"]])
def test_a_slot_without_hours_is_refused_by_name(desc):
    assert refusal({"Monday": slots(("MonA1", desc))}).startswith("Slot MonA1 has no hours")


# Lengths -----------------------------------------------------------------------------------------


def test_a_duration_counts_before_the_hours_and_says_so():
    found, notes = read({"Monday": slots(("MonA1", "09:00-10:45"), duration=90)})

    assert found == [("MonA1", "2026-10-26", "26 09:00-10:30")]
    assert notes == ["desc of MonA1 is not as long as its duration, which counts"]


@pytest.mark.parametrize("duration", [0, -5, True, "60", 100_000, 4.5])
def test_a_duration_is_a_number_of_minutes(duration):
    found, notes = read({"Monday": slots(("MonA1", "09:00-10:45"), duration=duration)})

    assert found == [("MonA1", "2026-10-26", "26 09:00-10:45")]
    assert notes == ["duration of MonA1 is not 1 to 1440 minutes and not believed"]


def test_a_slot_without_length_lasts_until_the_next():
    days = {"Monday": slots(("MonA1", "09:00"), ("MonA2", "10:45"), ("MonP1", "13:30"))}

    found, notes = read(days)

    assert [hours for *_, hours in found] == ["26 09:00-10:45", "26 10:45-12:30", "26 13:30-15:15"]
    each = ", ".join(f"{code} (105 minutes)" for code in ("MonA1", "MonA2", "MonP1"))
    assert notes == [f"length guessed, since the file tells none: {each}"]


def test_a_single_slot_without_length_lasts_an_hour_as_ptgbot_has_it():
    days = {"Monday": [{"name": "MonA1", "realtime": "2026-10-26T09:00Z"}]}

    assert read(days)[0] == [("MonA1", "2026-10-26", "26 09:00-10:00")]


@pytest.mark.parametrize(
    "days",
    [
        {"Monday": slots(("MonA1", "09:00-11:00"), ("MonA2", "10:00-12:00"))},
        {"Monday": slots(("MonA1", "09:00-11:00"), ("MonA2", "09:00-11:00"))},
        {
            "Monday": slots(("MonC1", "23:00-02:00")),
            "Tuesday": slots(("TueA1", "01:00-03:00")),
        },
    ],
)
def test_slots_that_overlap_are_refused(days):
    assert refusal(days).endswith("overlap.")


# Names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [None, "", 5, "Mon A1", "M" * 33, "Mon\u00e9", "Mon\nA1"])
def test_a_slot_has_a_name_that_fits_a_chat_line(name):
    assert refusal({"Monday": [{"name": name, "desc": "09:00-10:00"}]}).startswith(
        "Monday has a slot whose name is not 1 to 32"
    )


@pytest.mark.parametrize("slot", ["MonA1", None, []])
def test_a_slot_is_an_object(slot):
    assert refusal({"Monday": [slot]}).startswith("Monday has a slot whose name")


def test_a_name_is_listed_once():
    days = {
        "Monday": slots(("A1", "09:00-10:00")),
        "Tuesday": slots(("a1", "09:00-10:00")),
    }

    assert refusal(days) == "Slot a1 is listed twice, on Monday and Tuesday."


# Windows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "windows"),
    [
        ([("MonA1", 9), ("MonA2", 10), ("MonP1", 13)], [("A", 2), ("P", 1)]),
        ([("MonA9", 9), ("MonA10", 10), ("MonA11", 11)], [("A", 3)]),
        ([("Mon1", 9), ("Mon2", 10), ("Mon3", 13)], [("A", 2), ("B", 1)]),
        ([("MonA1", 9), ("MonA2", 13)], [("A", 1), ("B", 1)]),
        ([("MonA1", 9), ("MonB1", 10)], [("A", 2)]),
        ([("Monday-AM-1", 9), ("Monday-AM-2", 10), ("Monday-PM-1", 13)], [("AM", 2), ("PM", 1)]),
        ([("monA1", 9), ("1", 13), ("2", 14)], [("A", 1), ("B", 2)]),
    ],
)
def test_windows_are_runs_without_a_gap_named_by_what_their_slots_share(listed, windows):
    days = {"Monday": slots(*((name, f"{hour}:00-{hour + 1}:00") for name, hour in listed))}

    found = read_slots(days, start=MONDAY, zone="UTC", notes=[])

    assert [(window.code, len(window.slots)) for window in found] == windows


def test_more_windows_than_letters_still_have_codes_of_their_own():
    hours = (
        (f"Mon{n}", f"{n // 2:02}:{n % 2 * 30:02}-{n // 2:02}:{n % 2 * 30 + 15:02}")
        for n in range(40)
    )

    found = read_slots({"Monday": slots(*hours)}, start=MONDAY, zone="UTC", notes=[])

    assert [window.code for window in found][24:28] == ["Y", "Z", "W27", "W28"]
