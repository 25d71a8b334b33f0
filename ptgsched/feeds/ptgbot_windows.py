"""Windows of a ptgbot database, which knows only slots: its runs without a gap."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ptgsched.feeds.ptgbot import WEEKDAYS
from ptgsched.intervals import Interval, runs

LONGEST_CODE = 12
"""Characters of a window's code: room is left for a number behind it."""


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """A slot as the file has it, at its instants."""

    code: str
    day: date
    interval: Interval


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """Slots of one day that follow each other without a gap."""

    day: date
    code: str
    slots: tuple[SlotPlan, ...]


def windows(plans: Sequence[SlotPlan]) -> Iterator[WindowPlan]:
    """Runs of slots without a gap, each day's with codes of their own."""
    for day, of_day in itertools.groupby(sorted(plans, key=_by_day), key=lambda plan: plan.day):
        taken: set[str] = set()
        for run in runs(of_day, lambda one, other: one.interval.touches(other.interval)):
            code = _window_code(run, day)
            if not code or code in taken:
                code = next(free for free in _codes() if free not in taken)
            taken.add(code)
            yield WindowPlan(day, code, tuple(run))


def _by_day(plan: SlotPlan) -> tuple[date, Interval]:
    return plan.day, plan.interval


def _window_code(run: Sequence[SlotPlan], day: date) -> str:
    """What the run's slot codes share between the day's name and the number: MonA1 -> A."""
    rest = [_behind_day(plan.code, day) for plan in run]
    letters = itertools.takewhile(lambda column: len(set(column)) == 1, zip(*rest, strict=False))
    shared = "".join(column[0] for column in letters)
    return shared.rstrip("0123456789").strip("-_.")[:LONGEST_CODE]


def _behind_day(code: str, day: date) -> str:
    for name in (WEEKDAYS[day.weekday()], WEEKDAYS[day.weekday()][:3]):
        if code.casefold().startswith(name.casefold()):
            return code[len(name) :]
    return code


def _codes() -> Iterator[str]:
    yield from string.ascii_uppercase
    for number in itertools.count(27):
        yield f"W{number}"
