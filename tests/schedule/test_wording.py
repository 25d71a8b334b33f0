"""Refusals in words: what is wrong, when in the reader's zone, and the way out."""

from datetime import UTC, date, datetime

import pytest

from ptgsched.schedule import policy, wording
from ptgsched.schedule.policy import Violation
from ptgsched.schedule.wording import in_words

OPENS = datetime(2026, 10, 28, 9, tzinfo=UTC)
WHEN = {
    "room": "Bexar",
    "start": datetime(2026, 10, 26, 21, tzinfo=UTC),
    "end": datetime(2026, 10, 27, 1, tzinfo=UTC),
}
CAP = {"team": "nova", "used": 3.0, "cap": 4.0, "asked": 2.0}
SAID = [
    (
        Violation("event_closed", {"status": "draft"}),
        "This event is not published yet; an organizer can publish it.",
    ),
    (
        Violation("event_closed", {"status": "archived"}),
        "This event is over and archived; it takes no bookings.",
    ),
    (
        Violation("phase_closed", {"kind": "vertical", "phase": "Teams", "opens_at": OPENS}),
        "Sign-up for vertical teams opens Wed 28 Oct 2026 09:00 UTC (Teams).",
    ),
    (
        Violation("phase_closed", {"kind": "horizontal", "phase": None, "opens_at": None}),
        "Sign-up for horizontal teams is closed; ask an organizer.",
    ),
    (
        Violation("slot_over", {"slots": ["MonA1", "MonA2"], "ended_at": OPENS}),
        "MonA1 and MonA2 ended Wed 28 Oct 2026 09:00 UTC; choose a later slot.",
    ),
    (
        Violation("slot_over", {"slots": ["MonA1"], "ended_at": OPENS, "took_place": True}),
        (
            "MonA1 ended Wed 28 Oct 2026 09:00 UTC; "
            "a session that is over stays in the record of the event."
        ),
    ),
    (
        Violation("not_contiguous", {"slots": ["MonA1", "MonA3", "MonB1"]}),
        (
            "MonA1, MonA3 and MonB1 do not follow each other in one window; "
            "book each stretch on its own."
        ),
    ),
    (
        Violation("room_not_offered", {"room": "Bexar", "slots": ["MonA1"]}),
        "Bexar is not offered in MonA1; choose another room or slot.",
    ),
    (
        Violation(
            "room_taken",
            {"room": "Bexar", "slots": ["MonA1"], "holder": {"team": "cinder", "uid": "u"}},
        ),
        "cinder holds Bexar in MonA1; choose another room or slot.",
    ),
    (
        Violation("team_busy", {"team": "nova", **WHEN}),
        (
            "nova already meets in Bexar, Mon 26 Oct 21:00-Tue 27 Oct 01:00 UTC; "
            "move that session first."
        ),
    ),
    (
        Violation("daily_cap", {**CAP, "day": date(2026, 10, 26)}),
        "nova has 1 h left on Monday 26 Oct (3 h of 4 h used) and asks for 2 h.",
    ),
    (
        Violation("total_cap", {**CAP, "used": 5.25, "lifted_at": OPENS}),
        (
            "nova has 0 h left in all (5.25 h of 4 h used) and asks for 2 h; "
            "the cap is raised or lifted Wed 28 Oct 2026 09:00 UTC."
        ),
    ),
    (
        Violation("declared_conflict", {"team": "nova", "other": "cinder", **WHEN}),
        (
            "nova and cinder share people and asked not to meet in parallel: "
            "cinder is in Bexar, Mon 26 Oct 21:00-Tue 27 Oct 01:00 UTC."
        ),
    ),
    (
        Violation("over_capacity", {"room": "Bexar", "capacity": 12, "expected": 13}),
        "13 people are expected and Bexar takes 12; a larger room would be safer.",
    ),
]


@pytest.mark.parametrize(("violation", "sentence"), SAID, ids=lambda value: str(value)[:40])
def test_each_refusal_says_what_is_wrong_and_the_way_out(violation, sentence):
    assert in_words(violation) == sentence


def test_nothing_that_the_rules_can_say_is_without_words():
    told = {violation.rule for violation, _ in SAID}
    rules = {rule.__name__.removesuffix("_advice") for rule in (*policy.RULES, *policy.ADVICE)}

    assert rules == told == set(wording._WORDS)


@pytest.mark.parametrize(
    ("zone", "sentence"),
    [
        (
            "Asia/Tokyo",
            "Sign-up for vertical teams opens Wed 28 Oct 2026 18:00 Asia/Tokyo (UTC+9) (Teams).",
        ),
        (
            "Europe/Paris",
            "Sign-up for vertical teams opens Wed 28 Oct 2026 10:00 Europe/Paris (UTC+1) (Teams).",
        ),
    ],
)
def test_times_are_the_readers_and_say_so(zone, sentence):
    facts = {"kind": "vertical", "phase": "Teams", "opens_at": OPENS}

    assert in_words(Violation("phase_closed", facts), zone) == sentence


def test_a_stretch_over_the_readers_midnight_names_both_days():
    """Late in Kolkata: 21:00-01:00 UTC is 02:30-06:30 on Tuesday, one day for them."""
    busy = Violation("team_busy", {"team": "nova", **WHEN})

    assert "Tue 27 Oct 02:30-06:30 Asia/Kolkata" in in_words(busy, "Asia/Kolkata")
    assert "Mon 26 Oct 22:00-Tue 27 Oct 02:00 Europe/Berlin" in in_words(busy, "Europe/Berlin")


def test_people_read_the_names_of_teams():
    """Nova shares people with Cinder, and Glance has the room; only the API says it in slugs."""
    names = {"nova": "Nova", "cinder": "Cinder", "glance": "Glance"}
    shared = Violation("declared_conflict", {"team": "nova", "other": "cinder", **WHEN})
    taken = {"room": "Bexar", "slots": ["MonA1"], "holder": {"team": "glance", "uid": "b@x"}}

    assert in_words(shared, "UTC", names).startswith("Nova and Cinder share people")
    assert in_words(Violation("room_taken", taken), "UTC", names).startswith("Glance holds Bexar")
    assert in_words(Violation("room_taken", taken)).startswith("glance holds Bexar")
    assert taken["holder"]["team"] == "glance"
