"""All that a worker does, in one list; several workers may do it side by side.

A periodic function gets the instant and has to bear being called by each worker: it posts with
keys that name what is told (`outbox.operations.post`), so that nothing is told twice.  It commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ptgsched.clock import utcnow
from ptgsched.config import Settings
from ptgsched.db import db
from ptgsched.invitations.operations import forget_expired
from ptgsched.live import notices as chat_notices
from ptgsched.notify.switched_off import tell_organizers
from ptgsched.outbox.carriers import carrier_for
from ptgsched.outbox.delivery import Delivery
from ptgsched.outbox.operations import forget_done
from ptgsched.outbox.worker import Duty, Periodic
from ptgsched.pings import telling
from ptgsched.registrations import notices, privacy
from ptgsched.registrations.owed import write_owed
from ptgsched.registrations.service import letters
from ptgsched.schedule import replays
from ptgsched.web.links import Links
from ptgsched.webhooks import delivering

DAILY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
WEBHOOKS_AT_ONCE = 4  # a receiver that does not answer holds one of them for seconds


def all_duties(settings: Settings) -> Sequence[Sequence[Duty]]:
    """What `ptgsched worker` does under these settings, in lanes that do not wait for others."""
    mail = Delivery(settings, carrier_for(settings))
    links = Links.of(settings)
    allowed = settings.reachable_networks

    def call() -> bool:
        return delivering.carry_out(allowed, lambda hook, at: tell_organizers(hook, links, at))

    return [
        [Duty("mail", mail.pass_on)],
        [
            Duty("pings", lambda: telling.tell(links)),
            Duty("deliveries of webhooks", lambda: delivering.collect(links)),
            Periodic("forget what was done long ago", _forget, DAILY),
            Periodic("make registrations anonymous in time", _keep_no_longer, DAILY),
        ],
        [
            Duty("mails that are owed", lambda: write_owed(letters(), utcnow())),
            Periodic("passcodes", lambda at: notices.tell_passcodes(letters(), at), MINUTE),
            Periodic("reminders", lambda at: notices.remind(letters(), at), MINUTE),
            Periodic("changes", lambda at: notices.tell_changes(letters(), at), MINUTE),
        ],
        *([Duty("webhooks", call)] for _ in range(WEBHOOKS_AT_ONCE)),
    ]


def _forget(at: datetime) -> None:
    forget_done(at)
    forget_expired(at)
    delivering.forget_old(at)
    telling.forget_old()
    chat_notices.forget_old(at)
    replays.forget_old(at)
    db.session.commit()


def _keep_no_longer(at: datetime) -> None:
    privacy.forget_uploads(at)
    privacy.anonymise_due(at)
    db.session.commit()
