"""Leads send a survey, organizers see who is missing what, and remind."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from sqlalchemy import select

from ptgsched.db import db
from ptgsched.errors import Conflict
from ptgsched.events.models import EventStatus
from ptgsched.outbox.models import OutgoingMail
from ptgsched.schedule.queries import declared_conflicts
from ptgsched.survey.operations import send_survey
from ptgsched.survey.queries import others_of, survey_of, team_states
from ptgsched.teams.models import Membership, Role, TeamWish
from tests.setup.manage_pages import MANAGE, refused, send, text_of
from tests.support.queries import counted_queries
from tests.support.story import LEAD, SIGN_UP, Story

SURVEY = "/events/oct/teams/nova/survey"
MISSING = f"{MANAGE}/surveys"
WHOLE = {
    "expected_attendance": "25",
    "hours_wanted": "7.5",
    "windows": ["A", "C"],
    "call": "rooms",
    "join_url": "",
    "etherpad_url": "",
    "chat_channel": "#openstack-nova",
    "notes": "We need captions.",
}
GIVEN = {
    "expected_attendance": 10,
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


def mails(story: Story) -> list[OutgoingMail]:
    with story.app.app_context():
        return list(db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def test_a_lead_sends_the_survey_and_comes_back_to_it(story: Story):
    lena = story.client("lena")
    assert 'href="/events/oct/teams/nova/survey"' in lena.get("/events/oct/teams/nova").text

    sent = send(lena, SURVEY, **WHOLE, apart=["cinder"], joint=["tc", "neutron"])

    assert (sent.status_code, sent.location) == (303, "/events/oct/teams/nova")
    text = text_of(lena.get(sent.location))
    assert "the survey of Nova is sent" in text
    assert "Done: Team survey filled in" in text
    shape = story.client().get("/api/v1/events/oct/teams/nova").json
    assert (shape["survey_complete"], shape["expected_attendance"]) == (True, 25)
    with story.app.app_context():
        nova, cinder = story.team("nova"), story.team("cinder")
        assert (nova.hours_wanted, nova.chat_channel) == (7.5, "#openstack-nova")
        assert nova.survey_completed_at == SIGN_UP
        assert survey_of(nova).windows == ["A", "C"]
        assert declared_conflicts([nova.id]) == {nova.id: frozenset({cinder.id})}
        assert others_of(story.team("tc")).joint_asked_by == {nova.id}
        line = story.journal()[-1]
        assert (line.action, line.before, line.actor) == ("team.surveyed", None, "lead:nova")
        assert (line.after["survey_complete"], line.after["apart"]) == (True, ["cinder"])
        assert "captions" not in str([(c.before, c.after) for c in story.journal()])
        marks = story.marks()
    page = lena.get(SURVEY).text
    assert 'value="7.5"' in page
    assert len(re.findall(r'type="checkbox"[^>]* checked', page)) == 5
    assert send(lena, SURVEY, **WHOLE, apart=["cinder"], joint=["tc", "neutron"]).status_code == 303
    with story.app.app_context():
        assert story.marks() == marks


def test_what_is_missing_is_said_and_what_was_typed_stays(sqlite_story: Story):
    lena = sqlite_story.client("lena")

    answer = send(lena, SURVEY, expected_attendance="", hours_wanted="", call="rooms", notes="Hm")

    assert answer.status_code == 422
    for field in ("expected_attendance", "hours_wanted", "windows"):
        assert f'id="{field}-errors"' in answer.text
    assert "Hm</textarea>" in answer.text
    wrong = send(lena, SURVEY, **{**WHOLE, "call": "own", "apart": ["cinder"]})
    assert "Give the link" in text_of(wrong)
    assert re.search(r'value="cinder" checked', wrong.text)
    assert send(lena, SURVEY, **{**WHOLE, "windows": ["Z"]}).status_code == 422
    assert send(lena, SURVEY, **WHOLE, joint=["nobody"]).status_code == 422
    assert send(lena, SURVEY, **WHOLE, deputies="nina, x@example.org").status_code == 422
    with sqlite_story.app.app_context():
        assert sqlite_story.marks() == (0, 0, 0)
    assert mails(sqlite_story) == []


@pytest.mark.parametrize(
    ("call", "typed", "kept"),
    [
        ("rooms", "https://call.example/nova", None),
        ("meetpad", "", "https://meetpad.opendev.org/oct-nova"),
        ("own", "https://call.example/nova", "https://call.example/nova"),
    ],
)
def test_where_a_team_meets(sqlite_story: Story, call: str, typed: str, kept: str | None):
    lena = sqlite_story.client("lena")

    assert send(lena, SURVEY, **{**WHOLE, "call": call, "join_url": typed}).status_code == 303

    with sqlite_story.app.app_context():
        assert sqlite_story.team("nova").join_url == kept
    page = lena.get(SURVEY).text
    assert re.search(rf'checked[^>]*name="call"[^>]*value="{call}"', page)


def test_a_pair_stays_apart_while_one_of_them_asks_for_it(scene: Story):
    event, by = scene.event, {"actor": LEAD, "at": SIGN_UP}

    def tell(team: str, *apart: str) -> bool:
        send_survey(event, scene.team(team), GIVEN | {"apart": apart}, **by)
        db.session.commit()
        nova = scene.team("nova")
        return scene.team("cinder").id in declared_conflicts([nova.id]).get(nova.id, ())

    assert tell("nova", "cinder")
    assert tell("cinder", "nova")
    assert tell("nova")
    assert others_of(scene.team("nova")).asked_by == {scene.team("cinder").id}
    assert not tell("cinder")
    scene.keep_apart("nova", "cinder")  # by an import, say
    assert others_of(scene.team("nova")).apart == {scene.team("cinder").id}
    assert tell("nova", "cinder")
    assert not tell("nova")
    assert db.session.scalars(select(TeamWish)).all() == []


def test_an_archived_event_keeps_its_surveys(scene: Story):
    scene.set(status=EventStatus.ARCHIVED)

    with pytest.raises(Conflict):
        send_survey(scene.event, scene.team("nova"), GIVEN, actor=LEAD, at=SIGN_UP)
    db.session.rollback()
    assert scene.marks() == (0, 0, 0)


def test_a_survey_invites_deputies_when_a_lead_sends_it(story: Story):
    with story.app.app_context():
        vic = story.user("vic").id
        db.session.add(Membership(team_id=story.team("nova").id, user_id=vic, role=Role.DEPUTY))
        db.session.commit()

    deputy = story.client("vic")
    sent = send(deputy, SURVEY, **WHOLE, deputies="x@example.org")
    assert sent.status_code == 303
    assert mails(story) == []
    assert "on the way" not in deputy.get(sent.location).text
    assert "Deputies to invite" not in story.client("vic").get(SURVEY).text
    done = send(story.client("lena"), SURVEY, **WHOLE, deputies="nina@example.org, uli@example.org")
    assert done.status_code == 303
    assert [mail.to for mail in mails(story)] == ["nina@example.org", "uli@example.org"]
    assert "Invited: nina@example.org, uli@example.org." in text_of(
        story.client("lena").get(SURVEY)
    )


def test_what_was_typed_survives_a_sign_out(sqlite_story: Story):
    sqlite_story.app.config["WTF_CSRF_ENABLED"] = False
    visitor = sqlite_story.client()
    asked = visitor.post(SURVEY, data={**WHOLE, "apart": ["cinder"]})
    back = unquote(asked.location.partition("next=")[2])

    page = sqlite_story.client("lena").get(back)

    assert page.status_code == 200
    assert 'value="25"' in page.text
    assert "We need captions." in page.text
    assert re.search(r'value="cinder" checked', page.text)
    with sqlite_story.app.app_context():
        assert sqlite_story.marks() == (0, 0, 0)


def test_organizers_see_who_is_missing_what(story: Story):
    send(story.client("lena"), SURVEY, **WHOLE)
    with story.app.app_context():
        story.book("cinder", "bexar", "MonA1", "MonA2")
        story.book("nova", "bexar", "TueA1", with_teams=["tc"])
        states = {state.team.slug: state for state in team_states(story.event, SIGN_UP)}
        assert {slug: state.missing for slug, state in states.items()} == {
            "cinder": ("survey",),
            "neutron": ("survey", "hours"),
            "nova": (),
            "tc": ("survey",),
        }
        assert states["nova"].below == 6.5
    olga = story.client("olga")

    text = text_of(olga.get(MISSING))

    assert "1 of 4 teams is signed up" in text
    assert "Cinder Omar missing Fill in for Cinder 2 h" in text
    assert "Neutron nobody Invite Neutron missing Fill in for Neutron none Book for Neutron" in text
    assert "Nova" not in text
    assert "Nova Lena ✓ sent Look for Nova 1 h of 7.5 h" in text_of(olga.get(f"{MISSING}?all=1"))


def test_leads_are_reminded_once_a_day_of_what_they_miss(story: Story, sign_up_time):
    with story.app.app_context():
        story.book("cinder", "bexar", "MonA1")
        story.user("omar").timezone = "Asia/Tokyo"
        db.session.commit()
    olga = story.client("olga")

    sent = send(olga, MISSING, teams=["nova", "cinder", "neutron", "tc", "nobody"])
    assert sent.status_code == 303
    assert "Reminders are on their way: Cinder, Nova." in text_of(olga.get(MISSING))
    assert send(olga, MISSING, teams=["nova", "cinder"]).status_code == 303
    assert "Nobody was written to" in text_of(olga.get(MISSING))

    to_omar, to_lena = mails(story)
    assert (to_omar.to, to_lena.to) == ("omar@example.org", "lena@example.org")
    assert to_omar.subject == "Cinder is not signed up yet for October PTG"
    assert "http://localhost/events/oct/teams/cinder/survey" in to_omar.text
    assert "Hours:" not in to_omar.text
    assert "http://localhost/events/oct/?team=nova" in to_lena.text
    assert to_lena.mailing == "leads"
    sign_up_time.shift(timedelta(days=1))
    send(olga, MISSING, teams=["nova"])
    assert len(mails(story)) == 3
    sign_up_time.shift(timedelta(days=1))
    with story.app.app_context():
        story.set(status=EventStatus.DRAFT)
    assert "the event is a draft" in text_of(olga.get(f"{MISSING}?all=0"))
    story.app.config["WTF_CSRF_ENABLED"] = False
    assert olga.post(MISSING, data={"teams": ["nova"]}).status_code == 409
    assert len(mails(story)) == 3, "its page is not there for leads yet"


def test_who_is_missing_what_costs_the_same_for_many_bookings(sqlite_story: Story):
    olga = sqlite_story.client("olga")

    def cost() -> int:
        with counted_queries() as statements:
            assert olga.get(f"{MISSING}?all=1").status_code == 200
        return len(statements)

    with sqlite_story.app.app_context():
        sqlite_story.book("nova", "bexar", "MonA1", with_teams=["tc"])
    one = cost()
    with sqlite_story.app.app_context():
        for day in ("Tue", "Wed", "Thu"):
            for number in range(1, 5):
                sqlite_story.book("cinder", "austin", f"{day}B{number}", with_teams=["neutron"])
    assert cost() == one


def test_strangers_fill_in_nothing(sqlite_story: Story):
    refusals = {"visitor": 303, "vic": 403, "omar": 403}

    assert refused(sqlite_story, SURVEY) == refusals
    assert refused(sqlite_story, SURVEY, **WHOLE) == refusals
    assert refused(sqlite_story, MISSING) == refusals
    assert refused(sqlite_story, MISSING, teams=["nova"]) == refusals
    assert "survey" not in sqlite_story.client("omar").get("/events/oct/teams/nova").text.split(
        "<main"
    )[1].replace("team survey is missing", "")
    with sqlite_story.app.app_context():
        assert sqlite_story.marks() == (0, 0, 0)
