"""Teams and projects as organizers set them up."""

from datetime import UTC, datetime, timedelta

import pytest

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.schedule import changes, operations
from ptgsched.setup import teams
from ptgsched.setup.consequences import InUse, StillAnnounced
from ptgsched.web.context import links
from tests.support.story import ORGANIZER, SIGN_UP, Story

LATER = SIGN_UP + timedelta(hours=1)
BY = {"actor": ORGANIZER, "at": LATER}
AFTER = datetime(2026, 11, 3, tzinfo=UTC)


def change(scene: Story, slug: str, **given):
    team = teams.change_team(scene.event, scene.team(slug), given, **BY)
    db.session.commit()
    return team


def test_a_new_team_may_book_at_once(scene: Story):
    given = {"name": "Kolla", "project": "openstack", "color": "SteelBlue", "kind": "horizontal"}
    team = teams.add_team(scene.event, given, **BY)
    db.session.commit()

    assert (team.slug, team.color, team.project.slug) == ("kolla", "#4682b4", "openstack")
    assert scene.journal()[-1].action == "team.created"
    assert scene.journal()[-1].after["kind"] == "horizontal"
    scene.book("kolla", "bexar", "MonA1")


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"name": "", "color": "red;}", "kind": "diagonal"}, {"name", "color", "kind"}),
        ({"name": "K", "project": "nowhere"}, {"project"}),
        ({"name": "K", "etherpad_url": "ftp://pad.example"}, {"etherpad_url"}),
        ({"name": "K", "etherpad_url": "https://pad.example/?pwd=1"}, {"etherpad_url"}),
        ({"name": "K", "expected_attendance": -1}, {"expected_attendance"}),
        ({"name": "Help!"}, {"slug"}),  # which chat takes for something else
    ],
)
def test_all_that_is_wrong_is_said_at_once(scene: Story, given, fields):
    with pytest.raises(Invalid) as refusal:
        teams.add_team(scene.event, given, **BY)
    assert set(refusal.value.fields) == fields


def test_names_and_slugs_are_given_once(scene: Story):
    for given in ({"name": "nova"}, {"name": "Other", "slug": "nova"}):
        with pytest.raises(Conflict):
            teams.add_team(scene.event, given, **BY)
        db.session.rollback()
    with pytest.raises(Conflict):
        change(scene, "nova", name="CINDER")


def test_a_rename_or_a_link_is_announced_where_the_team_meets(scene: Story):
    own = scene.book("nova", "bexar", "MonA1").uid
    joined = scene.book("cinder", "bexar", "MonA2", with_teams=["nova"]).uid
    other = scene.book("neutron", "bexar", "MonA3").uid

    change(scene, "nova", name="Compute")
    assert [scene.booking(uid).sequence for uid in (own, joined, other)] == [1, 1, 0]
    change(scene, "nova", join_url="https://call.example/nova")
    assert [scene.booking(uid).sequence for uid in (own, joined, other)] == [2, 1, 0]
    change(scene, "nova", color="red", description="We meet.", expected_attendance=30)
    assert [scene.booking(uid).sequence for uid in (own, joined, other)] == [2, 1, 0]
    assert [line.action for line in scene.journal()[3:]] == [
        "team.updated",
        "booking.edited",
        "booking.edited",
        "team.updated",
        "booking.edited",
        "team.updated",
    ]


def test_a_call_with_a_passcode_is_not_in_the_journal(scene: Story):
    change(scene, "nova", join_url="https://zoom.example/j/1?pwd=271828")
    change(scene, "nova", join_url="https://zoom.example/j/1?pwd=141421")

    lines = scene.journal()
    assert lines[-1].after["changed"] == ["join_url"]
    kept = str([(line.before, line.after) for line in lines])
    assert "zoom.example" not in kept
    read = changes.page(scene.event, 0, links()).changes[-1]
    assert (read["team"], read["after"]["join_url"]) == (
        "nova",
        "http://localhost/events/oct/teams/nova/join",
    )
    assert read["after"]["etherpad_url"].endswith("/oct-nova")


def test_a_team_goes_when_nobody_and_no_calendar_needs_it(scene: Story):
    uid = scene.book("cinder", "bexar", "MonA1", with_teams=["nova"]).uid
    own = scene.book("nova", "austin", "MonB1").uid
    with pytest.raises(InUse) as standing:
        teams.remove_team(scene.event, scene.team("nova"), **BY)
    db.session.rollback()
    assert {booking["uid"] for booking in standing.value.facts["bookings"]} == {uid, own}
    for each in (uid, own):
        operations.release(scene.event, scene.booking(each), **BY)
    db.session.commit()
    with pytest.raises(StillAnnounced):
        teams.remove_team(scene.event, scene.team("nova"), **BY)
    db.session.rollback()

    teams.remove_team(scene.event, scene.team("nova"), actor=ORGANIZER, at=AFTER)
    db.session.commit()
    assert scene.booking(uid).with_teams == []
    assert [team.slug for team in teams.teams_of(scene.event)] == ["cinder", "neutron", "tc"]
    assert scene.journal()[-1].action == "team.deleted"


def test_projects_come_are_renamed_and_go_without_teams(scene: Story):
    event = scene.event
    zuul = teams.add_project(event, {"name": "Zuul"}, **BY)
    teams.change_project(event, zuul, {"name": "Zuul CI"}, **BY)
    with pytest.raises(Conflict) as refusal:
        teams.remove_project(event, teams.project_of(event, "openstack"), **BY)
    assert refusal.value.facts["teams"] == ["cinder", "neutron", "nova"]
    with pytest.raises(Conflict):
        teams.add_project(event, {"name": "openstack"}, **BY)
    teams.remove_project(event, teams.project_of(event, "zuul"), **BY)
    db.session.commit()

    assert [line.action for line in scene.journal()] == [
        "project.created",
        "project.updated",
        "project.deleted",
    ]
    assert [project.slug for project in teams.projects_of(scene.event)] == ["openstack"]
