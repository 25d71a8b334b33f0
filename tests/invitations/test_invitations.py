"""Leads and organizers come by invitation: mailed, accepted once, taken back, handed over."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.models import AuditEntry, User
from ptgsched.accounts.passwords import authenticate, set_password
from ptgsched.db import db
from ptgsched.events.models import Organizer
from ptgsched.invitations import operations
from ptgsched.invitations.models import Invitation
from ptgsched.outbox.models import OutgoingMail
from ptgsched.teams.models import Membership, Role
from tests.schedule.test_races import race
from tests.setup.manage_pages import MANAGE, refused, send, text_of
from tests.support.story import SIGN_UP, Story

PEOPLE = "/events/oct/teams/nova/people"
NEUTRON = "/events/oct/teams/neutron/people"
ORGANIZERS = f"{MANAGE}/organizers"
NEWCOMER = "nina@example.org"
PASSWORD = "a long walk by the sea"


@pytest.fixture(autouse=True)
def sign_up_time():
    with time_machine.travel(SIGN_UP, tick=False) as traveller:
        yield traveller


def invite(story: Story, by: str, email: str, place: str = PEOPLE, **form):
    return send(story.client(by), place, do="invite", email=email, **form)


def link(story: Story, to: str) -> str:
    """The address in the newest mail to somebody."""
    with story.app.app_context():
        query = select(OutgoingMail).where(OutgoingMail.to == to).order_by(OutgoingMail.id.desc())
        mail = db.session.scalars(query.limit(1)).one()
        (found,) = re.findall(r"http://localhost(/invitations/\S{40,})", mail.text)
        assert found in mail.html
        return found


def leading(story: Story, team: str = "nova") -> dict[str, str]:
    with story.app.app_context():
        rows = db.session.scalars(
            select(Membership).where(Membership.team_id == story.team(team).id)
        )
        return {row.user.email.partition("@")[0]: row.role for row in rows}


def audit(story: Story) -> list[tuple[str, str | None]]:
    with story.app.app_context():
        rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(row.action, row.facts.get("role")) for row in rows]


def test_a_newcomer_is_invited_makes_an_account_and_books(story: Story):
    sent = invite(story, "olga", "  Nina@Example.org ", NEUTRON, role="lead")
    assert sent.status_code == 303
    assert "nina@example.org Lead now" in text_of(story.client("olga").get(NEUTRON))
    place = link(story, NEWCOMER)
    visitor = story.client()

    page = visitor.get(place)
    assert page.status_code == 200
    assert "Lead Neutron" in text_of(page)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    short = send(visitor, place, name="Nina", password="short")
    assert short.status_code == 422
    assert 'value="Nina"' in short.text
    done = send(visitor, place, name="Nina", password=PASSWORD)

    assert (done.status_code, done.location) == (303, "/events/oct/teams/neutron")
    assert "You lead Neutron now" in text_of(visitor.get(done.location))
    assert visitor.get("/events/oct/book?room=bexar&slots=MonA1").status_code == 200
    assert leading(story, "neutron") == {"nina": Role.LEAD}
    with story.app.app_context():
        assert authenticate(NEWCOMER, PASSWORD).name == "Nina"
    assert audit(story)[-2:] == [("invitation.sent", "lead"), ("role.given", "lead")]
    again = story.client().get(place)
    assert again.status_code == 404
    assert "does not hold any more" in text_of(again)


def test_who_has_an_account_signs_in_and_comes_back(story: Story):
    with story.app.app_context():
        set_password(story.user("vic"), PASSWORD)
        db.session.commit()
    invite(story, "lena", "vic@example.org", role="deputy")
    place = link(story, "vic@example.org")
    visitor = story.client()

    known, unknown = visitor.get(place), None
    invite(story, "lena", NEWCOMER, role="deputy")
    unknown = visitor.get(link(story, NEWCOMER))
    # Nobody learns from the page whether the address has an account.
    assert text_of(known).replace("vic@", "") == text_of(unknown).replace("nina@", "")
    taken = send(visitor, place, name="Mallory", password="another password")
    assert taken.status_code == 409
    assert "Sign in with it" in text_of(taken)
    login = re.search(r'href="(/login\?next=[^"]+)"', known.text)[1]
    back = send(visitor, "/login", login, email="vic@example.org", password=PASSWORD,
                next=place)  # fmt: skip
    assert back.location == place
    assert "You are signed in as vic@example.org" in text_of(visitor.get(place))
    assert send(visitor, place).status_code == 303

    assert leading(story) == {"lena": Role.LEAD, "vic": Role.DEPUTY}
    with story.app.app_context():
        assert authenticate("vic@example.org", PASSWORD) is not None


def test_inviting_tells_nothing_of_accounts(story: Story):
    answers = [
        invite(story, "lena", email, role="deputy") for email in (NEWCOMER, "ada@example.org")
    ]
    pages = [text_of(story.client("lena").get(PEOPLE))]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert "Ada" not in pages[0]
    with story.app.app_context():
        mails = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
        assert [mail.subject for mail in mails] == ["Help to lead Nova at October PTG"] * 2


def test_a_secret_is_kept_as_a_hash_holds_two_weeks_and_a_new_mail_ends_the_old(
    story: Story, sign_up_time
):
    invite(story, "olga", NEWCOMER, NEUTRON, role="lead")
    first = link(story, NEWCOMER)
    with story.app.app_context():
        (kept,) = db.session.scalars(select(Invitation)).all()
        number = str(kept.id)
        assert len(first.rpartition("/")[2]) == 43  # 256 bits
        assert first.rpartition("/")[2] not in str(vars(kept))
    hasty = send(story.client("olga"), NEUTRON, do="again", invitation=number)
    assert hasty.status_code == 409
    sign_up_time.shift(timedelta(hours=1))
    assert send(story.client("olga"), NEUTRON, do="again", invitation=number).status_code == 303
    second = link(story, NEWCOMER)

    assert second != first
    assert story.client().get(first).status_code == 404
    assert story.client().get(second).status_code == 200
    sign_up_time.shift(timedelta(days=14))
    assert story.client().get(second).status_code == 404
    assert "expired" in text_of(story.client("olga").get(NEUTRON))


def test_what_is_taken_back_holds_no_more_and_a_waiting_mail_is_not_sent(story: Story):
    invite(story, "lena", NEWCOMER, role="deputy")
    place = link(story, NEWCOMER)
    with story.app.app_context():
        number = str(db.session.scalars(select(Invitation)).one().id)

    assert send(story.client("lena"), PEOPLE, do="revoke", invitation=number).status_code == 303

    assert story.client().get(place).status_code == 404
    assert send(story.client("lena"), PEOPLE, do="revoke", invitation=number).status_code == 404
    with story.app.app_context():
        assert db.session.scalars(select(OutgoingMail)).all() == []


def test_a_lead_hands_over_to_somebody_new_and_stays_a_deputy(story: Story, sign_up_time):
    assert "take" in text_of(story.client("lena").get(PEOPLE))
    invite(story, "lena", NEWCOMER, role="lead")
    assert leading(story) == {"lena": Role.LEAD}
    with story.app.app_context():
        number = str(db.session.scalars(select(Invitation)).one().id)
    sign_up_time.shift(timedelta(hours=1))
    # An organizer who sends it again hands nothing over.
    assert send(story.client("olga"), PEOPLE, do="again", invitation=number).status_code == 303

    send(story.client(), link(story, NEWCOMER), name="Nina", password=PASSWORD)

    assert leading(story) == {"lena": Role.DEPUTY, "nina": Role.LEAD}
    lena = story.client("lena")
    page = lena.get(PEOPLE)
    assert "Invite by e-mail" not in page.text
    story.app.config["WTF_CSRF_ENABLED"] = False
    form = {"do": "invite", "email": "x@example.org", "role": "deputy"}
    assert lena.post(PEOPLE, data=form).status_code == 403


def test_a_lead_hands_over_to_a_deputy_and_steps_back(story: Story):
    with story.app.app_context():
        vic = story.user("vic").id
        lena_id = story.user("lena").id
        db.session.add(Membership(team_id=story.team("nova").id, user_id=vic, role=Role.DEPUTY))
        db.session.commit()
    lena = story.client("lena")

    # What becomes of each is said before it is done.
    page = text_of(lena.get(PEOPLE))
    assert "Vic will lead Nova, and you become a deputy." in page
    assert "You will no longer book for Nova" in page
    assert "They will no longer book for Nova" in page

    only = send(lena, PEOPLE, do="remove", person=str(lena_id))
    assert only.status_code == 409
    assert "Hand the lead over first" in text_of(only)
    assert send(lena, PEOPLE, do="hand-over", person=str(vic)).status_code == 303
    assert leading(story) == {"lena": Role.DEPUTY, "vic": Role.LEAD}
    left = send(lena, PEOPLE, do="remove", person=str(lena_id))
    assert left.location == "/events/oct/teams/nova"
    assert leading(story) == {"vic": Role.LEAD}
    assert lena.get(PEOPLE).status_code == 403


def test_a_deputy_takes_nobody_away(story: Story):
    with story.app.app_context():
        vic, lena_id = story.user("vic").id, story.user("lena").id
        db.session.add(Membership(team_id=story.team("nova").id, user_id=vic, role=Role.DEPUTY))
        db.session.commit()
    deputy = story.client("vic")

    for form in (
        {"do": "remove", "person": str(lena_id)},
        {"do": "hand-over", "person": str(vic)},
        {"do": "invite", "email": NEWCOMER, "role": "deputy"},
    ):
        assert send(deputy, PEOPLE, **form).status_code == 403
    assert send(deputy, PEOPLE, do="dance").status_code == 422
    assert leading(story) == {"lena": Role.LEAD, "vic": Role.DEPUTY}


def test_organizers_invite_organizers_and_the_last_one_stays(story: Story):
    olga = story.client("olga")
    with story.app.app_context():
        olga_id = story.user("olga").id
    assert send(olga, ORGANIZERS, do="remove", person=str(olga_id)).status_code == 409
    known = send(olga, ORGANIZERS, do="invite", email="olga@example.org")
    assert (known.status_code, "already" in text_of(known)) == (409, True)
    assert send(olga, ORGANIZERS, do="invite", email=NEWCOMER).status_code == 303

    nina = story.client()
    done = send(nina, link(story, NEWCOMER), name="Nina", password=PASSWORD)

    assert done.location == "/events/oct/manage/"
    assert nina.get(ORGANIZERS).status_code == 200
    assert send(nina, ORGANIZERS, do="remove", person=str(olga_id)).status_code == 303
    assert olga.get(ORGANIZERS).status_code == 403
    with story.app.app_context():
        assert len(db.session.scalars(select(Organizer)).all()) == 1


def test_a_sheet_of_teams_invites_its_leads(story: Story):
    sheet = (
        "Team,Kind,Lead,Deputies\n"
        "Zuul,vertical,nina@example.org,vic@example.org; uli@example.org\n"
        "Kolla,vertical,not an address,\n"
    )
    olga = story.client("olga")
    place = f"{MANAGE}/teams/paste"

    look = send(olga, place, pasted=sheet, kind="vertical", project="")
    assert "1 team can be added" in text_of(look)
    with story.app.app_context():
        assert db.session.scalars(select(OutgoingMail)).all() == []
    done = send(olga, place, pasted=sheet, kind="vertical", project="", save="1")

    assert "lead: Not an e-mail address" in text_of(done)
    with story.app.app_context():
        mails = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
        assert [mail.to.partition("@")[0] for mail in mails] == ["nina", "vic", "uli"]
    teams = text_of(olga.get(f"{MANAGE}/teams/"))
    assert "Zuul Vertical – 3 invited People of Zuul" in teams
    assert "Neutron Vertical OpenStack nobody yet Invite of Neutron" in teams
    send(story.client(), link(story, NEWCOMER), name="Nina", password=PASSWORD)
    assert leading(story, "zuul") == {"nina": Role.LEAD}


def test_a_sheet_invites_to_teams_that_are_there_already(story: Story):
    sheet = "Team,Lead\nNeutron,nina@example.org\nNova,lena@example.org\nCinder,\n"
    olga = story.client("olga")
    place = f"{MANAGE}/teams/paste"

    look = text_of(send(olga, place, pasted=sheet, kind="vertical", project=""))
    assert "People of 1 team can be invited" in look
    assert "lena@example.org leads Nova already." in look
    done = send(olga, place, pasted=sheet, kind="vertical", project="", save="1")

    assert done.status_code == 422
    assert "1 team left as before, with people invited." in text_of(done)
    with story.app.app_context():
        (mail,) = db.session.scalars(select(OutgoingMail)).all()
        assert mail.to == NEWCOMER
        assert story.marks() == (0, 0, 0)


def test_what_expired_long_ago_is_forgotten(story: Story):
    invite(story, "olga", NEWCOMER, NEUTRON, role="lead")
    invite(story, "olga", "uli@example.org", NEUTRON, role="deputy")
    send(story.client(), link(story, NEWCOMER), name="Nina", password=PASSWORD)

    with story.app.app_context():
        for days, left in ((43, 2), (45, 1)):
            operations.forget_expired(SIGN_UP + timedelta(days=days))
            db.session.commit()
            assert len(db.session.scalars(select(Invitation)).all()) == left
    # Its number may be given again, and the next one with it is mailed like any other.
    invite(story, "olga", "vic@example.org", NEUTRON, role="deputy")
    assert story.client().get(link(story, "vic@example.org")).status_code == 200


@pytest.mark.parametrize(
    "email",
    ["", "nobody", "a@b@c", "x" * 300 + "@example.org"],
    ids=range(4),
)
def test_what_is_no_address_is_said_and_kept(sqlite_story: Story, email: str):
    answer = invite(sqlite_story, "lena", email, role="deputy")

    assert answer.status_code == 422
    assert 'id="email-errors"' in answer.text


def test_strangers_see_nobody(sqlite_story: Story):
    assert refused(sqlite_story, PEOPLE) == {"visitor": 303, "vic": 403, "omar": 403}
    assert refused(sqlite_story, PEOPLE, do="invite", email=NEWCOMER, role="lead") == {
        "visitor": 303,
        "vic": 403,
        "omar": 403,
    }
    assert refused(sqlite_story, ORGANIZERS) == {"visitor": 303, "vic": 403, "omar": 403}
    for place in ("/invitations/guess", f"/invitations/{'x' * 43}", "/invitations/%00"):
        assert sqlite_story.client().get(place).status_code == 404
    with sqlite_story.app.app_context():
        assert len(db.session.scalars(select(User)).all()) == 5


def test_the_mail_says_until_when_in_utc_too(sqlite_story: Story):
    with sqlite_story.app.app_context():
        sqlite_story.set(timezone="Asia/Tokyo")
    invite(sqlite_story, "olga", NEWCOMER, NEUTRON, role="lead")

    with sqlite_story.app.app_context():
        mail = db.session.scalars(select(OutgoingMail)).one()
        assert mail.subject == "Lead Neutron at October PTG"
        assert "Olga invites you to lead Neutron at October PTG." in mail.text
        until = datetime(2026, 10, 15, 12, tzinfo=UTC)
        assert f"{until:%a %-d %b %Y} 21:00 Asia/Tokyo (UTC+9)" in mail.text
        assert f"{until:%a %-d %b %Y} 12:00 UTC" in mail.text


def test_of_many_who_accept_at_once_one_does(story: Story):
    invite(story, "olga", NEWCOMER, NEUTRON, role="lead")
    secret = link(story, NEWCOMER).rpartition("/")[2]

    def attempt(name: str):
        def take():
            actor = Actor("person", "web")
            operations.accept(secret, story.user(name), actor=actor, at=SIGN_UP)
            db.session.commit()

        return take

    came = race(story, *(attempt(name) for name in ("lena", "omar", "vic", "ada", "olga")))

    assert sorted(came) == ["NotFound"] * 4 + ["done"]
    assert len(leading(story, "neutron")) == 1
    with story.app.app_context():
        assert db.session.scalars(select(Invitation)).one().email == ""


def test_two_leads_who_step_back_at_once_leave_one(story: Story):
    with story.app.app_context():
        row = Membership(team_id=story.team("nova").id, user_id=story.user("vic").id)
        row.role = Role.LEAD
        db.session.add(row)
        db.session.commit()
    clients = {name: story.client(name) for name in ("lena", "vic")}
    tokens = {
        name: re.search(r'name="csrf_token" value="([^"]+)"', client.get(PEOPLE).text)[1]
        for name, client in clients.items()
    }
    with story.app.app_context():
        ids = {name: str(story.user(name).id) for name in clients}
    gate = threading.Barrier(2)

    def leave(name: str) -> int:
        gate.wait(30)
        form = {"csrf_token": tokens[name], "do": "remove", "person": ids[name]}
        return clients[name].post(PEOPLE, data=form).status_code

    with ThreadPoolExecutor(2) as pool:
        came = sorted(pool.map(leave, clients))

    assert came == [303, 409]
    assert list(leading(story).values()) == [Role.LEAD]
