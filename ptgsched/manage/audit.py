"""Who did what to an event, or to the whole site, newest first.

Two records make one list: the journal, which everybody may read, and the audit entries, which
only organizers may.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, or_, select, union_all

from ptgsched.accounts.models import ApiToken, AuditEntry, User
from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.schedule.models import Change

PAGE = 50
COUNTED = "attendance.counted"  # an entry that is about a session, with its team in the facts
USER = "user"  # in facts: the number of the account that something happened to
ASKED_AT_ONCE = 1000
SOURCES = {
    "web": "Web",
    "api": "API",
    "chat": "Bot",
    "command": "Command",
    "import": "Import",
    "system": "The service itself",
}
Kind = type[Change | AuditEntry]
_KINDS: dict[str, Kind] = {"change": Change, "entry": AuditEntry}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What to leave out: empty fields leave out nothing."""

    who: str = ""  # ``person:7``, ``token:3`` or an actor's label
    team: str = ""
    what: str = ""  # an action, or its first word
    source: str = ""
    start: datetime | None = None
    end: datetime | None = None  # exclusive
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was done."""

    at: datetime
    actor: str
    source: str
    person: str | None  # the e-mail address of the account behind it
    token: str | None
    action: str
    subject: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None
    booking: str | None = None  # its uid
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by."""

    who: dict[str, str]
    what: Sequence[str]
    sources: dict[str, str]


def lines(
    event: Event | None, wanted: Filter, *, offset: int = 0, most: int = PAGE
) -> tuple[list[Line], int]:
    """A page of what was done, and how many lines there are in all; `event` None: the site."""
    index = _merged(event, wanted)
    count = db.session.scalar(select(func.count()).select_from(index.subquery())) or 0
    found = db.session.execute(index.limit(most).offset(offset)).all()
    return _read(found), count


def every_line(event: Event, wanted: Filter) -> Iterator[Line]:
    """All that was done up to now; read some at a time, and no transaction is open in between."""
    return _in_parts(db.session.execute(_merged(event, wanted)).all())


def _in_parts(found: Sequence[Row[Any]]) -> Iterator[Line]:
    for start in range(0, len(found), ASKED_AT_ONCE):
        some = _read(found[start : start + ASKED_AT_ONCE])
        db.session.rollback()  # whoever takes them may be slow
        yield from some


def _merged(event: Event | None, wanted: Filter) -> Select[Any]:
    """Where the lines of both records are, newest first."""
    parts = [_index(kind, event, wanted) for kind in _KINDS if event or kind == "entry"]
    merged = union_all(*parts).subquery()
    return select(merged).order_by(merged.c.at.desc(), merged.c.kind, merged.c.id.desc())


def choices(event: Event | None) -> Choices:
    """Everybody and everything that occurs in the record of the event."""
    who: dict[str, str] = {}
    what: set[str] = set()
    sources: set[str] = set()
    for name, kind in _KINDS.items():
        if event is None and name == "change":
            continue
        rows = db.session.execute(
            select(kind.user_id, User.email, kind.token_id, ApiToken.name, kind.actor)
            .outerjoin(User, User.id == kind.user_id)
            .outerjoin(ApiToken, ApiToken.id == kind.token_id)
            .where(_of(kind, event))
            .distinct()
        )
        for user_id, email, token_id, token, actor in rows:
            if token_id is not None:
                who[f"token:{token_id}"] = f"{token} (token {token_id})"
            if user_id is not None:
                who[f"person:{user_id}"] = str(email)
            elif token_id is None:
                who[actor] = actor
        pairs = select(kind.action, kind.source).where(_of(kind, event)).distinct()
        for action, source in db.session.execute(pairs):
            what |= {action, action.partition(".")[0]}
            sources.add(source)
    return Choices(
        who=dict(sorted(who.items(), key=lambda one: one[1].casefold())),
        what=sorted(what),
        sources={name: said for name, said in SOURCES.items() if name in sources},
    )


def _of(kind: Kind, event: Event | None) -> ColumnElement[bool]:
    return kind.event_id.is_(None) if event is None else kind.event_id == event.id


def _index(name: str, event: Event | None, wanted: Filter) -> Select[Any]:
    """Where the lines of one record are, by time."""
    kind: Kind = Change if name == "change" else AuditEntry
    columns: tuple[Any, ...] = (literal(name).label("kind"), kind.id, kind.at)
    query: Select[Any] = select(*columns)
    query = query.where(_of(kind, event))
    if wanted.who:
        word, _, number = wanted.who.partition(":")
        if word in {"person", "token"} and number.isascii() and number.isdigit():
            column = kind.user_id if word == "person" else kind.token_id
            query = query.where(column == min(int(number), 2**31 - 1))
        else:
            query = query.where(kind.actor == wanted.who)
    if wanted.team:
        query = query.where(_about_team(kind, wanted.team))
    if wanted.what:
        like = kind.action.startswith(f"{wanted.what}.", autoescape=True)
        query = query.where(or_(kind.action == wanted.what, like))
    if wanted.source:
        query = query.where(kind.source == wanted.source)
    if wanted.start is not None:
        query = query.where(kind.at >= wanted.start)
    if wanted.end is not None:
        query = query.where(kind.at < wanted.end)
    if wanted.overridden:
        query = query.where(Change.reason.is_not(None) if kind is Change else literal(value=False))
    return query


def _about_team(kind: Kind, slug: str) -> ColumnElement[bool]:
    """That a line is about this team, and not a room, project or window of the same name."""
    others = [kind.action.not_like(f"{thing}.%") for thing in ("room", "project", "window")]
    named = and_(kind.subject == slug, *others)
    if kind is Change:
        return named
    return or_(named, and_(kind.action == COUNTED, AuditEntry.facts["team"].as_string() == slug))


def _read(found: Sequence[Row[Any]]) -> list[Line]:
    ids = {name: [row.id for row in found if row.kind == name] for name in _KINDS}
    rows: dict[tuple[str, int], Change | AuditEntry] = {
        (name, row.id): row for name, kind in _KINDS.items() for row in _by_ids(kind, ids[name])
    }
    concerned = [row.facts.get(USER) for row in rows.values() if isinstance(row, AuditEntry)]
    actors = [row.user_id for row in rows.values()]
    people = _named(User, User.email, [*actors, *concerned])
    tokens = _named(ApiToken, ApiToken.name, [row.token_id for row in rows.values()])
    return [_line(rows[row.kind, row.id], people, tokens) for row in found]


def _by_ids(kind: Kind, ids: Sequence[int]) -> Sequence[Change | AuditEntry]:
    rows: Any = db.session.scalars(select(kind).where(kind.id.in_(ids))).all()
    return cast("Sequence[Change | AuditEntry]", rows)


def _named(model: type[User | ApiToken], column: Any, ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {number for number in ids if number is not None}
    return dict(db.session.execute(select(model.id, column).where(model.id.in_(wanted))).all())


def _line(row: Change | AuditEntry, people: dict[int, str], tokens: dict[int, str]) -> Line:
    states = (row.before, row.after, row.reason) if isinstance(row, Change) else (None, None, None)
    subject, booking = row.subject, row.booking_uid if isinstance(row, Change) else None
    facts = _with_person(row.facts, people) if isinstance(row, AuditEntry) else {}
    if row.action == COUNTED:  # told as what happens to a session: by its team, leading to it
        subject, booking = facts["team"], row.subject
        facts = {"people": facts["after"], "before": facts["before"]}
    return Line(
        at=row.at,
        actor=row.actor,
        source=row.source,
        person=people.get(row.user_id) if row.user_id is not None else None,
        token=tokens.get(row.token_id) if row.token_id is not None else None,
        action=row.action,
        subject=subject,
        before=states[0],
        after=states[1],
        reason=states[2],
        booking=booking,
        facts=facts,
    )


def _with_person(facts: dict[str, Any], people: dict[int, str]) -> dict[str, Any]:
    """The facts with the account they concern by its address, as long as there is one."""
    if USER not in facts:
        return facts
    return {**facts, USER: people.get(facts[USER], f"account {facts[USER]}, deleted")}
