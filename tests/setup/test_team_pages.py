"""Organizers add, change, paste and delete teams and projects; strangers see nothing of it."""

import re

import pytest
import time_machine
from sqlalchemy import select

from ptgsched.accounts.models import AuditEntry
from ptgsched.db import db
from ptgsched.invitations.queries import pending
from tests.setup.manage_pages import MANAGE, STRANGERS, refused, send, text_of
from tests.support.queries import counted_queries
from tests.support.story import SIGN_UP, Story

TEAMS = f"{MANAGE}/teams/"
NEW = f"{MANAGE}/teams/new"
PASTE = f"{MANAGE}/teams/paste"
NOVA = f"{MANAGE}/teams/nova/edit"
DELETE = f"{MANAGE}/teams/nova/delete"
PROJECTS = f"{MANAGE}/projects/"
TEN = [f"Team {number}" for number in range(1, 11)]
SIGS = [f"SIG {number}" for number in range(1, 11)]


@pytest.fixture(autouse=True)
def sign_up_time():
    with time_machine.travel(SIGN_UP, tick=False) as traveller:
        yield traveller


def book(story: Story, *args, **facts) -> str:
    with story.app.app_context():
        return story.book(*args, **facts).uid


def test_a_team_is_added_and_changed_by_form(story: Story):
    olga = story.client("olga")

    added = send(
        olga, NEW, name="Kolla", kind="vertical", project="openstack", color="SteelBlue",
        expected_attendance="28", hours_wanted="7.5",
    )  # fmt: skip

    assert (added.status_code, added.location) == (303, TEAMS)
    text = text_of(olga.get(TEAMS))
    assert "Kolla is added." in text
    assert "Kolla Vertical OpenStack nobody yet" in text
    assert "0 h of 7.5 h" in text
    page = olga.get(f"{MANAGE}/teams/kolla/edit")
    assert "Contrast of its text: 5.1:1" in text_of(page)
    emptied = {"project": "", "color": "", "expected_attendance": ""}
    place = f"{MANAGE}/teams/kolla/edit"
    assert send(olga, place, name="Kolla", kind="horizontal", **emptied).status_code == 303
    with story.app.app_context():
        kolla = story.team("kolla")
        assert (kolla.kind, kolla.project, kolla.color) == ("horizontal", None, None)
        assert kolla.expected_attendance is None


def test_what_is_wrong_is_said_beside_its_field(sqlite_story: Story):
    olga = sqlite_story.client("olga")

    answer = send(olga, NEW, name="K", kind="vertical", project="", color="re;d", join_url="x")

    assert answer.status_code == 422
    assert 'id="color-errors"' in answer.text
    assert 'id="join_url-errors"' in answer.text
    assert 'value="re;d"' in answer.text
    # Browsers go to the first of those that are wrong.
    went = re.search(r"<input [^>]*autofocus[^>]*>", answer.text)
    assert went
    assert 'id="color"' in went[0]
    assert send(olga, NEW, name="nova", kind="vertical", project="").status_code == 409


def test_twenty_teams_of_two_kinds_are_pasted_in_two_parts(story: Story):
    olga = story.client("olga")

    with counted_queries() as sent:
        look = send(olga, PASTE, pasted="\n".join(TEN), kind="vertical", project="openstack")
    assert "10 teams can be added" in text_of(look)
    # Nobody has to wait while somebody looks.
    assert [one for one in sent if not one.startswith("SELECT") or "FOR UPDATE" in one] == []
    assert len(sent) < 20
    with story.app.app_context():
        assert story.marks() == (0, 0, 0)
    first = send(olga, PASTE, pasted="\n".join(TEN), kind="vertical", project="openstack", save="1")
    second = send(olga, PASTE, pasted="\n".join(SIGS), kind="horizontal", project="", save="1")

    assert (first.status_code, second.status_code) == (303, 303)
    with story.app.app_context():
        teams = {name: story.team(name.lower().replace(" ", "-")) for name in [*TEN, *SIGS]}
        assert {teams[name].kind for name in TEN} == {"vertical"}
        assert {teams[name].project.slug for name in TEN} == {"openstack"}
        assert {teams[name].kind for name in SIGS} == {"horizontal"}
        story.book("sig-10", "bexar", "MonA1")


def test_a_sheet_brings_kinds_projects_and_what_else_it_knows(story: Story):
    olga = story.client("olga")
    sheet = (
        'Name;Kind;Project;People;Chat\n"Nova; the team";Vertical;OpenStack;45;#nova\n'
        "Zuul;vertical;Zuul CI;24;\nZuul Jobs;vertical;zuul ci;;\nOdd;diagonal;;;\nNova;;;;\n"
    )

    done = send(olga, PASTE, pasted=sheet, kind="horizontal", project="", save="1")

    text = text_of(done)
    assert done.status_code == 422
    assert "kind: One of horizontal, vertical." in text
    assert re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", done.text, re.DOTALL)[1].split(
        "\n"
    ) == [
        "Name;Kind;Project;People;Chat",
        "Odd;diagonal;;;",
    ]
    with story.app.app_context():
        nova = story.team("nova-the-team")
        assert (nova.name, nova.project.slug) == ("Nova; the team", "openstack")
        assert (nova.expected_attendance, nova.chat_channel) == (45, "#nova")
        assert story.team("zuul").project is story.team("zuul-jobs").project
        assert story.team("zuul").project.name == "Zuul CI"


def test_a_team_with_bookings_says_what_falls_and_leaves_joint_sessions_to_others(
    story: Story, sign_up_time
):
    own = book(story, "nova", "bexar", "MonA1", title="Placement")
    joint = book(story, "cinder", "bexar", "MonA2", with_teams=["nova"])
    olga = story.client("olga")
    text = text_of(olga.get(DELETE))
    assert "1 booking would be released" in text
    assert "1 joint session would go on without it" in text
    people = "/events/oct/teams/nova/people"
    send(olga, people, do="invite", email="nina@example.org", role="lead")

    done = send(olga, DELETE, name="Nova", reason="Dissolved", seen=[own, joint])

    assert done.status_code == 303
    assert "It can be deleted after Tue 27 Oct 2026 14:00 UTC" in text_of(olga.get(TEAMS))
    with story.app.app_context():
        assert not story.booking(own).is_confirmed
        assert story.booking(joint).is_confirmed
        assert story.booking(joint).with_teams == []
        assert story.team("nova").memberships == []
        assert pending(story.event, story.team("nova")) == [], "nor does anybody come to lead it"
        audit = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert audit == ["invitation.sent", "role.taken", "invitation.revoked"]
    again = text_of(olga.get(DELETE))
    assert "Calendars have to tell of what was released until Tue 27 Oct 2026 14:00 UTC" in again
    lena = story.client("lena")
    assert lena.get("/events/oct/book?room=bexar&slots=MonA1").status_code == 403
    sign_up_time.move_to("2026-10-29T00:00:00Z")
    assert send(story.client("olga"), DELETE, name="Nova").status_code == 303
    with story.app.app_context():
        last = story.journal()[-1]
        assert (last.action, last.subject) == ("team.deleted", "nova")


def test_projects_come_are_renamed_and_go_without_teams(story: Story):
    olga = story.client("olga")

    assert send(olga, PROJECTS, name="Zuul").status_code == 303
    assert send(olga, PROJECTS, name="zuul").status_code == 409
    assert send(olga, f"{PROJECTS}zuul", PROJECTS, name="Zuul CI").status_code == 303
    assert "Zuul CI is saved." in text_of(olga.get(PROJECTS))
    kept = send(olga, f"{PROJECTS}openstack", PROJECTS, delete="1")
    assert kept.status_code == 409
    assert "OpenStack has teams (3)" in text_of(kept)
    assert send(olga, f"{PROJECTS}zuul", PROJECTS, delete="1").status_code == 303
    assert "Zuul CI is deleted." in text_of(olga.get(PROJECTS))


def test_the_list_goes_out_as_a_sheet_that_can_be_pasted_again(sqlite_story: Story):
    olga = sqlite_story.client("olga")
    send(
        olga, NOVA, name="Nova", kind="vertical", project="openstack", color="gold",
        hours_wanted="7.5", join_url="https://zoom.example/j/1?pwd=271828",
    )  # fmt: skip

    sheet = olga.get(f"{MANAGE}/teams.csv").text

    assert "Nova,vertical,OpenStack,,7.5,#ffd700,,,,,nova" in sheet.splitlines()
    assert "271828" not in sheet
    assert "lena" not in sheet
    answer = send(olga, PASTE, pasted=sheet, kind="vertical", project="")
    assert "4 are here already" in text_of(answer)
    assert refused(sqlite_story, f"{MANAGE}/teams.csv") == STRANGERS


@pytest.mark.parametrize("place", [TEAMS, NEW, PASTE, NOVA, DELETE, PROJECTS])
def test_strangers_get_nothing(sqlite_story: Story, place: str):
    assert refused(sqlite_story, place) == STRANGERS
    if place != TEAMS:
        assert refused(sqlite_story, place, name="Mine", pasted="Mine") == STRANGERS
    with sqlite_story.app.app_context():
        assert sqlite_story.marks() == (0, 0, 0)
