"""People's data: given to them, erased, and made anonymous when their time is over.

An anonymous registration keeps what is counted: where it stands, its day, its country and zone,
role and interests.  Names, addresses, words and links go.  An affiliation that fewer than `FEW`
share becomes a number, so that organizers' totals stay and nobody is found by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.audit import record
from ptgsched.db import begin_write, db
from ptgsched.errors import Invalid
from ptgsched.events.models import Event
from ptgsched.outbox.operations import forget, forget_when_done
from ptgsched.registrations.keeping import Retention, Upload
from ptgsched.registrations.letters import mail_key, registration_of
from ptgsched.registrations.models import Registration, RegistrationStar, Status
from ptgsched.registrations.operations import Letters, roll
from ptgsched.registrations.policy import event_end
from ptgsched.registrations.statistics import FEW
from ptgsched.schedule.journal import lock
from ptgsched.schedule.shapes import rfc3339
from ptgsched.timezones import local_date, start_of_day

USUAL_DAYS = 365
MOST_DAYS = 3650
REST = timedelta(days=30)
"""What was written lately stays so long, at an event long over too: an import is looked at."""
UPLOADS_FOR = timedelta(days=1)
WORKER = Actor("retention", "system")
NUMBERED = "Affiliation"
ASKED_AT_ONCE = 200

_also_kept: dict[str, Callable[[Registration], Any]] = {}

# In place of what is erased.
_NOTHING: dict[str, Any] = {
    "email": None,
    "name": "",
    "chat_nick": "",
    "access_needs": "",
    "listed": False,
    "newsletter": False,
    "verified_at": None,
    "link_seed": None,
    "link_hash": None,
    "feed_seed": None,
    "feed_hash": None,
    "browser_hash": None,
    "proposal": None,
    "proposed_at": None,
    "times_registered": 1,
    "owed": None,
}


def days_kept(event: Event) -> int | None:
    """For how many days after its end the event's registrations are kept; None: without end."""
    found = db.session.get(Retention, event.id)
    return USUAL_DAYS if found is None else found.days


def ends_at(event: Event) -> datetime | None:
    """When they are made anonymous; None: never."""
    days = days_kept(event)
    return None if days is None else event_end(event) + timedelta(days=days)


def keep_for(event: Event, days: int | None, *, actor: Actor, at: datetime) -> None:
    """Set it; None keeps them without end.  Raises Invalid (field ``days``)."""
    if days is not None and not 0 <= days <= MOST_DAYS:
        said = f"Give a number of days from 0 to {MOST_DAYS}."
        raise Invalid(said, fields={"days": [said]})
    lock(event)
    before = days_kept(event)
    if before == days and db.session.get(Retention, event.id) is not None:
        return
    found = db.session.get(Retention, event.id)
    if found is None:
        found = Retention(event_id=event.id)
        db.session.add(found)
    found.days = days
    facts = {"before": before, "after": days}
    record(event, actor, "registrations.retention", facts, at)
    db.session.flush()


def anonymise(event: Event, *, actor: Actor, at: datetime, until: datetime | None = None) -> int:
    """Make all registrations of the event anonymous, or those last changed before `until`.

    How many there were; the counts stay as they are.
    """
    lock(event)
    chosen: list[ColumnElement[bool]] = [
        Registration.event_id == event.id,
        Registration.email.is_not(None),
    ]
    if until is not None:
        chosen.append(Registration.updated_at <= until)
    ids = list(db.session.scalars(select(Registration.id).where(*chosen)))
    if not ids:
        return 0
    _hide_affiliations(event)
    _forget_mails(ids)
    _erase(ids)
    record(event, actor, "registrations.anonymised", {"people": len(ids)}, at)
    db.session.flush()
    db.session.expire_all()
    return len(ids)


def anonymise_due(at: datetime) -> int:
    """Make anonymous what is kept long enough, at all events; how many people."""
    held = select(Registration.id).where(
        Registration.event_id == Event.id, Registration.email.is_not(None)
    )
    number = 0
    for event in db.session.scalars(select(Event).where(held.exists())).all():
        end = ends_at(event)
        if end is not None and end <= at:
            number += anonymise(event, actor=WORKER, at=at, until=at - REST)
    return number


def forget_uploads(at: datetime) -> None:
    """Drop files that were uploaded and not imported."""
    begin_write()
    db.session.execute(delete(Upload).where(Upload.at <= at - UPLOADS_FOR))


def erase(registration: Registration, *, at: datetime, letters: Letters | None) -> None:
    """Erase one person's data at their wish; before the end of the event their place goes too."""
    event, number = registration.event, registration.id
    lock(event)  # a worker may be writing to them at this moment
    _forget_mails([number])
    with roll(event, at=at, letters=letters) as opened:
        if not registration.is_cancelled and at < event_end(event):
            opened.cancel(registration)
    forget_when_done(mail_key(registration, "cancelled"))
    registration.affiliation = ""
    db.session.flush()
    _erase([number])
    actor = Actor("registered person", "web")
    record(event, actor, "registrations.erased", {"people": 1}, at, subject=str(number))
    db.session.expire_all()


def keeps_too(name: str, read: Callable[[Registration], Any]) -> None:
    """Another feature keeps something of registered people: `read` tells it them, as JSON."""
    _also_kept[name] = read


def own_data(registration: Registration) -> dict[str, Any]:
    """All that is kept of a person at an event, for them to take along."""
    plain = ("name", "email", "affiliation", "country", "timezone", "role", "chat_nick")
    chosen = ("access_needs", "listed", "newsletter", "status", "source", "place")
    instants = ("registered_at", "updated_at", "confirmed_at", "cancelled_at", "verified_at")
    found: dict[str, Any] = {"event": registration.event.slug}
    found |= {name: getattr(registration, name) for name in (*plain, *chosen)}
    for name in instants:
        value = getattr(registration, name)
        found[name] = None if value is None else rfc3339(value)
    return found | {
        "teams": [team.slug for team in registration.teams],
        "projects": [project.slug for project in registration.projects],
        "starred": [booking.uid for booking in registration.starred],
        "sent_by_somebody_else": registration.proposal,
        **{name: read(registration) for name, read in _also_kept.items()},
    }


def _forget_mails(ids: Sequence[int]) -> None:
    """Those to these people, sent or not."""
    for start in range(0, len(ids), ASKED_AT_ONCE):
        _forget_mails_of(set(ids[start : start + ASKED_AT_ONCE]))


def _forget_mails_of(some: set[int]) -> None:
    query = select(Registration.email).where(Registration.id.in_(some))
    addresses = [email for email in db.session.scalars(query) if email is not None]
    forget(addresses, lambda key: registration_of(key) in some)


def _erase(ids: Sequence[int]) -> None:
    for start in range(0, len(ids), ASKED_AT_ONCE):
        some = ids[start : start + ASKED_AT_ONCE]
        db.session.execute(
            delete(RegistrationStar).where(RegistrationStar.registration_id.in_(some))
        )
        rows = db.session.execute(
            select(Registration.id, Registration.registered_at, Event.timezone)
            .join(Event, Event.id == Registration.event_id)
            .where(Registration.id.in_(some))
        ).all()
        db.session.execute(
            update(Registration),
            [{"id": row.id, "registered_at": _noon(*row[1:]), **_NOTHING} for row in rows],
        )


def _noon(at: datetime, zone: str) -> datetime:
    """The same day of the event's zone, without its hour."""
    return start_of_day(local_date(at, zone), zone) + timedelta(hours=12)


def _hide_affiliations(event: Event) -> None:
    """Number those that few share; what is counted apart stays apart."""
    key = func.lower(Registration.affiliation)
    here = Registration.event_id == event.id
    numbered = Registration.affiliation.like(f"{NUMBERED} %")
    taken = db.session.scalars(select(Registration.affiliation).where(here, numbered).distinct())
    last = max((int(name.split()[-1]) for name in taken if name.split()[-1].isdecimal()), default=0)
    rare = db.session.execute(
        select(key)
        .where(here, Registration.affiliation != "", ~numbered)
        .where(Registration.status != Status.CANCELLED)
        .group_by(key)
        .having(func.count() < FEW)
        .order_by(key)
    ).scalars()
    for number, name in enumerate(list(rare), last + 1):
        db.session.execute(
            update(Registration).where(here, key == name).values(affiliation=f"{NUMBERED} {number}")
        )
    known = select(Registration.affiliation).where(here, Registration.status != Status.CANCELLED)
    db.session.execute(
        update(Registration)
        .where(here, Registration.status == Status.CANCELLED)
        .where(Registration.affiliation.not_in(known))
        .values(affiliation="")
    )
