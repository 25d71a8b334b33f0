"""Webhooks of an event, for organizers' programs: add, change, try, delete; see what arrived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields, validate

from ptgsched.api import auth
from ptgsched.api.answers import page_of, write_answer
from ptgsched.api.base import LOCATION, Answer, guarded_read, write
from ptgsched.api.examples import page_of as list_of
from ptgsched.api.live_schemas import Flag
from ptgsched.api.manage import organizing
from ptgsched.api.manage_requests import Body
from ptgsched.api.requests import PageQuery
from ptgsched.api.schemas import Answered
from ptgsched.events.models import Event
from ptgsched.web.context import links, now
from ptgsched.webhooks import operations, queries
from ptgsched.webhooks.models import Delivery, DeliveryState, Webhook
from ptgsched.webhooks.queries import Standing

TAG = "Webhooks"


def _url(*, required: bool) -> fields.String:
    return fields.String(
        required=required,
        validate=validate.Length(1, operations.LONGEST_URL),
        metadata={"description": "Where deliveries go: http(s), reached over the internet."},
    )


def _about(**options: Any) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.OneOf(list(operations.ABOUT))),
        metadata={"description": "First words of the actions it is told of; empty: all."},
        **options,
    )


class WebhookRequest(Body):
    """A new webhook, told of what happens from now on."""

    url = _url(required=True)
    about = _about(load_default=list)


class WebhookChange(Body):
    """What is left out stays as it is; what waits goes to the new address."""

    url = _url(required=False)
    about = _about()
    on = Flag(
        metadata={"description": "Off it is told nothing; on again it goes on where it stopped."}
    )


class WebhookSchema(Answered):
    """An address that is told of changes."""

    number = fields.Integer(required=True)
    url = fields.String(required=True)
    about = fields.List(fields.String(), required=True, metadata={"description": "Empty: all."})
    on = fields.Boolean(required=True)
    off_because = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why the service switched it off; null: it did not."},
    )
    created = fields.DateTime(required=True)
    failures = fields.Integer(required=True, metadata={"description": "In a row, until now."})
    waiting = fields.Integer(required=True, metadata={"description": "Deliveries still to make."})
    delivered = fields.Integer(required=True, metadata={"description": "Of the last two weeks."})
    failed = fields.Integer(required=True, metadata={"description": "Tried for three days."})


class NewWebhookSchema(WebhookSchema):
    """With the secret that its deliveries are signed with, which is told this once."""

    secret = fields.String(required=True)


class DeliverySchema(Answered):
    """One change, or a ping, on its way or there."""

    uid = fields.UUID(required=True, metadata={"description": "Its Ptgsched-Delivery."})
    action = fields.String(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf([str(state) for state in DeliveryState])
    )
    created = fields.DateTime(required=True)
    attempts = fields.Integer(required=True)
    tried = fields.DateTime(
        required=True, allow_none=True, metadata={"description": "The last time; null: not yet."}
    )
    status = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of the last answer; null: none."}
    )
    answer = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Its beginning, or why there was none."},
    )


class WebhookDetailSchema(WebhookSchema):
    """With its last deliveries, the newest first."""

    deliveries = fields.List(fields.Nested(DeliverySchema), required=True)


class WebhookListSchema(Answered):
    """A page of webhooks."""

    items = fields.List(fields.Nested(WebhookSchema), required=True)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "The next page; null on the last."}
    )


REQUEST: dict[str, Any] = {"url": "https://site.example.org/ptg", "about": ["booking"]}
WEBHOOK: dict[str, Any] = {
    "number": 1,
    **REQUEST,
    "on": True,
    "off_because": None,
    "created": "2026-09-28T09:12:44Z",
    "failures": 0,
    "waiting": 0,
    "delivered": 214,
    "failed": 0,
}
NEW: dict[str, Any] = {**WEBHOOK, "delivered": 0, "secret": "hV2m…"}
DETAIL: dict[str, Any] = {
    **WEBHOOK,
    "deliveries": [
        {
            "uid": "0b6e1c2e-6d0f-4c52-9b30-6f2f7c1d8a55",
            "action": "booking.moved",
            "state": "delivered",
            "created": "2026-09-28T09:15:03Z",
            "attempts": 1,
            "tried": "2026-09-28T09:15:04Z",
            "status": 204,
            "answer": "",
        }
    ],
}
AS_IT_IS = Answer("As it is now.", WebhookDetailSchema, DETAIL, {})


@guarded_read(
    "/events/<event>/webhooks",
    tag=TAG,
    scope=auth.MANAGE,
    answer=WebhookListSchema,
    example=list_of(WEBHOOK),
    query=PageQuery,
)
def webhooks(event: Event, query: Mapping[str, Any]) -> Response:
    """All of them, the oldest first."""
    page, following = page_of(queries.webhooks_of(event), query)
    return write_answer({"items": [_shape(standing) for standing in page], "next": following})


@guarded_read(
    "/events/<event>/webhooks/<int:number>",
    tag=TAG,
    scope=auth.MANAGE,
    answer=WebhookDetailSchema,
    example=DETAIL,
)
def webhook(event: Event, number: int) -> Response:
    """One, with its last deliveries and how they were answered."""
    return _answer(queries.webhook_of(event, number))


@write(
    "POST",
    "/events/<event>/webhooks",
    tag=TAG,
    scope=auth.MANAGE,
    body=WebhookRequest,
    body_example=REQUEST,
    answers={201: Answer("Added.", NewWebhookSchema, NEW, LOCATION)},
)
def add_webhook(event: Event, body: Mapping[str, Any]) -> Response:
    """Add one; its secret is in this answer and in no other."""
    actor = organizing(event)
    made = operations.add(event, body["url"], body["about"], actor=actor, at=now())
    return write_answer(
        {**_shape(Standing(made, 0, 0, 0)), "secret": made.secret},
        201,
        location=links().api(event.slug, "webhooks", str(made.id)),
    )


@write(
    "PATCH",
    "/events/<event>/webhooks/<int:number>",
    tag=TAG,
    scope=auth.MANAGE,
    body=WebhookChange,
    body_example={"on": True},
    answers={200: AS_IT_IS},
    if_match=False,
)
def change_webhook(event: Event, number: int, body: Mapping[str, Any]) -> Response:
    """Change where it goes and what it is told of; switch it off, or on again."""
    actor = organizing(event)
    hook = queries.webhook_of(event, number)
    url, about = body.get("url", hook.url), body.get("about", hook.about)
    operations.change(hook, url, about, actor=actor, at=now())
    if "on" in body:
        switch = operations.switch_on if body["on"] else operations.switch_off
        switch(hook, actor=actor, at=now())
    return _answer(hook)


@write(
    "DELETE",
    "/events/<event>/webhooks/<int:number>",
    tag=TAG,
    scope=auth.MANAGE,
    answers={200: Answer("Deleted; as it was.", WebhookDetailSchema, DETAIL, {})},
    if_match=False,
)
def delete_webhook(event: Event, number: int) -> Response:
    """Delete it with its deliveries; those that wait are not made any more."""
    actor = organizing(event)
    hook = queries.webhook_of(event, number)
    was = _answer(hook)
    operations.delete(hook, actor=actor, at=now())
    return was


@write(
    "POST",
    "/events/<event>/webhooks/<int:number>/ping",
    tag=TAG,
    scope=auth.MANAGE,
    answers={200: AS_IT_IS},
)
def ping_webhook(event: Event, number: int) -> Response:
    """Send it a delivery that tells nothing; its answer stands with the others in a moment."""
    organizing(event)
    hook = queries.webhook_of(event, number)
    operations.ping(hook, at=now())
    return _answer(hook)


def _answer(hook: Webhook) -> Response:
    """What nobody may keep: the address may hold a secret of its own."""
    deliveries = [_delivery(delivery) for delivery in queries.newest_deliveries(hook)]
    return write_answer({**_shape(queries.standing_of(hook)), "deliveries": deliveries})


def _shape(standing: Standing) -> dict[str, Any]:
    hook = standing.webhook
    return {
        "number": hook.id,
        "url": hook.url,
        "about": hook.about,
        "on": hook.is_on,
        "off_because": hook.off_because,
        "created": hook.created_at,
        "failures": hook.failures,
        "waiting": standing.waiting,
        "delivered": standing.delivered,
        "failed": standing.failed,
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "uid": delivery.uid,
        "action": delivery.action,
        "state": delivery.state,
        "created": delivery.created_at,
        "attempts": delivery.attempts,
        "tried": delivery.tried_at,
        "status": delivery.status,
        "answer": delivery.answer,
    }
