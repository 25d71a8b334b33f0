"""Refused bookings: all reasons at once, with their facts; and who may bend the rules."""

from datetime import timedelta

from tests.api.conftest import Program
from tests.support.story import SIGN_UP, Story


def rules(response) -> list[str]:
    return [violation["rule"] for violation in response.get_json()["violations"]]


def test_a_taken_room_says_who_holds_it(lead: Program, rival: Program):
    held = rival.book("bexar", "MonA2", team="cinder").get_json()
    refused = lead.book("bexar", "MonA1", "MonA2")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "room_taken")
    (violation,) = refused.get_json()["violations"]
    assert violation["holder"] == {"team": "cinder", "uid": held["uid"]}
    assert violation["slots"] == ["MonA2"]
    assert violation["message"] in refused.get_json()["detail"]
    assert refused.get_json()["warnings"] == []


def test_every_reason_is_named_at_once(story: Story, lead: Program, rival: Program):
    with story.app.app_context():
        story.phase("Now", kinds=["vertical"], per_day=1, total=2)
        story.phase("Later", opens=timedelta(days=3), kinds=["vertical"])
        story.keep_apart("nova", "cinder")
    assert lead.book("bexar", "MonA2").status_code == 201
    assert rival.book("austin", "MonA1", team="cinder").status_code == 201
    refused = lead.book("austin", "MonA1", "MonA2", "MonA4")
    assert refused.status_code == 409
    assert rules(refused) == [
        "not_contiguous",
        "room_taken",
        "team_busy",
        "daily_cap",
        "total_cap",
        "declared_conflict",
    ]
    daily = refused.get_json()["violations"][3]
    assert (daily["used"], daily["cap"], daily["asked"]) == (1, 1, 3)
    assert (daily["day"], daily["lifted_at"]) == ("2026-10-26", "2026-10-04T12:00:00Z")
    with story.app.app_context():
        assert story.marks() == (2, 2, 2)


def test_closed_sign_up_says_when_it_opens(story: Story, lead: Program):
    with story.app.app_context():
        story.phase("Teams", opens=timedelta(days=2))
    refused = lead.book("bexar", "MonA1")
    assert (refused.status_code, rules(refused)) == (422, ["phase_closed"])
    assert refused.get_json()["violations"][0]["opens_at"] == "2026-10-03T12:00:00Z"


def test_what_is_over_cannot_be_booked(lead: Program, in_october):
    in_october.move_to(SIGN_UP + timedelta(days=26))
    assert rules(lead.book("bexar", "MonA1")) == ["slot_over"]


def test_an_archived_event_takes_no_bookings(story: Story, lead: Program):
    with story.app.app_context():
        story.set(status="archived")
    assert rules(lead.book("bexar", "MonA1")) == ["event_closed"]


def test_warnings_ride_on_successes(story: Story, lead: Program):
    with story.app.app_context():
        story.team("nova").expected_attendance = 50
        story.set(overlap_policy="warn")
    made = lead.book("ballroom", "MonA1")
    assert made.status_code == 201
    (warning,) = made.get_json()["warnings"]
    assert (warning["rule"], warning["capacity"], warning["expected"]) == ("over_capacity", 12, 50)
    moved = lead.patch(made.get_json()["uid"], {"slots": ["MonA2"]})
    assert moved.get_json()["warnings"] == [warning]
    dry = lead.book("ballroom", "MonA3", query_string={"dry_run": "true"})
    assert dry.get_json()["warnings"] == [warning]


def test_a_change_is_judged_like_a_booking(story: Story, lead: Program, rival: Program):
    rival.book("bexar", "MonA2", team="cinder")
    mine = lead.book("bexar", "MonA1").get_json()
    refused = lead.patch(mine["uid"], {"slots": ["MonA1", "MonA2"]})
    assert (refused.status_code, rules(refused)) == (409, ["room_taken"])
    assert lead.get(f"/bookings/{mine['uid']}").get_json()["slots"] == ["MonA1"]


def test_only_an_organizers_program_bends_rules_and_says_why(
    story: Story, lead: Program, rival: Program, organizer: Program
):
    with story.app.app_context():
        story.phase("Later", opens=timedelta(days=2))
    assert rules(organizer.book("bexar", "MonA1")) == ["phase_closed"]
    refused = lead.book("bexar", "MonA1", override="please")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "scope")
    made = organizer.book("bexar", "MonA1", override="Keynote")
    assert made.status_code == 201
    uid = made.get_json()["uid"]
    assert organizer.patch(uid, {"slots": ["MonA2"], "override": "Later"}).status_code == 200
    with story.app.app_context():
        assert [change.reason for change in story.journal()] == ["Keynote", "Later"]
    taken = organizer.book("bexar", "MonA2", team="cinder", override="Keynote")
    assert (taken.status_code, rules(taken)) == (409, ["phase_closed", "room_taken"])
    assert rival.patch(uid, {"override": "mine"}).status_code == 403
