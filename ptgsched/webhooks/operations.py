"""What organizers do with webhooks; each leaves a line in the audit, without the address's path."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select, update

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.audit import record
from ptgsched.db import begin_write, db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.models import Event
from ptgsched.schedule.shapes import rfc3339
from ptgsched.text import clean_line, is_web_address
from ptgsched.webhooks.models import Delivery, DeliveryState, Webhook

LONGEST_URL = 1000
MOST_WEBHOOKS = 20
TRIED_FOR = timedelta(days=3)
PING = "ping"

# The first words of actions in the journal, and what they are.
ABOUT = {
    "booking": "bookings: made, moved, edited, released, restored",
    "live": "the live board: now, next, messages, check-ins",
    "event": "settings and phases of the event",
    "room": "rooms",
    "team": "teams",
    "project": "projects",
    "window": "windows and slots",
}


def add(event: Event, url: str, about: Collection[str], *, actor: Actor, at: datetime) -> Webhook:
    """Tell an address of what happens from now on.  Raises Invalid (``url``, ``about``), Conflict.

    `about` holds keys of `ABOUT`; none: of everything.  Its secret is drawn here; show it once.
    """
    begin_write()
    url = _checked_url(url)
    known = _checked_about(about)
    number = db.session.scalar(
        select(func.count()).select_from(Webhook).where(Webhook.event_id == event.id)
    )
    if (number or 0) >= MOST_WEBHOOKS:
        raise Conflict(f"This event has {MOST_WEBHOOKS} webhooks already; delete one first.")
    webhook = Webhook(
        event_id=event.id,
        url=url,
        secret=new_secret(),
        about=known,
        cursor=event.cursor,
        created_at=at,
        due_at=at,
    )
    db.session.add(webhook)
    db.session.flush()
    _note(event, webhook, "added", actor, at, about=known)
    return webhook


def change(
    webhook: Webhook, url: str, about: Collection[str], *, actor: Actor, at: datetime
) -> None:
    """Another address, or other changes; what waits goes to the new address."""
    begin_write()
    url, known = _checked_url(url), _checked_about(about)
    if (webhook.url, webhook.about) != (url, known):
        webhook.url, webhook.about, webhook.due_at = url, known, at
        _note(webhook.event, webhook, "changed", actor, at, about=known)


def renew_secret(webhook: Webhook, *, actor: Actor, at: datetime) -> str:
    """A new secret in place of the old one, for all that is sent from now on."""
    begin_write()
    webhook.secret = new_secret()
    _note(webhook.event, webhook, "secret_renewed", actor, at)
    return webhook.secret


def switch_off(webhook: Webhook, *, actor: Actor, at: datetime) -> None:
    """Tell it nothing until it is switched on; what happens meanwhile is told then."""
    begin_write()
    if webhook.is_on:
        webhook.off_at, webhook.off_because = at, None
        _note(webhook.event, webhook, "switched_off", actor, at)


def switch_on(webhook: Webhook, *, actor: Actor, at: datetime) -> None:
    """Go on where it stopped."""
    begin_write()
    if not webhook.is_on:
        webhook.off_at = webhook.off_because = webhook.failing_since = None
        webhook.failures, webhook.due_at = 0, at
        db.session.execute(
            update(Delivery)
            .where(Delivery.webhook_id == webhook.id, Delivery.state == DeliveryState.WAITING)
            .values(due_at=at, expires_at=at + TRIED_FOR)
        )
        _note(webhook.event, webhook, "switched_on", actor, at)


def delete(webhook: Webhook, *, actor: Actor, at: datetime) -> None:
    """Drop it with its deliveries."""
    begin_write()
    _note(webhook.event, webhook, "deleted", actor, at)
    db.session.delete(webhook)


def ping(webhook: Webhook, *, at: datetime) -> Delivery:
    """A delivery that tells nothing, to try the address.  Raises Conflict while it is off."""
    begin_write()
    _require_on(webhook)
    webhook.due_at = min(webhook.due_at, at)
    return deliver(webhook, webhook.event.slug, PING, {"at": rfc3339(at), "action": PING}, at=at)


def replay(delivery: Delivery, *, at: datetime) -> None:
    """Send it again, the same body with a new timestamp.  Raises Conflict while it is off."""
    begin_write()
    _require_on(delivery.webhook)
    delivery.state, delivery.attempts = DeliveryState.WAITING, 0
    delivery.due_at, delivery.expires_at = at, at + TRIED_FOR
    delivery.webhook.due_at = min(delivery.webhook.due_at, at)


def deliver(
    webhook: Webhook, event: str, action: str, change: Mapping[str, Any], *, at: datetime
) -> Delivery:
    """Write down one delivery; the worker makes it."""
    uid = str(uuid.uuid4())
    body = json.dumps({"delivery": uid, "event": event, "change": change}, ensure_ascii=False)
    delivery = Delivery(
        uid=uid,
        webhook_id=webhook.id,
        action=action,
        body=body,
        state=DeliveryState.WAITING,
        created_at=at,
        due_at=at,
        expires_at=at + TRIED_FOR,
    )
    db.session.add(delivery)
    return delivery


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def host_of(url: str) -> str:
    """What the audit and lists say of an address; its path may hold a secret of its own."""
    return urlsplit(url).netloc


def _require_on(webhook: Webhook) -> None:
    if not webhook.is_on:
        raise Conflict("This webhook is switched off; switch it on first.")


def _checked_url(url: str) -> str:
    url = clean_line(url)
    said = None
    if not is_web_address(url) or len(url) > LONGEST_URL or not url.isascii():
        said = "Give an address that begins with https:// (or http://), in ASCII."
    elif "@" in urlsplit(url).netloc:
        said = "Give the address without a name and password; deliveries are signed instead."
    if said:
        raise Invalid(said, fields={"url": [said]})
    return url


def _checked_about(about: Collection[str]) -> list[str]:
    unknown = set(about) - ABOUT.keys()
    if unknown:
        said = f"Choose from {', '.join(ABOUT)}; not {', '.join(sorted(unknown))}."
        raise Invalid(said, fields={"about": [said]})
    return [key for key in ABOUT if key in about]


def _note(
    event: Event, webhook: Webhook, what: str, actor: Actor, at: datetime, **facts: Any
) -> None:
    facts = {"host": host_of(webhook.url), **facts}
    record(event, actor, f"webhook.{what}", facts, at, subject=str(webhook.id))
