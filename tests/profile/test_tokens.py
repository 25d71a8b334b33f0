"""Tokens of one's own programs: who may give which powers, and that they end at once."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from ptgsched.accounts.models import ApiToken, AuditEntry
from ptgsched.accounts.tokens import create_token, hash_of
from ptgsched.db import begin_write, db
from ptgsched.teams.models import Membership, Role
from tests.support.queries import counted_queries
from tests.support.story import SIGN_UP, Story

BOTH = ["booking:write", "live:write"]
NEW = "/account/tokens/new"


@pytest.fixture(autouse=True)
def october(story: Story) -> Iterator[time_machine.Traveller]:
    """It is 1 October 2026; forms need no CSRF token here."""
    story.app.config["WTF_CSRF_ENABLED"] = False
    with time_machine.travel(SIGN_UP) as traveller:
        yield traveller


def make(client: FlaskClient, scopes=BOTH, event="oct", **more):
    form = {"name": "nova-bot", "scopes": scopes, "event": event, "days": "90", **more}
    return client.post(NEW, data=form)


def secret_in(page: str) -> str:
    return re.search(r'id="secret"[^>]* value="([^"]+)"', page)[1]


def book(story: Story, secret: str, team: str = "nova", slot: str = "MonA1") -> int:
    body = {"team": team, "room": "bexar", "slots": [slot]}
    headers = {"Authorization": f"Bearer {secret}"}
    return (
        story.client().post("/api/v1/events/oct/bookings", json=body, headers=headers).status_code
    )


def test_a_lead_gives_a_program_what_the_lead_may_do(story: Story):
    lena = story.client("lena")

    answer = make(lena)

    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    secret = secret_in(answer.text)
    assert book(story, secret) == 201
    assert book(story, secret, "cinder", "MonA2") == 403
    account = lena.get("/account").text
    assert secret not in account
    assert "nova-bot" in account
    assert "October PTG · nova" in account
    assert ">never<" not in account  # it was used just now
    with story.app.app_context():
        token = db.session.scalars(select(ApiToken)).one()
        assert token.token_hash == hash_of(secret)
        assert token.user_id == story.user("lena").id
        assert token.team_slugs == ["nova"]
        assert token.expires_at - token.created_at == timedelta(days=90)


@pytest.mark.parametrize(
    ("who", "scopes", "more", "status", "said"),
    [
        ("lena", ["manage"], {}, 422, "Not yours to give: manage."),
        ("lena", ["registrations:read"], {}, 422, "Not yours to give: registrations:read."),
        ("lena", BOTH, {"teams": ["cinder"]}, 422, "Not yours to choose: cinder."),
        ("lena", ["root"], {}, 422, "Not yours to give: root."),
        ("lena", [], {}, 422, "Choose what it may do."),
        ("lena", BOTH, {"name": " \x07 "}, 422, "Say what it is for"),
        ("lena", BOTH, {"days": "9999"}, 422, "Not a valid choice"),
        ("lena", BOTH, {"event": "*"}, 403, "Only an administrator"),
        ("lena", BOTH, {"event": "april"}, 404, "no such event"),
        ("vic", BOTH, {}, 404, "no such event"),
        ("olga", ["manage"], {"teams": ["nova"]}, 422, "for the whole event only"),
        ("olga", BOTH, {"event": "*"}, 403, "Only an administrator"),
    ],
)
def test_nobody_gives_what_they_do_not_have(story: Story, who, scopes, more, status, said):
    answer = make(story.client(who), scopes, **more)

    assert answer.status_code == status
    assert said in answer.text
    with story.app.app_context():
        assert db.session.scalars(select(ApiToken)).all() == []


def test_what_was_typed_stays_when_something_is_wrong(story: Story):
    page = make(story.client("olga"), ["manage"], teams=["nova"]).text

    assert 'value="nova-bot"' in page
    assert re.search(r'value="manage"[^>]* checked', page)
    assert re.search(r'value="nova"[^>]* checked', page)
    assert not re.search(r'value="cinder"[^>]* checked', page)


def test_an_organizer_gives_all_of_the_event_and_an_administrator_of_every_one(story: Story):
    olgas = secret_in(make(story.client("olga"), ["manage"]).text)
    adas = secret_in(make(story.client("ada"), ["manage"], event="*").text)

    for number, secret in enumerate((olgas, adas), 1):
        assert book(story, secret, "cinder", f"MonA{number}") == 201
    with story.app.app_context():
        bound = db.session.scalars(select(ApiToken).order_by(ApiToken.id)).all()
        assert [token.event_id for token in bound] == [story.event.id, None]


def test_a_token_ends_with_the_role_it_came_from(story: Story):
    secret = secret_in(make(story.client("lena")).text)
    with story.app.app_context():
        membership = db.session.scalars(
            select(Membership).where(Membership.user_id == story.user("lena").id)
        ).one()
        membership.role = Role.MEMBER
        db.session.commit()

    assert book(story, secret) == 403


def test_it_is_revoked_at_once_and_this_can_be_undone_for_a_while(story: Story, october):
    lena = story.client("lena")
    secret = secret_in(make(lena).text)
    with story.app.app_context():
        number = db.session.scalars(select(ApiToken.id)).one()

    page = lena.post(f"/account/tokens/{number}/revoke", follow_redirects=True).text

    assert "is revoked; programs that use it are refused." in page
    assert f'action="/account/tokens/{number}/restore"' in page
    assert book(story, secret) == 401
    assert lena.post(f"/account/tokens/{number}/restore").status_code == 303
    assert book(story, secret) == 201
    lena.post(f"/account/tokens/{number}/revoke")
    october.shift(timedelta(minutes=11))
    assert lena.post(f"/account/tokens/{number}/restore").status_code == 409
    assert book(story, secret, slot="MonA2") == 401
    with story.app.app_context():
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [entry.action for entry in entries] == [
            "token.created",
            "token.revoked",
            "token.restored",
            "token.revoked",
        ]
        assert {entry.event_id for entry in entries} == {story.event.id}
        assert secret not in str([entry.facts for entry in entries])


def test_nobody_touches_another_ones_token(story: Story):
    secret = secret_in(make(story.client("lena")).text)
    with story.app.app_context():
        number = db.session.scalars(select(ApiToken.id)).one()

    for who in ("omar", "olga", "ada"):
        client = story.client(who)
        assert client.post(f"/account/tokens/{number}/revoke").status_code == 404
        assert "nova-bot" not in client.get("/account").text
    assert book(story, secret) == 201


def test_organizers_see_all_tokens_for_their_event_and_end_them(story: Story):
    secret = secret_in(make(story.client("lena")).text)
    make(story.client("ada"), name="for-all", event="*")
    Story.begin(story.app, slug="spring")
    with story.app.app_context():
        begin_write()
        create_token("cron", ["manage"], at=SIGN_UP, event_id=story.event.id)
        create_token(
            "elsewhere", ["manage"], at=SIGN_UP, event_id=Story(story.app, "spring").event.id
        )
        db.session.commit()
        numbers = {token.name: token.id for token in db.session.scalars(select(ApiToken))}
    assert book(story, secret) == 201
    olga = story.client("olga")
    place = "/events/oct/manage/tokens"

    with counted_queries() as queries:
        page = olga.get(place).text
    assert len(queries) <= 6
    rows = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", page, re.DOTALL)
    told = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert [row.partition(" Revoke ")[0] for row in told] == [
        (
            "nova-bot nova Lena booking:write live:write Thu 1 Oct 2026 12:00 UTC "
            "Wed 30 Dec 2026 12:00 UTC"
        ),
        "cron the command line manage never for good",
    ]
    assert secret not in page
    assert story.client("lena").get(place).status_code == 403
    lost = f"{place}/{numbers['nova-bot']}/revoke"
    assert story.client("omar").post(lost).status_code == 403
    for name in ("for-all", "elsewhere"):
        assert olga.post(f"{place}/{numbers[name]}/revoke").status_code == 404
    assert book(story, secret, slot="MonA2") == 201

    page = olga.post(lost, follow_redirects=True).text
    assert "The token nova-bot is revoked; programs that use it are refused." in page
    assert book(story, secret, slot="MonA3") == 401
    assert "revoked" in story.client("lena").get("/account").text
    with story.app.app_context():
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.action, entry.actor, entry.user_id, entry.subject) == (
            "token.revoked",
            "organizer",
            story.user("olga").id,
            "nova-bot",
        )


def test_the_event_is_asked_for_when_there_are_several(story: Story):
    Story.begin(story.app, slug="spring")
    lena = story.client("lena")

    chooser = lena.get(NEW).text
    form = lena.get(f"{NEW}?event=spring").text

    assert '<option value="oct">' in chooser
    assert '<option value="spring">' in chooser
    assert 'name="scopes" value="booking:write"' in form
    assert "manage" not in re.findall(r'name="scopes" value="([^"]+)"', form)
    assert "there is nothing it could do" in story.client("vic").get(NEW).text


class TestRoles:
    def test_the_account_lists_what_one_is_with_links(self, story: Story):
        lena, olga, vic, ada = (story.client(who) for who in ("lena", "olga", "vic", "ada"))

        assert 'Lead of <a href="/events/oct/teams/nova">Nova</a>' in lena.get("/account").text
        assert 'Organizer · <a href="/events/oct/manage/">' in olga.get("/account").text
        assert "None yet." in vic.get("/account").text
        assert "You administer this site" in ada.get("/account").text

    def test_a_draft_is_not_told_to_those_who_were_put_into_its_teams(self, story: Story):
        with story.app.app_context():
            story.set(status="draft")

        assert "October PTG" not in story.client("lena").get("/account").text
        assert "October PTG" in story.client("olga").get("/account").text
