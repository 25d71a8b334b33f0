"""A violation in words, with the way out, in the reader's zone; the only place for them.

Web pages pass the reader's zone and the names of teams; the API and the bot keep UTC and the
short names that their callers write themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from ptgsched.schedule.policy import Violation
from ptgsched.timewords import hours, moment, stretch

Facts = Mapping[str, Any]
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def in_words(violation: Violation, zone: str = "UTC", names: Mapping[str, str] = NO_NAMES) -> str:
    """One or two sentences; every time in them names `zone`, teams are called as in `names`."""
    return _WORDS[violation.rule](_called(violation.facts, names), zone)


def _called(facts: Facts, names: Mapping[str, str]) -> Facts:
    """The facts with the slugs of teams turned into their names, where there is one."""
    called: dict[str, Any] = {
        key: names[facts[key]] for key in ("team", "other") if facts.get(key) in names
    }
    holder = facts.get("holder")
    if holder and holder["team"] in names:
        called["holder"] = {**holder, "team": names[holder["team"]]}
    return {**facts, **called} if called else facts


def told(violation: Violation) -> dict[str, Any]:
    """A violation for programs: its rule, the words in UTC, and its facts."""
    return {"rule": violation.rule, "message": in_words(violation), **violation.facts}


def _event_closed(facts: Facts, _zone: str) -> str:
    if facts["status"] == "archived":
        return "This event is over and archived; it takes no bookings."
    return "This event is not published yet; an organizer can publish it."


def _phase_closed(facts: Facts, zone: str) -> str:
    who = f"Sign-up for {facts['kind']} teams"
    if facts["opens_at"] is None:
        return f"{who} is closed; ask an organizer."
    return f"{who} opens {moment(facts['opens_at'], zone)} ({facts['phase']})."


def _slot_over(facts: Facts, zone: str) -> str:
    codes = _listed(facts["slots"])
    ended = f"{codes} ended {moment(facts['ended_at'], zone)}"
    if facts.get("took_place"):
        return f"{ended}; a session that is over stays in the record of the event."
    return f"{ended}; choose a later slot."


def _not_contiguous(facts: Facts, _zone: str) -> str:
    codes = _listed(facts["slots"])
    return f"{codes} do not follow each other in one window; book each stretch on its own."


def _room_not_offered(facts: Facts, _zone: str) -> str:
    codes = _listed(facts["slots"])
    return f"{facts['room']} is not offered in {codes}; choose another room or slot."


def _room_taken(facts: Facts, _zone: str) -> str:
    codes, holder = _listed(facts["slots"]), facts["holder"]["team"]
    return f"{holder} holds {facts['room']} in {codes}; choose another room or slot."


def _team_busy(facts: Facts, zone: str) -> str:
    when = stretch(facts["start"], facts["end"], zone)
    return f"{facts['team']} already meets in {facts['room']}, {when}; move that session first."


def _daily_cap(facts: Facts, zone: str) -> str:
    day: date = facts["day"]
    return _cap(facts, zone, f" on {day:%A} {day:%-d %b}")


def _total_cap(facts: Facts, zone: str) -> str:
    return _cap(facts, zone, " in all")


def _cap(facts: Facts, zone: str, where: str) -> str:
    left = max(0.0, facts["cap"] - facts["used"])
    lifted = facts.get("lifted_at")
    way_out = f"; the cap is raised or lifted {moment(lifted, zone)}" if lifted else ""
    return (
        f"{facts['team']} has {hours(left)} left{where} ({hours(facts['used'])} of "
        f"{hours(facts['cap'])} used) and asks for {hours(facts['asked'])}{way_out}."
    )


def _declared_conflict(facts: Facts, zone: str) -> str:
    when = stretch(facts["start"], facts["end"], zone)
    return (
        f"{facts['team']} and {facts['other']} share people and asked not to meet in parallel: "
        f"{facts['other']} is in {facts['room']}, {when}."
    )


def _over_capacity(facts: Facts, _zone: str) -> str:
    return (
        f"{facts['expected']} people are expected and {facts['room']} takes "
        f"{facts['capacity']}; a larger room would be safer."
    )


def _listed(codes: list[str]) -> str:
    return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} and {codes[-1]}"


_WORDS: dict[str, Callable[[Facts, str], str]] = {
    "event_closed": _event_closed,
    "phase_closed": _phase_closed,
    "slot_over": _slot_over,
    "not_contiguous": _not_contiguous,
    "room_not_offered": _room_not_offered,
    "room_taken": _room_taken,
    "team_busy": _team_busy,
    "daily_cap": _daily_cap,
    "total_cap": _total_cap,
    "declared_conflict": _declared_conflict,
    "over_capacity": _over_capacity,
}
