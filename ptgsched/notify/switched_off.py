"""The notice that a webhook is switched off because nothing arrives."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from ptgsched.accounts.models import User
from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.outbox.operations import post
from ptgsched.teams.models import Organizer
from ptgsched.web.links import Links
from ptgsched.webhooks.models import Webhook
from ptgsched.webhooks.operations import host_of


def tell_organizers(webhook: Webhook, links: Links, at: datetime) -> None:
    """Post a mail to each organizer of the event; in the caller's transaction."""
    event = webhook.event
    for user in organizers_of(event):
        post(
            template="webhook_off",
            to=user.email,
            key=f"webhook:{webhook.id}:off:{at.timestamp():.0f}:{user.id}",
            zone=user.timezone or event.timezone,
            facts={
                "event": event.title,
                "host": host_of(webhook.url),
                "because": webhook.off_because,
                "at": at,
                "url": links.page(event.slug, "manage", "webhooks", str(webhook.id)),
            },
            at=at,
        )


def organizers_of(event: Event) -> list[User]:
    """Who runs the event and can sign in."""
    return list(
        db.session.scalars(
            select(User)
            .join(Organizer, Organizer.user_id == User.id)
            .where(Organizer.event_id == event.id, User.is_active)
            .order_by(User.id)
        )
    )
