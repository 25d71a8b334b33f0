"""How much there is, read from the database when it is asked for; no person in it."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.outbox.models import MailState, OutgoingMail
from ptgsched.schedule.models import Booking


class Figures(Collector):
    """Needs an application context when it is collected."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All of them."""
        yield from _of_events()
        yield from _of_mails()


def _of_events() -> Iterator[GaugeMetricFamily]:
    revisions = {
        "schedule_revision": "Rises with each change of the schedule.",
        "live_revision": "Rises with each change of the live board.",
        "cursor": "How many changes the journal holds.",
    }
    events = db.session.scalars(select(Event)).all()
    for name, what in revisions.items():
        family = GaugeMetricFamily(f"ptgsched_event_{name}", what, labels=["event"])
        for event in events:
            family.add_metric([event.slug], getattr(event, name))
        yield family
    bookings = GaugeMetricFamily(
        "ptgsched_bookings", "Bookings there are, by status.", labels=["event", "status"]
    )
    counted = select(Event.slug, Booking.status, func.count()).join_from(Booking, Event)
    for slug, status, count in db.session.execute(counted.group_by(Event.slug, Booking.status)):
        bookings.add_metric([slug, str(status)], count)
    yield bookings


def _of_mails() -> Iterator[GaugeMetricFamily]:
    mails = GaugeMetricFamily(
        "ptgsched_mails", "Mails by what has become of them.", labels=["state"]
    )
    counted = select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state)
    found = {str(state): count for state, count in db.session.execute(counted)}
    for state in MailState:
        mails.add_metric([state], found.get(state, 0))
    yield mails
    oldest = GaugeMetricFamily(
        "ptgsched_mails_due_timestamp_seconds",
        "Since when the oldest waiting mail is due; absent while none waits.",
    )
    due = db.session.scalar(
        select(func.min(OutgoingMail.due_at)).where(OutgoingMail.state == MailState.WAITING)
    )
    if due is not None:
        oldest.add_metric([], due.timestamp())
    yield oldest
