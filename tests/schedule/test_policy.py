"""The sign-up rules, each alone and all at once, on schedules read from the database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ptgsched.db import db
from ptgsched.events.layout import add_window
from ptgsched.events.models import EventStatus, OverlapPolicy, QuotaDay
from ptgsched.intervals import Interval
from ptgsched.schedule import operations, policy
from ptgsched.schedule.policy import Verdict, Violation
from ptgsched.schedule.refusals import RoomTaken
from tests.support.story import LEAD, ORGANIZER, SIGN_UP

DAY = timedelta(days=1)
MON, TUE, WED = date(2026, 10, 26), date(2026, 10, 27), date(2026, 10, 28)


def judged(story, team, room, *codes, with_teams=(), at=SIGN_UP, replaces=None):
    """What the rules say to `team` in `room` in the slots `codes`."""
    proposal = operations.propose(
        story.team(team),
        story.room(room),
        story.slots(*codes),
        [story.team(slug) for slug in with_teams],
        replaces,
    )
    return operations.check(story.event, proposal, at=at)


def rules(verdict):
    return [violation.rule for violation in verdict.violations]


def move(story, booking, *codes, **facts):
    operations.change(
        story.event, booking, slots=story.slots(*codes), actor=LEAD, at=SIGN_UP, **facts
    )
    db.session.commit()


def test_a_free_cell_of_an_open_event_is_allowed_without_a_word(scene):
    assert judged(scene, "nova", "bexar", "MonA1", "MonA2") == Verdict()
    assert Verdict().allowed


# Event, phases


@pytest.mark.parametrize("status", [EventStatus.DRAFT, EventStatus.ARCHIVED])
def test_only_a_published_event_takes_bookings(scene, status):
    scene.set(status=status)

    assert judged(scene, "nova", "bexar", "MonA1").violations == (
        Violation("event_closed", {"status": status}),
    )


def test_cross_project_teams_sign_up_first(scene):
    scene.phase("Cross-project", kinds=["horizontal"])
    opening = scene.phase("Teams", opens=DAY, kinds=["vertical"]).opens_at

    assert judged(scene, "tc", "bexar", "MonA1").allowed
    assert judged(scene, "nova", "bexar", "MonA1").violations == (
        Violation(
            "phase_closed",
            {"team": "nova", "kind": "vertical", "phase": "Teams", "opens_at": opening},
        ),
    )
    assert judged(scene, "nova", "bexar", "MonA1", at=opening).allowed
    assert not judged(
        scene, "nova", "bexar", "MonA1", at=opening - timedelta(microseconds=1)
    ).allowed


def test_of_several_openings_to_come_the_first_is_named(scene):
    scene.phase("Late", opens=3 * DAY)
    scene.phase("Soon", opens=DAY, closes=2 * DAY)
    scene.phase("Not ours", opens=DAY / 2, kinds=["horizontal"])

    (violation,) = judged(scene, "nova", "bexar", "MonA1").violations

    assert violation.facts["phase"] == "Soon"


def test_after_the_last_phase_nothing_opens(scene):
    closing = scene.phase(closes=DAY).closes_at

    assert judged(scene, "nova", "bexar", "MonA1").allowed
    (violation,) = judged(scene, "nova", "bexar", "MonA1", at=closing).violations
    assert violation.rule == "phase_closed"
    assert (violation.facts["phase"], violation.facts["opens_at"]) == (None, None)


def test_the_newest_open_phase_for_the_teams_kind_rules(scene):
    """Caps of four hours are lifted for horizontal teams only, then for a day only."""
    scene.phase("Sign-up", opens=-3 * DAY, total=4)
    scene.phase("Lifted for a day", opens=-2 * DAY, closes=-DAY, total=None)
    scene.phase("Horizontal at will", opens=-DAY, kinds=["horizontal"], total=None)
    for team, room in (("nova", "bexar"), ("tc", "austin")):
        scene.book(team, room, "MonA1", "MonA2", "MonA3", "MonA4")

    assert rules(judged(scene, "nova", "bexar", "MonB1")) == ["total_cap"]
    assert judged(scene, "tc", "bexar", "MonB1").allowed


def test_phases_of_one_instant_rule_in_the_order_they_were_made(scene):
    scene.phase("First", total=1)
    scene.phase("Second", total=2)

    ruling = policy.ruling_phase(scene.event.phases, "vertical", SIGN_UP)

    assert ruling.name == "Second"


# Slots and rooms


def test_nobody_books_the_past(scene):
    """At half past one the first hour still runs and may be booked; at two it is over."""
    running = datetime(2026, 10, 26, 13, 30, tzinfo=UTC)
    ended = datetime(2026, 10, 26, 14, tzinfo=UTC)

    assert judged(scene, "nova", "bexar", "MonA1", at=running).allowed
    assert judged(scene, "nova", "bexar", "MonA1", "MonA2", at=ended).violations == (
        Violation("slot_over", {"slots": ["MonA1"], "ended_at": ended}),
    )


def test_a_running_session_may_be_extended_though_its_first_hour_is_over(scene):
    booking = scene.book("nova", "bexar", "MonA1", "MonA2")
    now = datetime(2026, 10, 26, 14, 30, tzinfo=UTC)

    longer = judged(scene, "nova", "bexar", "MonA1", "MonA2", "MonA3", replaces=booking, at=now)
    earlier = judged(scene, "nova", "bexar", "MonB4", replaces=booking, at=now)

    assert longer.allowed
    assert rules(earlier) == ["slot_over", "slot_over"]  # the new hour, and the one given up


@pytest.mark.parametrize(
    "codes",
    [("MonA1", "MonA3"), ("MonB4", "MonA1"), ("MonC4", "TueB1"), ("MonA1", "TueA1")],
    ids=["gap", "two windows", "over midnight", "two days"],
)
def test_a_booking_is_one_stretch_of_one_window(scene, codes):
    assert judged(scene, "nova", "bexar", *codes).violations == (
        Violation("not_contiguous", {"slots": list(codes)}),
    )


def test_the_order_of_the_list_does_not_matter(scene):
    assert judged(scene, "nova", "bexar", "MonA3", "MonA1", "MonA2", "MonA1").allowed


def test_a_window_past_midnight_is_one_stretch(scene):
    """MonC runs from Monday 21:00 to Tuesday 01:00 UTC."""
    assert judged(scene, "nova", "bexar", "MonC1", "MonC2", "MonC3", "MonC4").allowed


def test_a_room_may_be_offered_in_some_slots_only(scene):
    room = scene.room("ballroom")
    room.offered_always = False
    room.offered_slots = list(scene.slots("MonA1", "MonA2"))
    db.session.commit()

    assert judged(scene, "nova", "ballroom", "MonA1", "MonA2").allowed
    assert judged(scene, "nova", "ballroom", "MonA2", "MonA3", "MonA4").violations == (
        Violation("room_not_offered", {"room": "Ballroom", "slots": ["MonA3", "MonA4"]}),
    )


def test_a_taken_room_says_who_holds_which_slots(scene):
    one = scene.book("cinder", "bexar", "MonA1")
    other = scene.book("neutron", "bexar", "MonA3", "MonA4")

    assert judged(scene, "nova", "bexar", "MonA1", "MonA2", "MonA3", "MonA4").violations == (
        Violation(
            "room_taken",
            {
                "room": "Bexar",
                "slots": ["MonA1"],
                "holder": {"team": "cinder", "uid": one.uid},
            },
        ),
        Violation(
            "room_taken",
            {
                "room": "Bexar",
                "slots": ["MonA3", "MonA4"],
                "holder": {"team": "neutron", "uid": other.uid},
            },
        ),
    )
    assert judged(scene, "nova", "bexar", "MonA2").allowed
    assert judged(scene, "nova", "austin", "MonA1").allowed


# Teams


def test_a_team_is_in_one_place_at_a_time(scene):
    held = scene.book("nova", "bexar", "MonA1", "MonA2")

    (violation,) = judged(scene, "nova", "austin", "MonA2", "MonA3").violations

    assert violation == Violation(
        "team_busy",
        {
            "team": "nova",
            "holder": {"team": "nova", "uid": held.uid},
            "room": "Bexar",
            "start": held.starts_at,
            "end": held.ends_at,
        },
    )
    assert judged(scene, "nova", "austin", "MonA3").allowed  # they touch, and do not overlap


@pytest.mark.parametrize(
    ("team", "guests", "busy"),
    [("neutron", ["cinder"], ["cinder"]), ("cinder", [], ["cinder"]), ("neutron", [], [])],
    ids=["a guest is a guest elsewhere", "a guest elsewhere books", "others"],
)
def test_joint_teams_are_busy_too(scene, team, guests, busy):
    scene.book("nova", "bexar", "MonA1", with_teams=["cinder"])

    verdict = judged(scene, team, "austin", "MonA1", with_teams=guests)

    assert [violation.facts["team"] for violation in verdict.violations] == busy
    assert set(rules(verdict)) <= {"team_busy"}


def test_an_event_may_allow_parallel_sessions(scene):
    scene.book("nova", "bexar", "MonA1")
    scene.set(allow_parallel=True)

    assert judged(scene, "nova", "austin", "MonA1").allowed
    assert rules(judged(scene, "nova", "bexar", "MonA1")) == ["room_taken"]


@pytest.mark.parametrize(("one", "other"), [("nova", "cinder"), ("cinder", "nova")])
def test_declared_teams_do_not_meet_in_parallel(scene, one, other):
    scene.keep_apart("nova", "cinder")
    held = scene.book(other, "bexar", "MonA1", "MonA2")

    (violation,) = judged(scene, one, "austin", "MonA2").violations

    assert violation == Violation(
        "declared_conflict",
        {
            "team": one,
            "other": other,
            "holder": {"team": other, "uid": held.uid},
            "room": "Bexar",
            "start": held.starts_at,
            "end": held.ends_at,
        },
    )
    assert judged(scene, one, "austin", "MonA3").allowed
    assert judged(scene, "neutron", "austin", "MonA1").allowed


def test_declared_guests_count_and_a_joint_session_of_both_does_not(scene):
    scene.keep_apart("nova", "cinder")
    scene.book("tc", "bexar", "MonA1", with_teams=["cinder"])

    assert judged(scene, "nova", "austin", "MonA2", with_teams=["cinder"]).allowed
    assert rules(judged(scene, "neutron", "austin", "MonA1", with_teams=["nova"])) == [
        "declared_conflict"
    ]


def test_where_the_event_only_warns_a_declared_conflict_is_advice(scene):
    scene.keep_apart("nova", "cinder")
    scene.book("cinder", "bexar", "MonA1")
    scene.set(overlap_policy=OverlapPolicy.WARN)

    verdict = judged(scene, "nova", "austin", "MonA1")

    assert verdict.allowed
    assert [advice.rule for advice in verdict.warnings] == ["declared_conflict"]


@pytest.mark.parametrize(
    ("room", "warned"), [("ballroom", True), ("bexar", False)], ids=["12 seats", "30 seats"]
)
def test_more_people_than_seats_is_advice(scene, room, warned):
    scene.team("nova").expected_attendance = 8
    scene.team("cinder").expected_attendance = 5
    db.session.commit()

    verdict = judged(scene, "nova", room, "MonA1", with_teams=["cinder", "neutron"])

    assert verdict.allowed
    facts = {"room": "Ballroom", "capacity": 12, "expected": 13}
    assert verdict.warnings == ((Violation("over_capacity", facts),) if warned else ())


def test_a_room_without_a_known_size_takes_all(scene):
    scene.team("nova").expected_attendance = 5000
    scene.room("bexar").capacity = None
    db.session.commit()

    assert judged(scene, "nova", "bexar", "MonA1") == Verdict()


# Caps


def test_at_most_four_hours_a_day(scene):
    scene.phase(per_day=4)
    scene.book("nova", "bexar", "MonA1", "MonA2", "MonA3")

    assert judged(scene, "nova", "bexar", "MonB1").allowed
    assert judged(scene, "nova", "bexar", "MonB1", "MonB2").violations == (
        Violation("daily_cap", {"team": "nova", "day": MON, "used": 3, "cap": 4, "asked": 2}),
    )
    assert judged(scene, "nova", "bexar", "TueA1", "TueA2", "TueA3", "TueA4").allowed
    assert judged(scene, "cinder", "bexar", "MonB1", "MonB2").allowed


def test_at_most_so_many_hours_in_all(scene):
    scene.phase(total=5)
    scene.book("nova", "bexar", "MonA1", "MonA2", "MonA3", "MonA4")

    assert judged(scene, "nova", "bexar", "TueA1").allowed
    assert judged(scene, "nova", "bexar", "TueA1", "TueA2").violations == (
        Violation("total_cap", {"team": "nova", "used": 4, "cap": 5, "asked": 2}),
    )


def test_without_phases_there_are_no_caps(scene):
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri"):
        for window in "ABC":
            scene.book("nova", "bexar", *(f"{day}{window}{n}" for n in range(1, 5)))

    assert scene.event.schedule_revision == 15


def test_a_day_is_the_event_day_though_the_hours_lie_past_midnight(scene):
    """MonC3 and MonC4 are Tuesday in UTC, and Monday's by the event's days."""
    scene.phase(per_day=4)
    scene.book("nova", "bexar", "MonC1", "MonC2", "MonC3", "MonC4")

    assert judged(scene, "nova", "bexar", "TueA1", "TueA2", "TueA3", "TueA4").allowed
    (violation,) = judged(scene, "nova", "bexar", "MonA1").violations
    assert (violation.rule, violation.facts["day"]) == ("daily_cap", MON)


def test_a_day_may_be_the_utc_day(scene):
    scene.phase(per_day=4)
    scene.set(quota_day=QuotaDay.UTC)
    scene.book("nova", "bexar", "MonC1", "MonC2", "MonC3", "MonC4")  # 3 h Monday, 1 h Tuesday

    assert judged(scene, "nova", "bexar", "MonA1").allowed
    assert rules(judged(scene, "nova", "bexar", "MonA1", "MonA2")) == ["daily_cap"]
    assert judged(scene, "nova", "bexar", "TueA1", "TueA2", "TueA3").allowed
    (violation,) = judged(scene, "nova", "bexar", "TueA1", "TueA2", "TueA3", "TueA4").violations
    assert violation.facts == {"team": "nova", "day": TUE, "used": 1, "cap": 4, "asked": 4}


def test_hours_over_midnight_utc_count_on_both_utc_days(scene):
    """With a cap of two, MonC asks for three on Monday and one on Tuesday."""
    scene.phase(per_day=2)
    scene.set(quota_day=QuotaDay.UTC)
    scene.book("nova", "bexar", "TueA1", "TueA2")

    verdict = judged(scene, "nova", "bexar", "MonC1", "MonC2", "MonC3", "MonC4")

    assert [(v.facts["day"], v.facts["used"], v.facts["asked"]) for v in verdict.violations] == [
        (MON, 0, 3),
        (TUE, 2, 1),
    ]


def test_joint_hours_count_for_every_team_that_takes_part(scene):
    scene.phase(per_day=2, total=3)
    scene.book("nova", "bexar", "MonA1", "MonA2", with_teams=["cinder"])

    (violation,) = judged(scene, "cinder", "austin", "MonB1").violations
    assert (violation.rule, violation.facts["team"]) == ("daily_cap", "cinder")
    (violation,) = judged(scene, "neutron", "austin", "MonB1", with_teams=["cinder"]).violations
    assert (violation.rule, violation.facts["team"]) == ("daily_cap", "cinder")
    assert rules(judged(scene, "tc", "austin", "TueA1", "TueA2", with_teams=["cinder"])) == [
        "total_cap"
    ]


def test_a_later_phase_that_lifts_the_cap_is_named(scene):
    scene.phase("Sign-up", per_day=1, total=2)
    scene.phase("Same for all", opens=DAY, per_day=1, total=2)
    more = scene.phase("More a day", opens=2 * DAY, per_day=4, total=2).opens_at
    free = scene.phase("Free", opens=3 * DAY).opens_at

    daily, total = judged(scene, "nova", "bexar", "MonA1", "MonA2", "MonA3").violations

    assert (daily.rule, daily.facts["lifted_at"]) == ("daily_cap", more)
    assert (total.rule, total.facts["lifted_at"]) == ("total_cap", free)
    assert judged(scene, "nova", "bexar", "MonA1", "MonA2", "MonA3", at=free).allowed


def over_the_cap(story):
    """nova booked three hours on Monday by an organizer's reason; then two are the cap."""
    booking = story.book("nova", "bexar", "MonA1", "MonA2", "MonA3", actor=ORGANIZER)
    story.phase(per_day=2, total=2)
    return booking


@pytest.mark.parametrize(
    ("codes", "broken"),
    [
        (("MonA2", "MonA3", "MonA4"), []),
        (("MonB1", "MonB2", "MonB3"), []),
        (("MonA1", "MonA2"), []),
        (("MonA1", "MonA2", "MonA3", "MonA4"), ["daily_cap", "total_cap"]),
        (("TueA1", "TueA2"), []),
        (("TueA1", "TueA2", "TueA3"), ["daily_cap"]),
    ],
    ids=["slide", "other window", "shorten", "grow", "shorten and leave", "exceed another day"],
)
def test_over_a_cap_one_may_move_or_shorten_but_not_grow(scene, codes, broken):
    booking = over_the_cap(scene)

    assert rules(judged(scene, "nova", "bexar", *codes, replaces=booking)) == broken


def test_over_a_cap_other_sessions_stay_as_they_are(scene):
    booking = over_the_cap(scene)
    move(scene, booking, "MonA1", "MonA2")

    assert rules(judged(scene, "nova", "bexar", "TueA1")) == ["total_cap"]
    assert rules(judged(scene, "nova", "bexar", "MonB1")) == ["daily_cap", "total_cap"]


def test_a_guest_who_comes_later_has_no_hours_to_keep(scene):
    """cinder is at its cap; being invited to nova's session would be growing."""
    scene.book("cinder", "austin", "MonB1", "MonB2")
    booking = scene.book("nova", "bexar", "MonA1")
    scene.phase(per_day=2)

    verdict = judged(scene, "nova", "bexar", "MonA1", with_teams=["cinder"], replaces=booking)

    assert [(v.rule, v.facts["team"]) for v in verdict.violations] == [("daily_cap", "cinder")]


def test_caps_add_up_without_dust(scene):
    """Thirty-five minutes are no exact fraction of an hour: six times that is over 3.5 h."""
    begin = datetime(2026, 10, 26, 1, tzinfo=UTC)
    length = timedelta(minutes=35)
    parts = [Interval(begin + n * length, begin + (n + 1) * length) for n in range(6)]
    assert sum(part.hours for part in parts) > 3.5
    add_window(scene.event, "D", "Short talks", parts)
    db.session.commit()
    scene.phase(per_day=3.5, total=3.5)

    assert judged(scene, "nova", "bexar", *(f"MonD{n}" for n in range(1, 7))).allowed


# All


def test_every_broken_rule_is_reported_at_once_in_one_order(scene):
    """Seven reasons in one answer, so that nobody meets them one by one."""
    scene.book("nova", "ballroom", "MonA2")
    scene.book("cinder", "bexar", "MonA1", "MonA2")
    scene.keep_apart("nova", "cinder")
    scene.phase(per_day=1, total=1)
    scene.team("nova").expected_attendance = 500
    room = scene.room("bexar")
    room.offered_always = False
    db.session.commit()
    scene.set(status=EventStatus.ARCHIVED)

    verdict = judged(
        scene, "nova", "bexar", "MonA2", "MonA4", at=datetime(2026, 10, 26, 15, tzinfo=UTC)
    )

    assert rules(verdict) == [
        "event_closed",
        "slot_over",
        "not_contiguous",
        "room_not_offered",
        "room_taken",
        "team_busy",
        "daily_cap",
        "total_cap",
        "declared_conflict",
    ]
    assert [advice.rule for advice in verdict.warnings] == ["over_capacity"]
    with pytest.raises(RoomTaken) as refusal:
        scene.book("nova", "bexar", "MonA2", "MonA4", at=datetime(2026, 10, 26, 15, tzinfo=UTC))
    assert refusal.value.verdict == verdict


def test_the_rules_have_stable_names():
    """Programs and translations rely on them (CONTRACT, Rules)."""
    assert [rule.__name__ for rule in policy.RULES] == [
        "event_closed",
        "phase_closed",
        "slot_over",
        "not_contiguous",
        "room_not_offered",
        "room_taken",
        "team_busy",
        "daily_cap",
        "total_cap",
        "declared_conflict",
    ]


def test_many_cells_are_judged_on_sessions_read_once(scene):
    """What the grid judges its free cells on says the same as a reading for one booking."""
    scene.keep_apart("nova", "cinder")
    scene.phase(per_day=2)
    scene.book("nova", "austin", "MonA1", "MonA2")
    scene.book("cinder", "bexar", "MonB1", with_teams=["tc"])
    from_all = policy.Situation(
        event=scene.event,
        phases=tuple(scene.event.phases),
        sessions=operations.queries.all_sessions(scene.event),
        declared=operations.queries.declared_conflicts([scene.team("nova").id]),
        at=SIGN_UP,
    )

    for slot in scene.event.slots:
        proposal = operations.propose(scene.team("nova"), scene.room("bexar"), [slot])
        alone = operations.check(scene.event, proposal, at=SIGN_UP)
        assert policy.judge(proposal, from_all) == alone, slot.code
