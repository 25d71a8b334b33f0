"""Who may write: no token, a bad one, the wrong scope, event or team, too often."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from ptgsched.accounts.models import ApiToken
from ptgsched.accounts.tokens import create_token
from ptgsched.db import begin_write, db
from tests.api.conftest import Document, Program, Tokens
from tests.support.queries import counted_queries
from tests.support.story import FRIDAY, SIGN_UP, Story

WRITES = [
    ("POST", "/events/oct/bookings"),
    ("PATCH", "/events/oct/bookings/5f0c3d52-6b0e-4f3f-9a51-0a4f9a0c7a11"),
    ("DELETE", "/events/oct/bookings/5f0c3d52-6b0e-4f3f-9a51-0a4f9a0c7a11"),
    ("PUT", "/events/oct/live/nova/now"),
    ("POST", "/events/oct/live/nova/next"),
    ("DELETE", "/events/oct/live/nova/next"),
    ("POST", "/events/oct/live/lines"),
    ("POST", "/events/oct/live/notices"),
    ("POST", "/events/oct/bookings/5f0c3d52-6b0e-4f3f-9a51-0a4f9a0c7a11/attendance"),
]


def test_no_valid_token_is_401(visitor: Program):
    for method, path in WRITES:
        for header in (None, "Bearer", "Bearer ptg_wrong", "Basic bm92YTpwdw==", "ptg"):
            headers = {"Authorization": header} if header else {}
            refused = visitor(method, path, {"team": "nova"}, headers=headers)
            assert (refused.status_code, refused.get_json()["code"]) == (401, "unauthorized")
            assert refused.headers["WWW-Authenticate"].startswith('Bearer realm="ptgsched"')


def test_an_expired_or_revoked_token_is_401(
    story: Story, program: Callable[..., Program], token: Tokens, in_october
):
    secret = token(days=1)
    assert program(secret).book().status_code == 201
    in_october.move_to(SIGN_UP + timedelta(days=1))
    expired = program(secret).book("bexar", "MonA2")
    assert expired.status_code == 401
    assert 'error="invalid_token"' in expired.headers["WWW-Authenticate"]

    revoked = token()
    with story.app.app_context():
        newest = db.session.query(ApiToken).order_by(ApiToken.id.desc()).first()
        newest.revoked_at = SIGN_UP
        db.session.commit()
    assert program(revoked).book("bexar", "MonA2").status_code == 401


def test_a_token_without_the_scope_is_403(program: Callable[..., Program], token: Tokens):
    refused = program(token("live:write", "registrations:read")).book()
    assert (refused.status_code, refused.get_json()["code"]) == (403, "scope")
    assert refused.get_json()["scope"] == "booking:write"


def test_manage_includes_booking(organizer: Program):
    assert organizer.book().status_code == 201


def test_a_token_writes_at_its_event_only(
    story: Story, program: Callable[..., Program], token: Tokens
):
    Story.begin(story.app, slug="nov")
    nov = program(token(event="nov"))
    refused = nov.book()
    assert (refused.status_code, refused.get_json()["code"]) == (403, "other_event")
    body = {"team": "nova", "room": "bexar", "slots": ["MonA1"]}
    assert nov("POST", "/events/nov/bookings", body).status_code == 201
    anywhere = program(token(event=None))
    assert anywhere.book().status_code == 201
    assert anywhere("POST", "/events/dec/bookings", body).status_code == 404


def test_a_leads_token_books_and_changes_for_its_teams_only(lead: Program, rival: Program):
    refused = rival.book(team="nova")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "other_team")
    uid = lead.book(with_teams=["cinder"]).get_json()["uid"]
    for method, body in (("PATCH", {"title": "mine"}), ("DELETE", None)):
        assert rival(method, f"/events/oct/bookings/{uid}", body).status_code == 403
    assert lead.get(f"/bookings/{uid}").get_json()["sequence"] == 0


def test_a_persons_token_reaches_as_far_as_the_person(
    story: Story, program: Callable[..., Program], token: Tokens
):
    lena, vic = program(token(user="lena")), program(token("manage", user="vic"))
    assert lena.book().status_code == 201
    assert lena.book("austin", "MonA2", team="cinder").status_code == 403
    assert vic.book("austin", "MonA2").status_code == 403
    assert vic.book("austin", "MonA2", override="because").status_code == 403
    olga = program(token("manage", user="olga"))
    assert olga.book("austin", "MonA2", override="Keynote").status_code == 201
    with story.app.app_context():
        story.user("lena").is_active = False
        db.session.commit()
    assert lena.book("austin", "MonA3").status_code == 401


def test_a_persons_token_knows_of_drafts_what_the_person_knows(
    story: Story, program: Callable[..., Program], token: Tokens
):
    lena, vic = program(token(user="lena", event=None)), program(token("manage", user="vic"))
    olga = program(token("manage", user="olga"))
    with story.app.app_context():
        story.set(status="draft")
    for stranger in (lena, vic):
        assert stranger.get("").status_code == 404
        assert stranger.book().status_code == 404
    assert olga.get("").status_code == 200


def test_the_use_of_a_token_is_noted_now_and_then(
    story: Story, program: Callable[..., Program], token: Tokens, in_october
):
    bot = program(token())
    for minutes, noted in ((0, 0), (4, 0), (6, 6)):
        in_october.move_to(SIGN_UP + timedelta(minutes=minutes))
        bot.delete("5f0c3d52-6b0e-4f3f-9a51-0a4f9a0c7a11")
        with story.app.app_context():
            used = db.session.query(ApiToken).one().last_used_at
        assert used is not None
        assert timedelta(0) <= used - SIGN_UP - timedelta(minutes=noted) < timedelta(minutes=1)


def test_too_many_writes_are_429_with_the_time_to_wait(
    make_app: Callable[..., Flask], database_url: str
):
    app = make_app(database_url, rate_writes="3")
    story = Story.begin(app)
    client = app.test_client()
    document = Document(client.get("/api/v1/openapi.json").get_json())
    secret = _token(story)
    bot = Program(client, document, secret)
    other = Program(client, document, _token(story))
    uid = bot.book().get_json()["uid"]
    bot.patch(uid, {"title": "x"})
    bot.book("bexar", "MonA2")
    refused = bot.delete(uid, headers={"Idempotency-Key": "a"})
    assert (refused.status_code, refused.get_json()["code"]) == (429, "rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert other.book("bexar", "MonA3").status_code == 201
    assert bot.get(f"/bookings/{uid}").status_code == 200


def _token(story: Story) -> str:
    with story.app.app_context():
        begin_write()
        _, secret = create_token("bot", ["booking:write"], at=SIGN_UP)
        db.session.commit()
    return secret


def test_drafts_are_there_for_their_organizers_program_only(
    story: Story,
    program: Callable[..., Program],
    visitor: Program,
    lead: Program,
    organizer: Program,
    token: Tokens,
):
    Story.begin(story.app, slug="nov")
    elsewhere = program(token("manage", event="nov"))
    with story.app.app_context():
        story.set(status="draft")
    for path in (
        "",
        "/slots",
        "/rooms",
        "/teams",
        "/teams/nova",
        "/schedule",
        "/availability?team=nova",
    ):
        for stranger in (visitor, lead, elsewhere, program("ptg_wrong")):
            assert stranger.get(path).status_code == 404, path
        seen = organizer.get(path)
        assert seen.status_code == 200, path
        assert seen.headers["Cache-Control"] == "private, no-store"
    assert [event["slug"] for event in organizer("GET", "/events").get_json()["items"]] == ["nov"]
    refused = lead.book()
    assert refused.get_json()["violations"][0]["rule"] == "event_closed"
    assert elsewhere.book().status_code == 404


def test_a_token_costs_a_reader_of_what_is_public_nothing(
    story: Story, lead: Program, visitor: Program
):
    with counted_queries() as with_token:
        lead.get("/rooms")
    with counted_queries() as without:
        visitor.get("/rooms")
    assert len(with_token) == len(without)
    assert FRIDAY.isoformat() in visitor.get("").text
