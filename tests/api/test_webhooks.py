"""Webhooks over the API: whose they are, what is told of them, and when the secret is."""

from collections.abc import Callable

from ptgsched.db import db
from ptgsched.webhooks.models import Delivery, DeliveryState, Webhook
from tests.api.conftest import Program, Tokens
from tests.support.story import Story

HOOKS = "/events/oct/webhooks"
URL = "https://site.example/ptg?key=7"


def test_a_webhook_is_added_tried_changed_and_deleted(story: Story, organizer: Program):
    key = {"headers": {"Idempotency-Key": "hook"}}
    made = organizer("POST", HOOKS, {"url": URL, "about": ["room", "booking"]}, **key)
    assert made.status_code == 201
    assert organizer("POST", HOOKS, {"url": URL, "about": ["room", "booking"]}, **key).data == (
        made.data
    )
    hook = made.get_json()
    here = f"{HOOKS}/{hook['number']}"
    assert made.headers["Location"] == f"http://localhost/api/v1{here}"
    secret = hook.pop("secret")
    assert (hook["url"], hook["about"], hook["on"]) == (URL, ["booking", "room"], True)
    with story.app.app_context():
        assert db.session.query(Webhook).one().secret == secret

    pinged = organizer("POST", f"{here}/ping").get_json()
    assert [(d["action"], d["state"]) for d in pinged["deliveries"]] == [("ping", "waiting")]
    with story.app.app_context():
        delivery = db.session.query(Delivery).one()
        delivery.state, delivery.status, delivery.answer = DeliveryState.DELIVERED, 204, ""
        delivery.attempts = 1
        db.session.commit()
    seen = organizer("GET", here)
    assert seen.headers["Cache-Control"] == "no-store"
    assert (seen.get_json()["waiting"], seen.get_json()["delivered"]) == (0, 1)
    assert seen.get_json()["deliveries"][0]["status"] == 204
    (listed,) = organizer("GET", HOOKS).get_json()["items"]
    assert listed == hook | {"delivered": 1}

    changed = organizer("PATCH", here, {"about": [], "on": False}).get_json()
    assert (changed["url"], changed["about"], changed["on"]) == (URL, [], False)
    assert organizer("POST", f"{here}/ping").status_code == 409
    assert organizer("PATCH", here, {"on": True}).get_json()["on"] is True
    deleted = organizer("DELETE", here)
    assert (deleted.status_code, deleted.get_json()["number"]) == (200, hook["number"])
    assert organizer("GET", here).status_code == 404
    assert organizer("GET", HOOKS).get_json() == {"items": [], "next": None}
    for answer in (seen, organizer("GET", HOOKS), deleted):
        assert secret not in answer.text
    with story.app.app_context():
        assert story.marks() == (0, 0, 0)


def test_webhooks_are_organizers_business(
    story: Story, program: Callable[..., Program], token: Tokens, organizer: Program
):
    number = organizer("POST", HOOKS, {"url": URL}).get_json()["number"]
    Story.begin(story.app, slug="nov")
    nov = program(token("manage", event="nov"))
    asked = [
        ("GET", "", None),
        ("POST", "", {"url": URL}),
        ("GET", f"/{number}", None),
        ("PATCH", f"/{number}", {"on": False}),
        ("DELETE", f"/{number}", None),
        ("POST", f"/{number}/ping", None),
    ]
    for method, path, body in asked:
        assert program()(method, f"{HOOKS}{path}", body).status_code == 401
        for secret in (
            token("booking:write", "live:write", "registrations:read"),
            token("manage", teams=["nova"]),
            token("manage", user="lena"),
        ):
            refused = program(secret)(method, f"{HOOKS}{path}", body)
            assert refused.status_code == 403
            assert "site.example" not in refused.text
        if str(number) in path:
            assert nov(method, f"/events/nov/webhooks{path}", body).status_code == 404


def test_what_a_webhook_cannot_be_is_said_by_field(organizer: Program):
    for body, field in (
        ({}, "url"),
        ({"url": "ftp://site.example/"}, "url"),
        ({"url": "https://me:pass@site.example/"}, "url"),
        ({"url": "https://site.example/a b"}, "url"),
        ({"url": URL, "about": ["weather"]}, "about"),
        ({"url": URL, "on": False}, "on"),
    ):
        refused = organizer("POST", HOOKS, body)
        assert (refused.status_code, set(refused.get_json()["fields"])) == (422, {field}), body
    assert organizer("GET", f"{HOOKS}/99999999999999").status_code == 404
