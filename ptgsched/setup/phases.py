"""Sign-up phases one by one, and changes of settings taken back: over `setup.settings`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import select

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.errors import NotFound, Stale
from ptgsched.events.models import Event, Phase
from ptgsched.schedule.journal import lock
from ptgsched.schedule.models import Change
from ptgsched.setup.fields import Given
from ptgsched.setup.settings import FIELDS, change_event
from ptgsched.setup.shapes import event_facts, phase_facts
from ptgsched.teams.models import TeamKind

WEEK = timedelta(days=7)
USUAL_DAY, USUAL_TOTAL = 4.0, 16.0  # hours: DOMAIN rules 3 and 4


def mark_of(phases: Sequence[Phase]) -> str:
    """What phases look like in short: a form carries it, so that nobody overwrites another."""
    return f"{crc32(repr([phase_facts(phase) for phase in phases]).encode()):08x}"


def phase_numbered(event: Event, number: int) -> Phase:
    """A phase by its place, from 1; raises NotFound."""
    if not 1 <= number <= len(event.phases):
        raise NotFound("There is no such phase; somebody may have deleted it.")
    return event.phases[number - 1]


def save_phase(
    event: Event, number: int | None, given: Given, *, mark: str, actor: Actor, at: datetime
) -> None:
    """Change the phase of this number, or add one; they are kept in order of their opening.

    Raises Stale when the phases do not look like `mark` any more, and as `change_event`.
    """
    phases = _as_seen(event, mark)
    if number is None:
        phases.append(dict(given))
    else:
        phases[number - 1] = {**phases[number - 1], **given}
    _replace(event, phases, actor=actor, at=at)


def remove_phase(event: Event, number: int, *, mark: str, actor: Actor, at: datetime) -> None:
    """Delete it.  Raises as `save_phase`."""
    phases = _as_seen(event, mark)
    phase_numbered(event, number)
    del phases[number - 1]
    _replace(event, phases, actor=actor, at=at)


def plan_usual(event: Event, opens_at: datetime, *, actor: Actor, at: datetime) -> None:
    """The three phases that virtual PTGs had, a week between them (DOMAIN 1-5)."""
    caps = {"max_hours_per_day": USUAL_DAY, "max_hours_total": USUAL_TOTAL}
    phases: list[Given] = [
        {
            "name": "Horizontal teams",
            "opens_at": opens_at,
            "team_kinds": [TeamKind.HORIZONTAL],
            **caps,
        },
        {"name": "All teams", "opens_at": opens_at + WEEK, "team_kinds": [], **caps},
        {"name": "Without caps", "opens_at": opens_at + 2 * WEEK, "team_kinds": []},
    ]
    lock(event)
    change_event(event, {"phases": phases}, actor=actor, at=at)


def undo_change(event: Event, cursor: int, *, actor: Actor, at: datetime) -> list[str]:
    """Set back what a change of settings changed: the fields by name.

    Raises NotFound when the journal has no such change, Stale when something of it was changed
    again since.
    """
    lock(event)
    change = db.session.scalar(
        select(Change).where(Change.event_id == event.id, Change.cursor == cursor)
    )
    if change is None or change.action != "event.updated":
        raise NotFound("There is nothing to undo.")
    before, after = change.before or {}, change.after or {}
    changed = [name for name in FIELDS if name in before and before[name] != after.get(name)]
    if not changed:
        raise NotFound("There is nothing to undo.")
    today = event_facts(event)
    if any(today[name] != after.get(name) for name in changed):
        raise Stale("It was changed again since; look at it before you undo.")
    given = {name: _readable(name, before[name]) for name in changed}
    change_event(event, given, actor=actor, at=at)
    return changed


def settings_change_after(event: Event, cursor: int) -> int | None:
    """The cursor of the first change of settings behind this one; None when there was none."""
    query = select(Change.cursor).where(
        Change.event_id == event.id, Change.cursor > cursor, Change.action == "event.updated"
    )
    return db.session.scalar(query.order_by(Change.cursor).limit(1))


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase on the time line, in thousandths of its width."""

    number: int
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class TimeLine:
    """From the first opening to the event's end: bars of phases, today, the event itself."""

    bars: Sequence[Bar]
    now: int | None
    event_start: int
    event_width: int
    first: datetime
    last: datetime


def time_line(
    phases: Sequence[Phase], begins_at: datetime, ends_at: datetime, at: datetime
) -> TimeLine:
    """Where the phases lie between now or the first opening and the event's end."""
    instants = [begins_at, ends_at, at, *(phase.opens_at for phase in phases)]
    first = min(instants)
    last = max([ends_at, *(phase.opens_at + WEEK / 7 for phase in phases)])
    length = last - first

    def place(instant: datetime) -> int:
        return round(1000 * (min(max(instant, first), last) - first) / length)

    return TimeLine(
        bars=[
            Bar(
                number,
                place(phase.opens_at),
                max(6, place(phase.closes_at or last) - place(phase.opens_at)),
            )
            for number, phase in enumerate(phases, 1)
        ],
        now=place(at) if first <= at <= last else None,
        event_start=place(begins_at),
        event_width=max(6, place(ends_at) - place(begins_at)),
        first=first,
        last=last,
    )


def shut_out(phases: Sequence[Phase], ends_at: datetime, at: datetime) -> list[str]:
    """Kinds of teams that cannot sign up from now to the event's end, in words."""
    if not phases:
        return []
    found = []
    for kind in TeamKind:
        mine = [p for p in phases if not p.team_kinds or kind in p.team_kinds]
        open_ones = [p for p in mine if p.opens_at < ends_at and (p.closes_at or ends_at) > at]
        if not open_ones and at < ends_at:
            found.append(
                f"{kind.capitalize()} teams cannot sign up any more: no phase is for them."
            )
    return found


def _as_seen(event: Event, mark: str) -> list[dict[str, Any]]:
    """All phases as they are given to `change_event`, under the lock."""
    lock(event)
    if mark_of(event.phases) != mark:
        raise Stale(
            "Somebody changed the phases since you opened this page. What you typed is kept; "
            "look at what is there now, and save again if it still holds."
        )
    names = ("name", "opens_at", "closes_at", "team_kinds", "max_hours_per_day", "max_hours_total")
    return [{name: getattr(phase, name) for name in names} for phase in event.phases]


def _replace(event: Event, phases: list[dict[str, Any]], *, actor: Actor, at: datetime) -> None:
    ordered = sorted(phases, key=lambda phase: phase["opens_at"])
    change_event(event, {"phases": ordered}, actor=actor, at=at)


def _readable(name: str, value: Any) -> Any:
    """A fact of the journal as `change_event` takes it."""
    if name == "phases":
        return [_phase_given(phase) for phase in value]
    if name.endswith("_at") and value is not None:
        return datetime.fromisoformat(value)
    return value


def _phase_given(facts: Mapping[str, Any]) -> dict[str, Any]:
    closes = facts["closes_at"]
    return {
        **facts,
        "opens_at": datetime.fromisoformat(facts["opens_at"]),
        "closes_at": datetime.fromisoformat(closes) if closes else None,
    }
