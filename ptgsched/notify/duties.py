"""All that a worker does, in one list; several workers may do it side by side.

A periodic function gets the instant and has to bear being called by each worker: it posts with
keys that name what is told (`outbox.operations.post`), so that nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ptgsched.config import Settings
from ptgsched.db import db
from ptgsched.outbox.carriers import carrier_for
from ptgsched.outbox.delivery import Delivery
from ptgsched.outbox.operations import forget_done
from ptgsched.outbox.worker import Duty, Periodic

DAILY = timedelta(days=1)


def all_duties(settings: Settings) -> Sequence[Duty]:
    """What `ptgsched worker` does under these settings."""
    mail = Delivery(settings, carrier_for(settings))
    return [
        Duty("mail", mail.pass_on),
        Periodic("forget the addresses of mails that are done", _forget, DAILY),
    ]


def _forget(at: datetime) -> None:
    forget_done(at)
    db.session.commit()
