"""What organizers are told of conflicts and gaps, with the way to mend each."""

import re

import pytest
import time_machine

from ptgsched.db import db
from ptgsched.events.models import OverlapPolicy
from ptgsched.manage.overview import overview_of
from ptgsched.survey.operations import send_survey
from ptgsched.teams.models import Membership, Role
from tests.setup.manage_pages import MANAGE, STRANGERS, refused, text_of
from tests.support.queries import counted_queries
from tests.support.story import LEAD, ORGANIZER, SIGN_UP, Story

OVERVIEW = f"{MANAGE}/overview"
ASSIGNMENTS = f"{MANAGE}/assignments"
SURVEY = {
    "expected_attendance": 20,
    "hours_wanted": 4.0,
    "windows": ["A"],
    "apart": [],
    "joint": [],
    "join_url": None,
    "etherpad_url": None,
    "chat_channel": None,
    "notes": "",
}


@pytest.fixture(autouse=True)
def sign_up_time():
    with time_machine.travel(SIGN_UP, tick=False) as traveller:
        yield traveller


def survey(story: Story, team: str, **given):
    send_survey(story.event, story.team(team), SURVEY | given, actor=LEAD, at=SIGN_UP)
    db.session.commit()


def trouble(story: Story) -> dict[str, str]:
    """One finding of each kind; the sessions by what they are for."""
    with story.app.app_context():
        story.set(overlap_policy=OverlapPolicy.WARN, allow_parallel=True)
        survey(story, "nova", apart=["cinder"], joint=["tc"])
        vic = story.user("vic").id
        for team in ("cinder", "tc"):
            row = Membership(team_id=story.team(team).id, user_id=vic, role=Role.DEPUTY)
            db.session.add(row)
        db.session.commit()
        return {
            "nova": story.book("nova", "ballroom", "MonA1").uid,  # 20 people, 12 seats
            "cinder": story.book("cinder", "bexar", "MonA1").uid,
            "tc": story.book("tc", "bexar", "MonA2").uid,
            "cinder2": story.book("cinder", "ballroom", "MonA2").uid,
            "night": story.book("nova", "bexar", "MonC1").uid,
            "twice": story.book("neutron", "bexar", "TueA1", with_teams=[]).uid,
            "twice2": story.book("neutron", "ballroom", "TueA1").uid,
        }


def test_each_conflict_and_gap_is_found(story: Story):
    uids = trouble(story)

    with story.app.app_context():
        found = overview_of(story.event, SIGN_UP)

        assert [(c.one.uid, c.other.uid) for c in found.declared] in (
            [(uids["nova"], uids["cinder"])],
            [(uids["cinder"], uids["nova"])],
        )
        assert [c.who for c in found.people] == ["Vic"]
        assert {found.people[0].one.uid, found.people[0].other.uid} == {
            uids["tc"],
            uids["cinder2"],
        }
        assert [c.who for c in found.doubled] == ["Neutron"]
        (crowded,) = found.crowded
        assert (crowded.booking.uid, crowded.expected) == (uids["nova"], 20)
        assert [room.slug for room in crowded.larger] == ["austin"]  # bexar is held then
        assert [(each.booking.uid, each.window) for each in found.misplaced] == [
            (uids["night"], "C")
        ]
        assert [room.slug for room in found.unused] == ["austin"]
        assert [(s.team.slug, s.below) for s in found.below] == [("nova", 2.0)]
        assert [s.team.slug for s in found.unsurveyed] == ["cinder", "neutron", "tc"]
        assert [(one.slug, other.slug) for one, other in found.unmet] == [("nova", "tc")]


def test_a_joint_session_is_no_conflict_and_what_is_over_is_none(scene: Story):
    scene.set(overlap_policy=OverlapPolicy.WARN)
    survey(scene, "nova", joint=["cinder"])
    scene.keep_apart("nova", "cinder")
    scene.book("nova", "austin", "MonA1", with_teams=["cinder"])
    scene.book("tc", "bexar", "MonA2", actor=ORGANIZER)
    scene.book("neutron", "austin", "MonA2")

    found = overview_of(scene.event, SIGN_UP)

    assert not found.declared
    assert not found.people
    assert not found.doubled
    assert not found.unmet
    scene.keep_apart("tc", "neutron")
    (clash,) = overview_of(scene.event, SIGN_UP).declared
    assert not overview_of(scene.event, clash.one.ends_at).declared


def test_each_finding_leads_to_where_it_is_mended(sqlite_story: Story):
    uids = trouble(sqlite_story)

    page = sqlite_story.client("olga").get(OVERVIEW)

    text = text_of(page)
    assert "Cinder and Nova" in text or "Nova and Cinder" in text
    for link in (
        f"/events/oct/bookings/{uids['nova']}/edit",
        f"/events/oct/bookings/{uids['nova']}/edit?room=austin",
        f"/events/oct/bookings/{uids['tc']}/edit",
        "/events/oct/book?team=nova&amp;with_teams=tc",
        "/events/oct/?team=nova",
        "/events/oct/manage/rooms/austin/edit",
        "/events/oct/teams/tc/survey",
        "/events/oct/manage/surveys",
    ):
        assert f'href="{link}"' in page.text, link
    moved = sqlite_story.client("olga").get(f"/events/oct/bookings/{uids['nova']}/edit?room=austin")
    assert '<option selected value="austin"' in moved.text
    joint = sqlite_story.client("olga").get("/events/oct/book?team=nova&with_teams=tc")
    assert re.search(r'id="with-tc" value="tc" checked', joint.text)


def test_without_findings_each_kind_says_that_it_is_fine(sqlite_story: Story):
    text = text_of(sqlite_story.client("olga").get(OVERVIEW))

    assert text.count("✓") == 7
    assert "Rooms that nobody uses 3" in text


def test_rooms_are_assigned_by_event_day(story: Story):
    with story.app.app_context():
        survey(story, "nova")
        story.book("nova", "ballroom", "MonC4", title="Late")
        story.book("tc", "bexar", "MonA1", with_teams=["nova"])
        story.book("cinder", "bexar", "TueA1")
    olga = story.client("olga")

    text = text_of(olga.get(f"{ASSIGNMENTS}?tz=Asia/Kolkata"))

    assert "Monday 26 October 2026" in text
    assert "Tuesday 27 October 2026" in text
    assert "Bexar 30 seats 18:30–19:30 13:00–14:00 UTC Technical Committee Nova Session 20" in text
    assert "Ballroom 12 seats 05:30–06:30 Tue 27 Oct 00:00–01:00 UTC Nova Late 20" in text
    page = olga.get(f"{ASSIGNMENTS}?day=2026-10-27")
    assert "Cinder" in text_of(page)
    assert "Late" not in text_of(page)
    assert 'href="/events/oct/rooms.csv"' in page.text
    assert "Late" in text_of(olga.get(f"{ASSIGNMENTS}?day=nonsense"))


def test_pages_cost_the_same_for_many_bookings(sqlite_story: Story):
    olga = sqlite_story.client("olga")

    def cost(place: str) -> int:
        with counted_queries() as statements:
            assert olga.get(place).status_code == 200
        return len(statements)

    trouble(sqlite_story)
    few = [cost(OVERVIEW), cost(ASSIGNMENTS)]
    with sqlite_story.app.app_context():
        for day in ("Wed", "Thu", "Fri"):
            for number in range(1, 5):
                sqlite_story.book("cinder", "austin", f"{day}B{number}", with_teams=["neutron"])
    assert [cost(OVERVIEW), cost(ASSIGNMENTS)] == few


@pytest.mark.parametrize("place", [OVERVIEW, ASSIGNMENTS])
def test_strangers_get_nothing(sqlite_story: Story, place: str):
    assert refused(sqlite_story, place) == STRANGERS
