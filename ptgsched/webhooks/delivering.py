"""The worker's part: deliveries are made of the journal, then carried out one by one.

Nothing of this is in a booking's transaction.  The journal's cursor says what an address has been
told, so a worker that dies leaves nothing out and writes no delivery twice; a delivery it had in
hand is made again when its lease ends, with the same uid.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select

from ptgsched.clock import utcnow
from ptgsched.db import begin_write, db
from ptgsched.events.models import Event
from ptgsched.outbox.delivery import pause
from ptgsched.schedule import changes
from ptgsched.web.links import Links
from ptgsched.webhooks.addresses import Network
from ptgsched.webhooks.models import Delivery, DeliveryState, Webhook
from ptgsched.webhooks.operations import deliver
from ptgsched.webhooks.sending import Answer, headers, send

LEASE = timedelta(minutes=1)
GIVEN_UP_AFTER = timedelta(days=3)  # of nothing but failures
KEPT_FOR = timedelta(days=14)
AT_ONCE = 100

Switched = Callable[[Webhook, datetime], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """All that an attempt needs, read while the transaction was open."""

    delivery_id: int
    webhook_id: int
    url: str
    secret: str
    uid: str
    action: str
    body: bytes
    due_until: datetime


def collect(links: Links) -> bool:
    """Write deliveries of what one webhook has not been told yet; whether there was any."""
    behind = (
        select(Webhook)
        .join(Event, Event.id == Webhook.event_id)
        .where(Webhook.off_at.is_(None), Webhook.cursor < Event.cursor)
        .order_by(Webhook.id)
        .limit(1)
    )
    if db.session.scalar(behind) is None:
        db.session.rollback()
        return False
    begin_write()
    webhook = db.session.scalar(behind.with_for_update(of=Webhook, skip_locked=True))
    if webhook is None:
        db.session.rollback()
        return False
    page = changes.page(webhook.event, webhook.cursor, links, most=AT_ONCE)
    at = utcnow()
    for change in page.changes:
        if webhook.wants(change["action"]):
            deliver(webhook, webhook.event.slug, change["action"], change, at=at)
    webhook.cursor = page.cursor
    db.session.commit()
    return True


def carry_out(allowed: Sequence[Network], switched_off: Switched) -> bool:
    """Make the delivery that is due longest; whether there was one.

    `switched_off` is called, in the transaction, when an address has failed for days.
    """
    at = utcnow()
    parcel = _take(at)
    if parcel is None:
        return False
    head = headers(parcel.secret, uid=parcel.uid, action=parcel.action, body=parcel.body, at=at)
    _settle(parcel, send(parcel.url, head, parcel.body, allowed), utcnow(), switched_off)
    return True


def forget_old(at: datetime) -> None:
    """Drop deliveries that were done two weeks ago; the caller commits."""
    begin_write()
    done = (Delivery.state != DeliveryState.WAITING, Delivery.created_at < at - KEPT_FOR)
    db.session.execute(delete(Delivery).where(*done))


def _take(at: datetime) -> Parcel | None:
    due = _has_due(at)
    ready = (
        select(Webhook)
        .where(Webhook.off_at.is_(None), Webhook.due_at <= at, due)
        .order_by(Webhook.due_at, Webhook.id)
        .limit(1)
    )
    if db.session.scalar(ready) is None:
        db.session.rollback()
        return None
    begin_write()
    webhook = db.session.scalar(ready.with_for_update(of=Webhook, skip_locked=True))
    if webhook is None:
        db.session.rollback()
        return None
    delivery = db.session.scalars(
        select(Delivery)
        .where(Delivery.webhook_id == webhook.id, *_due(at))
        .order_by(Delivery.due_at, Delivery.id)
        .limit(1)
    ).first()
    if delivery is None:  # made by another worker since
        db.session.rollback()
        return None
    webhook.due_at = at + LEASE
    delivery.attempts += 1
    delivery.tried_at = at
    parcel = Parcel(
        delivery.id,
        webhook.id,
        webhook.url,
        webhook.secret,
        delivery.uid,
        delivery.action,
        delivery.body.encode(),
        webhook.due_at,
    )
    db.session.commit()
    return parcel


def _settle(parcel: Parcel, answer: Answer, at: datetime, switched_off: Switched) -> None:
    begin_write()
    webhook = db.session.get(Webhook, parcel.webhook_id, with_for_update=True)
    delivery = db.session.get(Delivery, parcel.delivery_id)
    if webhook is None or delivery is None:  # deleted meanwhile
        db.session.rollback()
        return
    if webhook.due_at == parcel.due_until:
        webhook.due_at = at
    delivery.status, delivery.answer = answer.status, answer.text
    if answer.is_good:
        delivery.state = DeliveryState.DELIVERED
        webhook.failures, webhook.failing_since = 0, None
    else:
        _fail(webhook, delivery, answer, at, switched_off)
    db.session.commit()


def _fail(
    webhook: Webhook, delivery: Delivery, answer: Answer, at: datetime, switched_off: Switched
) -> None:
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or at
    delivery.due_at = at + pause(delivery.attempts)
    if answer.status is None:  # nobody there: none of the others would fare better
        webhook.due_at = max(webhook.due_at, at + pause(webhook.failures))
    if delivery.due_at >= delivery.expires_at:
        delivery.state = DeliveryState.FAILED
    if answer.is_gone:
        because = "it answered 410 Gone: it wants to be told nothing any more"
    elif at - webhook.failing_since >= GIVEN_UP_AFTER:
        because = f"nothing arrived for three days; the last time: {answer.status or answer.text}"
    else:
        return
    log.warning("webhook %s is switched off: %s", webhook.id, because)
    webhook.off_at, webhook.off_because = at, because
    switched_off(webhook, at)


def _due(at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Delivery.state == DeliveryState.WAITING, Delivery.due_at <= at


def _has_due(at: datetime) -> ColumnElement[bool]:
    return exists().where(Delivery.webhook_id == Webhook.id, *_due(at))
