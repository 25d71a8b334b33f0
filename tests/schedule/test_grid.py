"""The grid's view model: what a reader sees of one day, without a request."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ptgsched.db import db
from ptgsched.events.layout import add_window
from ptgsched.intervals import Interval
from ptgsched.schedule import queries
from ptgsched.schedule.agenda import LocalDay, agenda
from ptgsched.schedule.barring import IN_SHORT, OF_THE_SLOT, barred_slots
from ptgsched.schedule.clocks import clock_notes
from ptgsched.schedule.grid import Cell, CellKind, DayGrid, Reader, Row, day_grid
from ptgsched.schedule.policy import Violation
from ptgsched.schedule.selection import Day, Filters, chosen_days, days_of, find_team
from ptgsched.schedule.signup import of_cap, phase_lines, usage
from ptgsched.teams.permissions import teams_of
from tests.support.story import MONDAY, SIGN_UP, Story

TUESDAY = date(2026, 10, 27)
HOUR = timedelta(hours=1)


@pytest.fixture
def stage(sqlite_story):
    """The story on SQLite with its context open: nothing here depends on the database."""
    with sqlite_story.app.app_context():
        yield sqlite_story


def days(stage: Story) -> list[Day]:
    return days_of(stage.event.slots)


def grid_of(
    stage: Story,
    day: date = MONDAY,
    *,
    zone: str = "UTC",
    at: datetime = SIGN_UP,
    filters: Filters | None = None,
    led: str | None = None,
    barred: dict[str, tuple[Violation, ...]] | None = None,
) -> DayGrid:
    event = stage.event
    reader = Reader(
        zone=zone,
        at=at,
        led=frozenset({stage.team(led).id}) if led else frozenset(),
        filters=filters or Filters(),
    )
    shown = next(one for one in days(stage) if one.date == day)
    return day_grid(
        shown,
        rooms=event.rooms,
        bookings=queries.bookings(event),
        reader=reader,
        barred=barred or {},
    )


def row(grid: DayGrid, room: str) -> Row:
    return next(one for one in grid.rows if one.room.slug == room)


def cell(grid: DayGrid, room: str, code: str) -> Cell:
    return next(c for c in row(grid, room).cells if code in [col.code for col in c.columns])


def barred_for(stage: Story, team: str, at: datetime = SIGN_UP) -> dict[str, list[str]]:
    chosen = stage.team(team)
    found = barred_slots(
        stage.event,
        chosen,
        stage.event.slots,
        sessions=queries.all_sessions(stage.event),
        declared=queries.declared_conflicts([chosen.id]),
        at=at,
    )
    return {code: [violation.rule for violation in broken] for code, broken in found.items()}


class TestDays:
    def test_a_window_past_midnight_belongs_to_the_day_it_starts_on(self, stage):
        grid = grid_of(stage)
        assert [window.code for window in grid.windows] == ["B", "A", "C"]
        last = grid.columns[-1]
        assert (last.code, last.utc) == ("MonC4", "00:00")
        assert last.slot.starts_at == datetime(2026, 10, 27, tzinfo=UTC)

    def test_windows_are_named_in_utc_and_slots_in_the_readers_time(self, stage):
        grid = grid_of(stage, zone="Asia/Kolkata")
        window = grid.windows[1]
        assert (window.name, window.utc, window.date) == (
            "Americas/Europe",
            "13:00-17:00",
            "Mon 26 Oct",
        )
        assert not window.other_date
        assert [(c.local, c.utc) for c in window.columns] == [
            ("18:30", "13:00"),
            ("19:30", "14:00"),
            ("20:30", "15:00"),
            ("21:30", "16:00"),
        ]

    def test_a_window_on_another_date_of_the_readers_says_so(self, stage):
        grid = grid_of(stage, zone="Asia/Kolkata")
        window = grid.windows[2]
        assert (window.date, window.other_date) == ("Tue 27 Oct", True)
        assert window.columns[0].local == "02:30"

    def test_the_date_turns_inside_a_window(self, stage):
        columns = grid_of(stage).windows[2].columns
        assert [column.new_date for column in columns] == ["", "", "", "Tue 27 Oct"]
        # In Denver the same window is an afternoon: the date does not turn.
        afternoon = grid_of(stage, zone="America/Denver").windows[2].columns
        assert [column.new_date for column in afternoon] == ["", "", "", ""]

    def test_a_clock_turned_back_repeats_an_hour_and_utc_tells_them_apart(self, stage):
        # Berlin leaves summer time on Sunday 25 October 2026 at 01:00 UTC.
        midnight = datetime(2026, 10, 25, tzinfo=UTC)
        night = [Interval(midnight + n * HOUR, midnight + (n + 1) * HOUR) for n in range(3)]
        add_window(stage.event, "N", "Night", night)
        db.session.commit()
        columns = grid_of(stage, date(2026, 10, 25), zone="Europe/Berlin").columns
        assert [(c.local, c.utc) for c in columns] == [
            ("02:00", "00:00"),
            ("02:00", "01:00"),
            ("03:00", "02:00"),
        ]
        assert columns[0].local_end == "02:00"

    def test_the_day_shown_is_the_one_under_way_or_next(self, stage):
        event_days = days(stage)
        assert chosen_days(event_days, "", SIGN_UP) == [event_days[0]]
        past_midnight = datetime(2026, 10, 27, 0, 30, tzinfo=UTC)  # Monday's C still runs
        assert chosen_days(event_days, "", past_midnight) == [event_days[0]]
        assert chosen_days(event_days, "", datetime(2026, 10, 27, 1, tzinfo=UTC)) == [event_days[1]]
        assert chosen_days(event_days, "", datetime(2027, 1, 1, tzinfo=UTC)) == [event_days[0]]

    def test_a_day_can_be_asked_for_or_all_of_them(self, stage):
        event_days = days(stage)
        assert chosen_days(event_days, "2026-10-28", SIGN_UP) == [event_days[2]]
        assert chosen_days(event_days, "all", SIGN_UP) == event_days
        assert chosen_days(event_days, "yesterday", SIGN_UP) == [event_days[0]]

    def test_looking_for_a_team_leads_to_the_day_of_its_next_session(self, stage):
        stage.book("nova", "bexar", "TueA1")
        stage.book("nova", "bexar", "ThuA1")
        sessions = queries.all_sessions(stage.event)
        event_days = days(stage)
        assert chosen_days(event_days, "", SIGN_UP, sessions) == [event_days[1]]
        wednesday = datetime(2026, 10, 28, tzinfo=UTC)
        assert chosen_days(event_days, "", wednesday, sessions) == [event_days[3]]


class TestCells:
    def test_a_booking_is_one_cell_over_its_slots(self, stage):
        booking = stage.book("nova", "bexar", "MonA1", "MonA2", "MonA3")
        stage.book("cinder", "bexar", "MonA4")
        grid = grid_of(stage)
        merged = cell(grid, "bexar", "MonA2")
        assert (merged.kind, merged.span, merged.booking.uid) == ("booked", 3, booking.uid)
        assert (merged.first.code, merged.last.code) == ("MonA1", "MonA3")
        assert cell(grid, "bexar", "MonA4").booking.team.slug == "cinder"
        assert sum(c.span for c in row(grid, "bexar").cells) == len(grid.columns) == 12

    def test_two_bookings_of_one_team_side_by_side_stay_two_cells(self, stage):
        stage.book("nova", "bexar", "MonA1")
        stage.book("nova", "bexar", "MonA2")
        assert [cell(grid_of(stage), "bexar", code).span for code in ("MonA1", "MonA2")] == [1, 1]

    def test_what_nobody_took_is_over_once_its_time_has_passed(self, stage):
        grid = grid_of(stage, at=datetime(2026, 10, 26, 14, 30, tzinfo=UTC))
        kinds = [cell(grid, "bexar", code).kind for code in ("MonA1", "MonA2", "MonA3")]
        assert kinds == [CellKind.OVER, CellKind.FREE, CellKind.FREE]
        assert [column.code for column in grid.columns if column.is_now] == ["MonA2"]

    def test_a_room_may_be_offered_in_some_slots_only(self, stage):
        room = stage.room("ballroom")
        room.offered_always = False
        room.offered_slots = list(stage.slots("MonA1"))
        grid = grid_of(stage)
        assert cell(grid, "ballroom", "MonA1").kind == CellKind.FREE
        assert cell(grid, "ballroom", "MonA2").kind == CellKind.NOT_OFFERED

    def test_filters_fade_what_does_not_match_and_never_free_it(self, stage):
        stage.book("nova", "bexar", "MonA1", with_teams=["cinder"])
        stage.book("tc", "austin", "MonA1")

        def faded(**chosen: object) -> list[bool]:
            grid = grid_of(stage, filters=Filters(**chosen))
            return [cell(grid, room, "MonA1").faded for room in ("bexar", "austin")]

        assert faded() == [False, False]
        assert faded(team=stage.team("cinder")) == [False, True]  # joint sessions are its own
        assert faded(project="openstack") == [False, True]
        assert faded(mine=frozenset({stage.team("tc").id})) == [True, False]
        assert faded(free=True) == [True, True]

    def test_a_window_can_be_shown_alone(self, stage):
        grid = grid_of(stage, filters=Filters(window="A"))
        assert [column.code for column in grid.columns] == ["MonA1", "MonA2", "MonA3", "MonA4"]

    def test_a_lead_may_move_what_is_hers_and_not_over(self, stage):
        stage.book("nova", "bexar", "MonA1")
        stage.book("cinder", "austin", "MonA2", with_teams=["nova"])
        grid = grid_of(stage, led="nova")
        hers, joint = cell(grid, "bexar", "MonA1"), cell(grid, "austin", "MonA2")
        assert (hers.mine, hers.movable) == (True, True)
        assert (joint.mine, joint.movable) == (True, False)
        later = grid_of(stage, led="nova", at=datetime(2026, 10, 26, 14, tzinfo=UTC))
        assert not cell(later, "bexar", "MonA1").movable


class TestBarring:
    def test_each_rule_that_may_bar_a_slot_has_a_short_name(self):
        assert {rule.__name__ for rule in OF_THE_SLOT} == set(IN_SHORT)

    def test_nothing_is_barred_for_a_team_without_bookings(self, stage):
        assert barred_for(stage, "nova") == {}

    def test_a_team_is_barred_where_it_meets_already(self, stage):
        stage.book("nova", "bexar", "MonA1", with_teams=["neutron"])
        assert barred_for(stage, "nova") == {"MonA1": ["team_busy"]}
        assert barred_for(stage, "neutron") == {"MonA1": ["team_busy"]}
        assert barred_for(stage, "cinder") == {}

    def test_a_full_day_bars_the_rest_of_it(self, stage):
        stage.phase(per_day=2)
        stage.book("nova", "bexar", "MonA1", "MonA2")
        barred = barred_for(stage, "nova")
        assert barred["MonA1"] == ["team_busy", "daily_cap"]
        assert barred["MonC4"] == ["daily_cap"]  # past midnight, but still Monday's
        assert "TueA1" not in barred

    def test_teams_that_share_people_bar_each_other(self, stage):
        stage.keep_apart("nova", "cinder")
        stage.book("cinder", "bexar", "MonA1")
        assert barred_for(stage, "nova") == {"MonA1": ["declared_conflict"]}

    def test_a_phase_yet_to_open_bars_everything(self, stage):
        stage.phase("Verticals", opens=timedelta(days=4), kinds=["vertical"])
        barred = barred_for(stage, "nova")
        assert set(barred) == {slot.code for slot in stage.event.slots}
        assert barred["MonA1"] == ["phase_closed"]

    def test_the_reasons_stand_in_the_column_in_the_readers_zone(self, stage):
        stage.book("nova", "bexar", "MonA1")
        nova = stage.team("nova")
        barred = barred_slots(
            stage.event,
            nova,
            stage.event.slots,
            sessions=queries.all_sessions(stage.event),
            declared={},
            at=SIGN_UP,
        )
        grid = grid_of(stage, zone="Asia/Kolkata", barred=barred)
        column = cell(grid, "austin", "MonA1").first
        assert cell(grid, "austin", "MonA1").kind == CellKind.BARRED
        assert column.reason == "busy"
        assert column.reasons == (
            (
                "nova already meets in Bexar, Mon 26 Oct 18:30-19:30 Asia/Kolkata; "
                "move that session first."
            ),
        )
        assert cell(grid, "austin", "MonA2").kind == CellKind.FREE


class TestAgenda:
    def test_hours_are_grouped_by_the_readers_dates(self, stage):
        stage.book("nova", "bexar", "MonA4", title="Placement")
        stage.book("cinder", "austin", "MonC1")
        zone = "Asia/Kolkata"
        listed = agenda(grid_of(stage, zone=zone), zone)
        assert [(day.label, day.other_date) for day in listed] == [
            ("Mon 26 Oct", False),
            ("Tue 27 Oct", True),
        ]
        late = hour(listed[0], "MonA4")
        assert late.column.local == "21:30"
        assert [entry.cell.booking.title for entry in late.entries] == ["Placement"]
        assert late.free_rooms == 2

    def test_only_what_matches_is_listed(self, stage):
        stage.book("nova", "bexar", "MonA1")
        stage.book("cinder", "austin", "MonA1")
        filters = Filters(team=stage.team("nova"))
        listed = agenda(grid_of(stage, filters=filters), "UTC")
        entries = hour(listed[0], "MonA1").entries
        assert [entry.cell.booking.team.slug for entry in entries] == ["nova"]

    def test_hours_in_which_nothing_begins_are_for_those_who_book(self, stage):
        stage.book("nova", "bexar", "MonA2")
        (monday,) = agenda(grid_of(stage), "UTC", with_free=False)
        assert [one.column.code for one in monday.hours] == ["MonA2"]

    def test_what_began_an_hour_ago_and_still_runs_is_on_now(self, stage):
        stage.book("nova", "bexar", "MonA1", "MonA2")
        at = datetime(2026, 10, 26, 14, 30, tzinfo=UTC)
        (monday,) = agenda(grid_of(stage, at=at), "UTC", with_free=False)
        (began,) = monday.hours
        assert began.column.is_over
        assert began.is_running


def hour(day: LocalDay, code: str):
    return next(one for one in day.hours if one.column.code == code)


class TestWords:
    def test_a_change_of_clocks_near_the_event_is_said_with_its_hours(self):
        start = datetime(2026, 10, 26, tzinfo=UTC)
        end = datetime(2026, 10, 31, tzinfo=UTC)
        notes = clock_notes(["Europe/Berlin", "Asia/Tokyo", "America/New_York"], start, end)
        assert notes == [
            (
                "Before the event clocks in Europe/Berlin go back: on Sun 25 Oct from 03:00 to "
                "02:00. The times here take this into account."
            ),
            (
                "After the event clocks in America/New_York go back: on Sun 1 Nov from 02:00 to "
                "01:00. The times here take this into account."
            ),
        ]
        assert clock_notes(["UTC", "UTC"], start, end) == []

    def test_phases_are_told_by_kind_with_what_comes_next(self, stage):
        first = stage.phase("Cross-project", kinds=["horizontal"], per_day=4, total=16)
        second = stage.phase("Verticals", opens=timedelta(days=4), kinds=["vertical"])
        phases = stage.event.phases
        texts = [(line.text, line.at) for line in phase_lines(phases, None, SIGN_UP)]
        assert texts == [
            ("Sign-up is open for horizontal teams, at most 4 h a day and 16 h in all", None),
            ("Sign-up for vertical teams opens", second.opens_at),
        ]
        nova = phase_lines(phases, stage.team("nova"), SIGN_UP)
        assert [line.text for line in nova] == ["Sign-up for vertical teams opens"]
        first.closes_at = SIGN_UP
        closed = phase_lines([first], stage.team("tc"), SIGN_UP)
        assert [line.text for line in closed] == ["Sign-up is closed"]

    def test_a_phase_that_lifts_caps_is_told_as_what_comes_then(self, stage):
        stage.phase("Capped", per_day=4)
        stage.phase("Caps lifted", opens=timedelta(days=4))
        lines = phase_lines(stage.event.phases, stage.team("nova"), SIGN_UP)
        assert [line.text for line in lines] == [
            "Sign-up is open for all teams, at most 4 h a day",
            "Then without caps (Caps lifted), from",
        ]

    def test_hours_used_count_joint_sessions_too(self, stage):
        stage.phase(per_day=4, total=16)
        stage.book("nova", "bexar", "MonA1", "MonA2", with_teams=["cinder"])
        stage.book("cinder", "bexar", "TueA1")
        cinder = stage.team("cinder")
        sessions = queries.all_sessions(stage.event)
        used = usage(cinder, sessions, stage.event.phases, SIGN_UP)
        assert (used.on(MONDAY), used.on(TUESDAY), used.total) == (2, 1, 3)
        assert of_cap(used.on(MONDAY), used.day_cap) == "2 of 4 h"
        assert of_cap(used.total, used.total_cap) == "3 of 16 h"
        assert of_cap(1.75, None) == "1.75 h"

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("nova", "nova"),
            ("NOVA ", "nova"),
            ("Technical Committee", "tc"),
            ("tech", "tc"),
            ("committee", "tc"),
            ("zzz", None),
            ("", None),
        ],
    )
    def test_a_team_is_found_by_what_people_type(self, stage, typed, found):
        team = find_team(teams_of(stage.event), typed)
        assert (team.slug if team else None) == found
