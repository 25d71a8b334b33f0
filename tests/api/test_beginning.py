"""Events begun over the API, from a template or as a copy: who may, and what they are like."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from ptgsched.accounts.tokens import create_token
from ptgsched.db import db
from ptgsched.events.models import Event
from tests.api.conftest import Program, Tokens
from tests.support.story import SIGN_UP, Story

NEW = {
    "slug": "apr",
    "title": "April PTG",
    "kind": "virtual-ptg",
    "starts_on": "2027-04-05",
    "ends_on": "2027-04-09",
}
COPY = {"slug": "apr", "title": "April PTG", "starts_on": "2027-04-05"}
DRY = {"query_string": {"dry_run": "true"}}


def test_an_event_begins_from_a_template_as_a_draft(
    story: Story, program: Callable[..., Program], token: Tokens, visitor: Program
):
    operator = program(token("manage", event=None))
    tried = operator("POST", "/events", NEW, **DRY)
    assert (tried.status_code, tried.get_json()["counts"]["slots"]) == (200, 60)
    made = operator("POST", "/events", NEW)
    assert (made.status_code, made.get_json()["status"]) == (201, "draft")
    assert made.headers["Location"] == "http://localhost/api/v1/events/apr"
    assert visitor("GET", "/events/apr").status_code == 404
    read = operator("GET", "/events/apr")
    assert (read.get_json(), read.headers["ETag"]) == (made.get_json(), made.headers["ETag"])
    again = operator("POST", "/events", NEW)
    assert (again.status_code, again.get_json()["code"]) == (409, "slug_taken")


def test_a_copy_is_moved_with_what_was_asked_for(
    story: Story, program: Callable[..., Program], token: Tokens, visitor: Program
):
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1")
    olga = program(token("manage", event=None, user="olga"))
    made = olga("POST", "/events/oct/copy", COPY | {"teams": False})
    assert made.status_code == 201, made.text
    event = made.get_json()
    assert event["counts"] == {"teams": 0, "rooms": 3, "slots": 60, "bookings": 0}
    assert (event["starts_on"], event["ends_on"]) == ("2027-04-05", "2027-04-09")
    assert event["windows"][0]["start"].startswith("2027-04-05")
    # Its organizers are those of the first one.
    assert olga("PATCH", "/events/apr", {"status": "published"}).status_code == 200
    assert visitor("GET", "/events/apr/rooms/austin").get_json()["has_passcode"] is False
    assert visitor.get("").get_json()["counts"]["bookings"] == 1


def test_who_may_begin_events(
    story: Story, program: Callable[..., Program], token: Tokens, organizer: Program
):
    for caller, begins, copies in (
        (program(), 401, 401),
        (organizer, 403, 403),  # for its event, not beyond
        (program(token("manage", teams=["nova"])), 403, 403),
        (program(token("booking:write", event=None)), 403, 403),
        (program(token("manage", event=None, user="lena")), 403, 403),
        (program(token("manage", event=None, user="olga")), 403, 200),
        (program(token("manage", event=None, user="ada")), 200, 200),
    ):
        assert caller("POST", "/events", NEW, **DRY).status_code == begins
        assert caller("POST", "/events/oct/copy", COPY, **DRY).status_code == copies
    with story.app.app_context():
        assert db.session.query(Event).count() == 1


def test_what_is_wrong_is_said_by_field(
    story: Story, program: Callable[..., Program], token: Tokens
):
    operator = program(token("manage", event=None))
    for more, fields in (
        ({"ends_on": "2027-04-01"}, {"ends_on"}),
        ({"starts_on": "0001-01-01", "ends_on": "0001-01-02"}, {"starts_on"}),
        ({"starts_on": "20270405", "timezone": "\0"}, {"starts_on"}),
        ({"timezone": "Mars/Base"}, {"timezone"}),
        ({"slug": "a\0b", "title": "\7"}, {"slug", "title"}),
        ({"kind": "party", "template": "none"}, {"kind", "template"}),
    ):
        refused = operator("POST", "/events", NEW | more)
        assert (refused.status_code, set(refused.get_json()["fields"])) == (422, fields), more
    for more, fields in (
        ({"starts_on": "9999-12-31"}, {"starts_on"}),
        ({"timezone": "Mars/Base"}, {"timezone"}),
        ({"bookings": True}, {"bookings"}),
    ):
        refused = operator("POST", "/events/oct/copy", COPY | more)
        assert (refused.status_code, set(refused.get_json()["fields"])) == (422, fields), more


def test_of_eight_at_once_under_one_key_one_begins_it(app: Flask):
    Story.begin(app)
    with app.app_context():
        _, secret = create_token("operator", ["manage"], at=SIGN_UP)
        db.session.commit()
    start = Barrier(8)

    def post(_number: int) -> tuple[int, bytes]:
        client = app.test_client()
        start.wait()
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "begin"}
        response = client.post("/api/v1/events", json=NEW, headers=headers)
        return response.status_code, response.data

    with ThreadPoolExecutor(8) as threads:
        (answer,) = set(threads.map(post, range(8)))
    assert answer[0] == 201
