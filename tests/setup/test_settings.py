"""An event's settings: phases in order, publishing, its zone."""

from datetime import timedelta

import pytest

from ptgsched.db import db
from ptgsched.errors import Invalid
from ptgsched.schedule.policy import ruling_phase
from ptgsched.setup.settings import WrongStatus, change_event
from tests.support.story import ORGANIZER, SIGN_UP, Story

LATER = SIGN_UP + timedelta(hours=1)
DAY = timedelta(days=1)
FIRST = {
    "name": "Horizontal",
    "opens_at": SIGN_UP - DAY,
    "closes_at": None,
    "team_kinds": ["horizontal"],
    "max_hours_per_day": 4,
    "max_hours_total": 16,
}
SECOND = {"name": "Everybody", "opens_at": SIGN_UP}


def change(scene: Story, **given):
    change_event(scene.event, given, actor=ORGANIZER, at=LATER)
    db.session.commit()


def test_phases_are_replaced_as_a_whole(scene: Story):
    change(scene, phases=[FIRST, SECOND])

    event = scene.event
    assert [phase.name for phase in event.phases] == ["Horizontal", "Everybody"]
    assert ruling_phase(event.phases, "vertical", SIGN_UP).max_hours_total is None
    line = scene.journal()[-1]
    assert (line.action, line.before["phases"]) == ("event.updated", [])
    assert [phase["max_hours_per_day"] for phase in line.after["phases"]] == [4.0, None]
    marks = scene.marks()
    change(scene, phases=[FIRST, SECOND], title="October PTG")
    assert scene.marks() == marks
    change(scene, phases=[])
    assert scene.event.phases == []


@pytest.mark.parametrize(
    "phases",
    [
        [SECOND, FIRST],
        [FIRST | {"closes_at": SIGN_UP - DAY}],
        [FIRST | {"max_hours_total": -1}],
        [FIRST | {"max_hours_total": float("nan")}],
        [FIRST | {"team_kinds": ["diagonal"]}],
        [FIRST | {"name": " "}],
        [FIRST | {"opens_at": SIGN_UP.replace(year=9999)}],
        [FIRST | {"closes_at": SIGN_UP.replace(year=1)}],
    ],
)
def test_phases_that_cannot_be_are_refused(scene: Story, phases):
    with pytest.raises(Invalid) as refusal:
        change(scene, phases=phases)
    assert set(refusal.value.fields) == {"phases"}


def test_all_that_is_wrong_is_said_at_once(scene: Story):
    with pytest.raises(Invalid) as refusal:
        change(
            scene,
            title="",
            timezone="Europe/Berlln",
            quota_day="week",
            overlap_policy="shrug",
            links={"Code": "javascript:alert(1)"},
        )
    wrong = {"title", "timezone", "quota_day", "overlap_policy", "links"}
    assert set(refusal.value.fields) == wrong
    assert "Europe/Berlin" in refusal.value.fields["timezone"][0]


def test_another_zone_is_announced_and_moves_nothing(scene: Story):
    booking = scene.book("nova", "bexar", "MonC1")
    start = booking.starts_at

    change(scene, timezone="asia/tokyo")

    assert scene.event.timezone == "Asia/Tokyo"
    booking = scene.booking(booking.uid)
    assert (booking.sequence, booking.starts_at, booking.slots[0].code) == (1, start, "MonC1")
    change(scene, allow_parallel=True, overlap_policy="warn", quota_day="utc")
    assert scene.booking(booking.uid).sequence == 1


def test_an_event_is_published_archived_and_opened_again(scene: Story):
    for status in ("draft", "published", "archived", "published", "published"):
        change(scene, status=status)
    assert [line.after["status"] for line in scene.journal()] == [
        "draft",
        "published",
        "archived",
        "published",
    ]

    scene.book("nova", "bexar", "MonA1")
    with pytest.raises(WrongStatus) as hidden:
        change(scene, status="draft")
    db.session.rollback()
    assert "archive it" in hidden.value.message
    scene.set(status="draft")
    with pytest.raises(WrongStatus) as skipped:
        change(scene, status="archived")
    assert skipped.value.facts["possible"] == ["published"]
