"""The sign-up rules (DOMAIN 1-5, 8): each a small function from facts to violations.

`judge` asks every rule and reports all that is broken at once, so that nobody meets the
reasons one by one.  A `Situation` holds all that the rules look at; `schedule.queries` loads
it, under the event's lock when the answer counts.  Nothing here reads a clock or a database.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from ptgsched.events.models import Event, OverlapPolicy, Phase, QuotaDay, Room, Slot
from ptgsched.intervals import Interval, by_utc_day
from ptgsched.schedule.models import Booking
from ptgsched.teams.models import Team

HOURS_TOLERANCE = 1e-6  # caps are decimal numbers, lengths are minutes / 60


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: its stable name and its facts (aware datetimes stay datetimes)."""

    rule: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody asks for: `team` (with `with_teams`) in `room` in `slots`, in time order.

    `replaces` is the booking that would be changed into this, None for a new one.
    """

    team: Team
    room: Room
    slots: tuple[Slot, ...]
    with_teams: tuple[Team, ...] = ()
    replaces: Booking | None = None

    @property
    def teams(self) -> tuple[Team, ...]:
        """All who take part, the booking team first."""
        return (self.team, *self.with_teams)

    @property
    def interval(self) -> Interval:
        """From the start of the first slot to the end of the last, in UTC."""
        return Interval(self.slots[0].starts_at, self.slots[-1].ends_at)


@dataclass(frozen=True, slots=True)
class Session:
    """Another confirmed booking, as much of it as the rules need."""

    uid: str
    room_id: int
    room: str
    slot_ids: frozenset[int]
    interval: Interval
    teams: Mapping[int, str]  # id -> slug, the booking team first
    hours_by_day: Mapping[date, float]  # by the event's kind of day

    @property
    def team(self) -> str:
        """The slug of the team that holds it."""
        return next(iter(self.teams.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The state a proposal is judged on; `sessions` leaves out the booking it replaces."""

    event: Event
    phases: tuple[Phase, ...]
    sessions: tuple[Session, ...]
    declared: Mapping[int, frozenset[int]]  # team id -> ids it must not overlap with
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """All broken rules, and what is worth saying though it does not forbid."""

    violations: tuple[Violation, ...] = ()
    warnings: tuple[Violation, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing forbids it."""
        return not self.violations


Rule = Callable[[Proposal, Situation], Iterator[Violation]]


def judge(proposal: Proposal, situation: Situation) -> Verdict:
    """Ask every rule; the order of the answer is the order of `RULES` and `ADVICE`."""
    return Verdict(
        tuple(v for rule in RULES for v in rule(proposal, situation)),
        tuple(v for rule in ADVICE for v in rule(proposal, situation)),
    )


def ruling_phase(phases: Iterable[Phase], kind: str, at: datetime) -> Phase | None:
    """The newest phase open at `at` for teams of `kind`; None when none is."""
    newest = None
    for phase in phases:
        if phase.is_open(at) and _admits(phase, kind):
            newest = phase
    return newest


def next_opening(phases: Iterable[Phase], kind: str, at: datetime) -> Phase | None:
    """The first phase yet to open for teams of `kind`."""
    coming = [phase for phase in phases if phase.opens_at > at and _admits(phase, kind)]
    return min(coming, key=lambda phase: phase.opens_at, default=None)


class Timed(Protocol):
    """What counting hours needs of a slot: the row, or just these facts of it."""

    @property
    def interval(self) -> Interval:
        """When it is, in UTC."""
        ...

    @property
    def hours(self) -> float:
        """How long."""
        ...

    @property
    def day(self) -> date:
        """The event day it belongs to."""
        ...


def hours_by_day(slots: Iterable[Timed], quota_day: str) -> dict[date, float]:
    """How many hours of `slots` fall on each day, as the event counts days (DOMAIN, layout)."""
    hours: dict[date, float] = {}
    for slot in slots:
        if quota_day == QuotaDay.UTC:
            for day, part in by_utc_day(slot.interval):
                hours[day] = hours.get(day, 0.0) + part.hours
        else:
            hours[slot.day] = hours.get(slot.day, 0.0) + slot.hours
    return hours


def are_contiguous(slots: Iterable[Slot]) -> bool:
    """Whether `slots`, in time order, follow each other within one window."""
    return all(
        later.window_id == earlier.window_id and later.number == earlier.number + 1
        for earlier, later in itertools.pairwise(slots)
    )


def event_closed(_proposal: Proposal, situation: Situation) -> Iterator[Violation]:
    """Only a published event takes bookings."""
    if situation.event.status != "published":
        yield Violation("event_closed", {"status": situation.event.status})


def phase_closed(proposal: Proposal, situation: Situation) -> Iterator[Violation]:
    """Sign-up opens by kind of team (DOMAIN 1, 2); without phases it is always open."""
    if not situation.phases:
        return
    kind = proposal.team.kind
    if ruling_phase(situation.phases, kind, situation.at) is None:
        coming = next_opening(situation.phases, kind, situation.at)
        yield Violation(
            "phase_closed",
            {
                "team": proposal.team.slug,
                "kind": kind,
                "phase": coming.name if coming else None,
                "opens_at": coming.opens_at if coming else None,
            },
        )


def slot_over(proposal: Proposal, situation: Situation) -> Iterator[Violation]:
    """Nobody can meet in the past, and what took place stays as it was."""
    replaced = proposal.replaces
    held = list(replaced.slots) if replaced else []
    kept = set(held) & set(proposal.slots)
    over = [slot for slot in proposal.slots if slot.ends_at <= situation.at and slot not in kept]
    if over:
        yield session_over(over, took_place=False)
    stays = kept if replaced and replaced.room_id == proposal.room.id else set()
    given_up = [slot for slot in held if slot.ends_at <= situation.at and slot not in stays]
    if given_up:
        yield session_over(given_up, took_place=True)


def session_over(slots: Sequence[Slot], *, took_place: bool) -> Violation:
    """``slot_over``: these slots, in time order, have ended; `took_place` if they were held."""
    facts: dict[str, Any] = {
        "slots": [slot.code for slot in slots],
        "ended_at": slots[-1].ends_at,
    }
    return Violation("slot_over", facts | ({"took_place": True} if took_place else {}))


def not_contiguous(proposal: Proposal, _situation: Situation) -> Iterator[Violation]:
    """A booking is one stretch of neighbouring slots of one window."""
    if not are_contiguous(proposal.slots):
        yield Violation("not_contiguous", {"slots": [slot.code for slot in proposal.slots]})


def room_not_offered(proposal: Proposal, _situation: Situation) -> Iterator[Violation]:
    """A room may be offered in some slots only."""
    missing = [slot.code for slot in proposal.slots if not proposal.room.offers(slot)]
    if missing:
        yield Violation("room_not_offered", {"room": proposal.room.name, "slots": missing})


def room_taken(proposal: Proposal, situation: Situation) -> Iterator[Violation]:
    """One team per cell; says who holds it."""
    wanted = {slot.id: slot.code for slot in proposal.slots}
    for session in situation.sessions:
        if session.room_id == proposal.room.id and (both := session.slot_ids & wanted.keys()):
            codes = [code for slot_id, code in wanted.items() if slot_id in both]
            holder = {"team": session.team, "uid": session.uid}
            yield Violation(
                "room_taken", {"room": proposal.room.name, "slots": codes, "holder": holder}
            )


def team_busy(proposal: Proposal, situation: Situation) -> Iterator[Violation]:
    """A team, joint ones included, is in one place at a time unless the event allows more."""
    if situation.event.allow_parallel:
        return
    for session in _parallel(proposal, situation):
        for team in proposal.teams:
            if team.id in session.teams:
                yield Violation("team_busy", {"team": team.slug, **_where(session)})


def daily_cap(proposal: Proposal, situation: Situation) -> Iterator[Violation]:
    """At most so many hours per team and day (DOMAIN 3); over it one may move, not grow."""
    phase = ruling_phase(situation.phases, proposal.team.kind, situation.at)
    if phase is None or phase.max_hours_per_day is None:
        return
    cap = phase.max_hours_per_day
    asked = hours_by_day(proposal.slots, situation.event.quota_day)
    for team, held in _held_hours(proposal, situation):
        for day, hours in sorted(asked.items()):
            used = sum(
                session.hours_by_day.get(day, 0.0)
                for session in situation.sessions
                if team.id in session.teams
            )
            if used + hours > max(cap, used + held.get(day, 0.0)) + HOURS_TOLERANCE:
                facts = {"team": team.slug, "day": day, "used": used, "cap": cap, "asked": hours}
                yield Violation("daily_cap", {**facts, **_lifted(proposal, situation, "day")})


def total_cap(proposal: Proposal, situation: Situation) -> Iterator[Violation]:
    """At most so many hours per team in all (DOMAIN 4)."""
    phase = ruling_phase(situation.phases, proposal.team.kind, situation.at)
    if phase is None or phase.max_hours_total is None:
        return
    cap = phase.max_hours_total
    asked = sum(slot.hours for slot in proposal.slots)
    for team, held in _held_hours(proposal, situation):
        used = sum(
            sum(session.hours_by_day.values())
            for session in situation.sessions
            if team.id in session.teams
        )
        if used + asked > max(cap, used + sum(held.values())) + HOURS_TOLERANCE:
            facts = {"team": team.slug, "used": used, "cap": cap, "asked": asked}
            yield Violation("total_cap", {**facts, **_lifted(proposal, situation, "total")})


def declared_conflict(proposal: Proposal, situation: Situation) -> Iterator[Violation]:
    """Teams that share people do not meet in parallel, where the event forbids it."""
    if situation.event.overlap_policy == OverlapPolicy.BLOCK:
        yield from _declared(proposal, situation)


def declared_conflict_advice(proposal: Proposal, situation: Situation) -> Iterator[Violation]:
    """The same as advice, where the event only warns."""
    if situation.event.overlap_policy == OverlapPolicy.WARN:
        yield from _declared(proposal, situation)


def over_capacity(proposal: Proposal, _situation: Situation) -> Iterator[Violation]:
    """More people expected than the room takes."""
    expected = sum(team.expected_attendance or 0 for team in proposal.teams)
    capacity = proposal.room.capacity
    if capacity is not None and expected > capacity:
        facts = {"room": proposal.room.name, "capacity": capacity, "expected": expected}
        yield Violation("over_capacity", facts)


RULES: tuple[Rule, ...] = (
    event_closed,
    phase_closed,
    slot_over,
    not_contiguous,
    room_not_offered,
    room_taken,
    team_busy,
    daily_cap,
    total_cap,
    declared_conflict,
)
ADVICE: tuple[Rule, ...] = (over_capacity, declared_conflict_advice)


def _admits(phase: Phase, kind: str) -> bool:
    return not phase.team_kinds or kind in phase.team_kinds


def _parallel(proposal: Proposal, situation: Situation) -> list[Session]:
    wanted = [slot.interval for slot in proposal.slots]
    return [s for s in situation.sessions if any(s.interval.overlaps(w) for w in wanted)]


def _where(session: Session) -> dict[str, Any]:
    return {
        "holder": {"team": session.team, "uid": session.uid},
        "room": session.room,
        "start": session.interval.start,
        "end": session.interval.end,
    }


def _declared(proposal: Proposal, situation: Situation) -> Iterator[Violation]:
    for session in _parallel(proposal, situation):
        for team in proposal.teams:
            for other_id in situation.declared.get(team.id, frozenset()) & session.teams.keys():
                facts = {"team": team.slug, "other": session.teams[other_id], **_where(session)}
                yield Violation("declared_conflict", facts)


def _held_hours(
    proposal: Proposal, situation: Situation
) -> Iterator[tuple[Team, dict[date, float]]]:
    """Each team taking part with the hours it has from the booking that is replaced."""
    for team in proposal.teams:
        held: dict[date, float] = {}
        if proposal.replaces is not None and team in proposal.replaces.teams:
            held = hours_by_day(proposal.replaces.slots, situation.event.quota_day)
        yield team, held


def _lifted(proposal: Proposal, situation: Situation, which: str) -> dict[str, datetime]:
    """When a later phase raises or lifts this cap: the way out that a message can name."""
    attribute = "max_hours_per_day" if which == "day" else "max_hours_total"
    ruling = ruling_phase(situation.phases, proposal.team.kind, situation.at)
    now = getattr(ruling, attribute)
    for phase in situation.phases:
        cap = getattr(phase, attribute)
        later = phase.opens_at > situation.at and _admits(phase, proposal.team.kind)
        if later and (cap is None or cap > now):
            return {"lifted_at": phase.opens_at}
    return {}
