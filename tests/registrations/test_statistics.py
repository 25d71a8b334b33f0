"""Numbers of who comes: by the event's own days, and as nobody can be found in them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from ptgsched.db import db
from ptgsched.registrations.details import details
from ptgsched.registrations.operations import register
from ptgsched.registrations.statistics import days, folded, statistics
from tests.support.queries import counted_queries
from tests.support.story import SIGN_UP, Story


def enrol(scene: Story, facts: Sequence[dict], at: datetime = SIGN_UP) -> None:
    for n, said in enumerate(facts):
        email = f"p{at:%d%H%M}-{n}@example.org"
        register(scene.event, email, details({"name": "P", **said}), at=at, letters=None)
    db.session.commit()


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", {date(2026, 10, 24): 1, date(2026, 10, 25): 2}),
        ("Europe/Berlin", {date(2026, 10, 25): 2, date(2026, 10, 26): 1}),
        ("Asia/Kolkata", {date(2026, 10, 25): 1, date(2026, 10, 26): 2}),
        ("America/New_York", {date(2026, 10, 24): 1, date(2026, 10, 25): 2}),
    ],
)
def test_days_are_those_of_the_event_across_a_change_of_clocks(scene: Story, zone, expected):
    scene.set(
        timezone=zone,
        registration_opens_at=None,
        starts_on=date(2026, 11, 2),
        ends_on=date(2026, 11, 6),
    )
    for moment in ((24, 22, 30), (25, 21, 30), (25, 23, 30)):
        enrol(scene, [{}], at=datetime(2026, 10, *moment, tzinfo=UTC))
    assert days(scene.event) == expected


def test_numbers_are_exact_and_fold_for_the_public(scene: Story):
    said = [{"country": "JP", "affiliation": "NEC", "role": "Operator"}] * 5
    said += [
        {"country": "DE", "affiliation": "nec"},
        {"country": "BR", "timezone": "America/Bahia"},
    ]
    enrol(scene, said)
    numbers = statistics(scene.event)
    assert numbers.by_country == {"JP": 5, "BR": 1, "DE": 1}
    assert numbers.by_affiliation == {"NEC": 6}
    assert numbers.by_role == {"Operator": 5}
    assert numbers.by_zone[("America/Bahia", "BR")] == 1
    assert folded(numbers).by_country == {"JP": 5, "other": 2}
    assert folded(numbers).shape()["by_day"] == {"2026-10-01": 7}


def test_they_cost_the_same_at_any_size(scene: Story):
    enrol(scene, [{"country": "JP", "teams": [scene.team("nova")]}])
    with counted_queries() as few:
        statistics(scene.event)
    enrol(
        scene,
        [{"country": "DE", "teams": [scene.team("tc")]}] * 20,
        at=datetime(2026, 10, 3, tzinfo=UTC),
    )
    with counted_queries() as many:
        assert statistics(scene.event).confirmed == 21
    assert len(many) == len(few)
