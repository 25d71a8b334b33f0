"""Webhooks and their deliveries, as organizers see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from ptgsched.db import db
from ptgsched.errors import NotFound
from ptgsched.events.models import Event
from ptgsched.webhooks.models import Delivery, DeliveryState, Webhook

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """A webhook with how many of its deliveries are where."""

    webhook: Webhook
    waiting: int
    delivered: int
    failed: int


def webhooks_of(event: Event) -> list[Standing]:
    """All of an event, the oldest first; two queries."""
    rows = db.session.scalars(
        select(Webhook).where(Webhook.event_id == event.id).order_by(Webhook.id)
    ).all()
    counted = db.session.execute(
        select(Delivery.webhook_id, Delivery.state, func.count())
        .join(Webhook)
        .where(Webhook.event_id == event.id)
        .group_by(Delivery.webhook_id, Delivery.state)
    )
    numbers = {(webhook_id, state): number for webhook_id, state, number in counted}
    return [
        Standing(row, *(numbers.get((row.id, state), 0) for state in DeliveryState)) for row in rows
    ]


def standing_of(webhook: Webhook) -> Standing:
    """The same of one."""
    counted = db.session.execute(
        select(Delivery.state, func.count())
        .where(Delivery.webhook_id == webhook.id)
        .group_by(Delivery.state)
    )
    numbers = dict(counted.all())
    return Standing(webhook, *(numbers.get(state, 0) for state in DeliveryState))


def webhook_of(event: Event, number: int) -> Webhook:
    """One by its number.  Raises NotFound."""
    webhook = db.session.get(Webhook, number)
    if webhook is None or webhook.event_id != event.id:
        raise NotFound("There is no such webhook at this event.")
    return webhook


def newest_deliveries(webhook: Webhook) -> Sequence[Delivery]:
    """The last ones, the newest first."""
    return db.session.scalars(
        select(Delivery)
        .where(Delivery.webhook_id == webhook.id)
        .order_by(Delivery.id.desc())
        .limit(SHOWN)
    ).all()


def delivery_of(webhook: Webhook, uid: str) -> Delivery:
    """One by its uid.  Raises NotFound."""
    found = db.session.scalar(
        select(Delivery).where(Delivery.webhook_id == webhook.id, Delivery.uid == uid)
    )
    if found is None:
        raise NotFound("There is no such delivery; those that were made long ago are not kept.")
    return found
