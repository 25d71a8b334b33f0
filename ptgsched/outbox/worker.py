"""The loop that `ptgsched worker` runs: duties, one step after the other, until it is told to end.

A duty's step does one small thing and says whether there may be more.  A duty that fails is
logged and left alone for a while; it never keeps the others from their work.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from ptgsched.clock import utcnow
from ptgsched.db import db

IDLE = 0.25, 1.0  # seconds between two looks at the tables: after something was done, and later
AFTER_A_FAILURE = timedelta(seconds=10)

log = logging.getLogger(__name__)


class Duty:
    """Something to do again and again; a step returns whether there may be more at once."""

    def __init__(self, name: str, step: Callable[[], bool]) -> None:
        self.name = name
        self._step = step
        self._not_before: datetime | None = None

    def step(self) -> bool:
        """One step; False also while it is left alone after a failure."""
        at = utcnow()
        if self._not_before is not None and at < self._not_before:
            return False
        try:
            return self._step()
        except Exception:
            log.exception("the worker's duty %r failed", self.name)
            self._not_before = at + AFTER_A_FAILURE
            return False
        finally:
            db.session.remove()


class Periodic(Duty):
    """A function of the instant, called every so often by each worker; it has to bear that."""

    def __init__(self, name: str, run: Callable[[datetime], None], every: timedelta) -> None:
        super().__init__(name, self._when_due)
        self._run = run
        self._every = every
        self._next: datetime | None = None

    def _when_due(self) -> bool:
        at = utcnow()
        if self._next is None or at >= self._next:
            self._run(at)
            self._next = at + self._every  # one that failed is tried again after a while
        return False


def work(duties: Sequence[Duty], stop: threading.Event, *, until_done: bool = False) -> None:
    """Do all duties in turn until `stop` is set, or with `until_done` until none has more."""
    wait, longest = IDLE
    while not stop.is_set():
        busy = False
        for duty in duties:
            busy = duty.step() or busy
            if stop.is_set():
                return
        if busy:
            wait = IDLE[0]
            continue
        if until_done:
            return
        stop.wait(wait)
        wait = min(wait * 2, longest)


def work_side_by_side(
    lanes: Sequence[Sequence[Duty]],
    context: Callable[[], AbstractContextManager[object]],
    stop: threading.Event,
    *,
    until_done: bool = False,
) -> None:
    """Each lane in a thread and a `context` of its own: a slow receiver holds up one lane.

    With `until_done` one lane follows the other, the first one last: what the others post goes
    out as well.
    """
    if until_done:
        with context():
            in_turn = [duty for lane in reversed(lanes) for duty in lane]
            work(in_turn, stop, until_done=True)
        return

    def run(duties: Sequence[Duty]) -> None:
        with context():
            work(duties, stop)

    threads = [threading.Thread(target=run, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():  # in steps, so that this thread hears signals
            thread.join(IDLE[0])
