"""The worker's part: topics that became now, told to those who wait for them, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from ptgsched.clock import utcnow
from ptgsched.db import begin_write, db
from ptgsched.events.models import Event
from ptgsched.live.patterns import Search
from ptgsched.outbox.operations import digest_of, post
from ptgsched.pings.models import Ping, PingMark, PingTold
from ptgsched.pings.queries import STALE
from ptgsched.registrations.models import Registration
from ptgsched.schedule.models import Change
from ptgsched.teams.models import Team
from ptgsched.timezones import local_date
from ptgsched.web.links import Links

MAILING = "now"
AT_ONCE = 50  # topics in one transaction
KEPT = timedelta(days=7)


def tell(links: Links) -> bool:
    """Tell of what became now at one event since people were told last; whether there was any."""
    behind = (
        select(PingMark)
        .join(Event, Event.id == PingMark.event_id)
        .where(PingMark.cursor < Event.cursor)
        .order_by(PingMark.event_id)
        .limit(1)
    )
    if db.session.scalar(behind) is None:
        db.session.rollback()
        return False
    begin_write()
    mark = db.session.scalar(behind.with_for_update(of=PingMark, skip_locked=True))
    if mark is None:
        db.session.rollback()
        return False
    event = db.session.get_one(Event, mark.event_id)
    topics = db.session.scalars(
        select(Change)
        .where(
            Change.event_id == event.id,
            Change.cursor > mark.cursor,
            Change.cursor <= event.cursor,
            Change.action == "live.now",
        )
        .order_by(Change.cursor)
        .limit(AT_ONCE)
    ).all()
    mark.cursor = topics[-1].cursor if len(topics) == AT_ONCE else event.cursor
    fresh = [topic for topic in topics if topic.at > utcnow() - STALE]
    pings = _pings(event) if fresh else ()
    for topic in fresh:
        _tell_of(topic, event, pings, links)
    db.session.commit()
    return True


def forget_old() -> None:
    """Drop what was told a week ago, and wishes of people who were erased; the caller commits."""
    begin_write()
    db.session.execute(delete(PingTold).where(PingTold.at < utcnow() - KEPT))
    erased = select(Registration.id).where(Registration.email.is_(None))
    db.session.execute(delete(Ping).where(Ping.registration_id.in_(erased)))


def _pings(event: Event) -> Sequence[Ping]:
    return db.session.scalars(
        select(Ping)
        .where(Ping.event_id == event.id)
        .options(selectinload(Ping.teams), selectinload(Ping.user), selectinload(Ping.registration))
        .order_by(Ping.id)
    ).all()


def _tell_of(topic: Change, event: Event, pings: Sequence[Ping], links: Links) -> None:
    said = (topic.after or {}).get("now")
    if said is None:
        return
    slug, text = str(topic.subject), str(said["text"])
    team = db.session.scalar(select(Team).where(Team.event_id == event.id, Team.slug == slug))
    search = Search(f"#{slug} now {text}")
    found = [
        ping
        for ping in pings
        if any(one.slug == slug for one in ping.teams)
        or (ping.pattern is not None and search.finds(ping.pattern))
    ]
    day = local_date(topic.at, event.timezone)
    key = hashlib.sha256(f"{day}|{slug}|{text.casefold()}".encode()).hexdigest()
    told = set(
        db.session.scalars(
            select(PingTold.ping_id).where(
                PingTold.key == key, PingTold.ping_id.in_([ping.id for ping in found])
            )
        )
    )
    for ping in found:
        if ping.id not in told:
            name = team.name if team is not None else slug
            db.session.add(PingTold(ping_id=ping.id, key=key, team=name, text=text, at=topic.at))
            if ping.by_mail and ping.address:
                _mail(ping, ping.address, key, topic, (slug, name, text), links)


def _mail(
    ping: Ping, to: str, key: str, topic: Change, what: tuple[str, str, str], links: Links
) -> None:
    slug, name, text = what
    event = ping.event
    post(
        template="topic_now",
        to=to,
        key=f"ping:{event.id}:{digest_of(to)[:16]}:{key}",  # one mail to who is known twice
        zone=ping.zone,
        facts={
            "team": name,
            "text": text,
            "event": event.title,
            "at": topic.at,
            "place": (topic.after or {}).get("location"),
            "now_url": links.page(event.slug, "now"),
            "team_url": links.team(event.slug, slug),
            "pings_url": links.page(event.slug, "pings"),
        },
        mailing=MAILING,
        expires_at=topic.at + STALE,
    )
