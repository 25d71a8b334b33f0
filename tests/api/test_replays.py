"""Idempotency-Key: a repeat gets the first answer and changes nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from flask import Flask

from ptgsched.accounts.tokens import create_token
from ptgsched.db import begin_write, db
from ptgsched.notify.duties import all_duties
from ptgsched.schedule.models import Replay
from tests.api.conftest import Program, Tokens
from tests.support.story import SIGN_UP, Story

KEY = {"headers": {"Idempotency-Key": "first"}}


def test_a_repeat_gets_the_first_answer_and_books_nothing(story: Story, lead: Program):
    first = lead.book("bexar", "MonA1", title="Cells", **KEY)
    again = lead.book("bexar", "MonA1", title="Cells", **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    for header in ("ETag", "Location", "Content-Type", "Cache-Control"):
        assert again.headers[header] == first.headers[header]
    with story.app.app_context():
        assert story.marks() == (1, 1, 1)

    lead.delete(first.get_json()["uid"])
    assert lead.book("bexar", "MonA1", title="Cells", **KEY).data == first.data
    with story.app.app_context():
        assert story.marks() == (2, 2, 2)


def test_another_body_under_the_key_is_refused(story: Story, lead: Program):
    lead.book("bexar", "MonA1", **KEY)
    other = lead.book("bexar", "MonA2", **KEY)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_mismatch")
    with story.app.app_context():
        assert story.marks() == (1, 1, 1)
    assert lead.book("bexar", "MonA1", **KEY).status_code == 201


def test_a_refusal_is_repeated_too(story: Story, lead: Program, rival: Program):
    held = rival.book("bexar", "MonA1", team="cinder").get_json()
    refused = lead.book("bexar", "MonA1", **KEY)
    assert refused.status_code == 409
    rival.delete(held["uid"])
    again = lead.book("bexar", "MonA1", **KEY)
    assert (again.status_code, again.data) == (409, refused.data)
    assert again.mimetype == "application/problem+json"
    with story.app.app_context():
        assert story.marks() == (2, 2, 2)

    wrong = {"headers": {"Idempotency-Key": "wrong"}}
    assert lead.book("nowhere", "MonA1", **wrong).status_code == 422
    assert lead.book("bexar", "MonA1", **wrong).get_json()["code"] == "idempotency_mismatch"
    broken = {"data": b"{", "content_type": "application/json", **KEY}
    other = lead("POST", "/events/oct/bookings", **broken)
    assert other.get_json()["code"] == "idempotency_mismatch"
    assert lead.book("bexar", "MonA1").status_code == 201


def test_a_refusal_of_the_database_itself_is_kept_and_leaves_nothing(story: Story, lead: Program):
    """A cell is held by what no rule sees; only the unique cell of the database refuses."""
    with story.app.app_context():
        held = story.book("cinder", "bexar", "MonA1")
        held.status = "cancelled"
        db.session.commit()
    refused = lead.book("bexar", "MonA1", **KEY)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "conflict")
    assert lead.book("bexar", "MonA1", **KEY).data == refused.data
    with story.app.app_context():
        assert story.marks() == (1, 1, 1)


def test_keys_are_apart_by_token_and_by_event(
    story: Story, program: Callable[..., Program], token: Tokens
):
    Story.begin(story.app, slug="nov")
    one, two = program(token(event=None)), program(token(event=None))
    assert one.book("bexar", "MonA1", **KEY).status_code == 201
    assert two.book("bexar", "MonA2", **KEY).status_code == 201
    body = {"team": "nova", "room": "bexar", "slots": ["MonA3"]}
    assert one("POST", "/events/nov/bookings", body, **KEY).status_code == 201


def test_a_key_is_kept_for_a_day(story: Story, lead: Program, token: Tokens, in_october):
    uid = lead.book("bexar", "MonA1", **KEY).get_json()["uid"]
    lead.delete(uid)
    in_october.move_to(SIGN_UP + timedelta(hours=23, minutes=59))
    assert lead.book("bexar", "MonA1", **KEY).get_json()["uid"] == uid
    in_october.move_to(SIGN_UP + timedelta(hours=24, minutes=1))
    assert lead.book("bexar", "MonA1", **KEY).get_json()["uid"] != uid
    with story.app.app_context():
        assert db.session.query(Replay).count() == 1

        in_october.move_to(SIGN_UP + timedelta(hours=49))  # nobody asks again, but a worker runs
        lanes = all_duties(story.app.extensions["ptgsched"])
        (forgets,) = [duty for lane in lanes for duty in lane if "forget" in duty.name]
        forgets.step()
        assert db.session.query(Replay).count() == 0


def test_a_dry_run_uses_no_key_up(lead: Program):
    dry = lead.book("bexar", "MonA1", query_string={"dry_run": "true"}, **KEY)
    assert dry.status_code == 200
    assert lead.book("bexar", "MonA1", **KEY).status_code == 201


def test_a_key_that_is_none_is_refused(lead: Program):
    for key in ("", "x" * 256, "a\tb"):
        refused = lead.book("bexar", "MonA1", headers={"Idempotency-Key": key})
        assert refused.status_code == 422, key
        assert "Idempotency-Key" in refused.get_json()["fields"]


def test_a_key_at_an_address_that_names_nothing_is_404_however_long(
    program: Callable[..., Program], token: Tokens
):
    for team in ("%00", "x" * 500):
        path = f"/events/oct/live/{team}/next"
        answer = program(token("live:write"))("POST", path, {"text": "Soon"}, **KEY)
        assert answer.status_code == 404


def test_of_sixteen_at_once_one_books_and_all_get_its_answer(app: Flask):
    story = Story.begin(app)
    with app.app_context():
        begin_write()
        _, secret = create_token("bot", ["booking:write"], at=SIGN_UP)
        db.session.commit()
    start = Barrier(16)

    def post(_number: int) -> tuple[int, bytes]:
        client = app.test_client()
        start.wait()
        response = client.post(
            "/api/v1/events/oct/bookings",
            json={"team": "nova", "room": "bexar", "slots": ["MonA1"]},
            headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "same"},
        )
        return response.status_code, response.data

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(post, range(16)))
    assert {status for status, _ in answers} == {201}
    assert len(set(answers)) == 1
    with app.app_context():
        assert story.marks() == (1, 1, 1)


def test_of_sixteen_at_once_without_a_key_one_books(app: Flask):
    story = Story.begin(app)
    with app.app_context():
        begin_write()
        _, secret = create_token("bot", ["booking:write"], at=SIGN_UP)
        db.session.commit()
    start = Barrier(16)

    def post(number: int) -> int:
        client = app.test_client()
        start.wait()
        return client.post(
            "/api/v1/events/oct/bookings",
            json={"team": ("nova", "cinder")[number % 2], "room": "bexar", "slots": ["MonA1"]},
            headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": str(number)},
        ).status_code

    with ThreadPoolExecutor(16) as threads:
        statuses = sorted(threads.map(post, range(16)))
    assert statuses == [201] + [409] * 15
    with app.app_context():
        assert story.marks() == (1, 1, 1)
