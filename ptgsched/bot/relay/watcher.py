"""Follows the event: notices that wait for their people, and the schedule that is announced.

One thread listens to the stream and only says what is stale; another one fetches that, a moment
later, so that an import of hundreds of sessions is fetched once.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from functools import partial

from ptgsched.bot.relay.announcements import Session
from ptgsched.bot.relay.sending import SendingQueue
from ptgsched.bot.relay.service import Refused, Service, Unreachable

TOPICS = frozenset({"live.now", "live.next"})
OF_THE_SCHEDULE = ("booking.", "event.", "room.", "team.")
GATHERING_SECONDS = 0.2
LONGEST_PAUSE = 5.0
REFUSED_PAUSE = 30.0
ANYWAY_SECONDS = 300.0  # after which all is fetched once more


class Watcher:
    """Sessions to announce in `planned`; notices go straight into the queue."""

    def __init__(
        self,
        service: Service,
        sending: SendingQueue,
        say: Callable[[str], None],
        *,
        announces: bool,
    ) -> None:
        self._follows, self._fetches = service.another(), service.another()
        self._sending = sending
        self._say = say
        self._announces = announces
        self._stops = threading.Event()
        self._wake = threading.Event()
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for work, name in ((self._follow, "stream"), (self._fetch, "clerk"))
        ]
        self._schedule_is_stale = self._notices_wait = True
        self._queued = self._sent = 0  # highest numbers of notices
        self._refusal = ""
        self.planned: list[Session] = []
        self.teams: list[str] = []

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float) -> None:
        """Hang up; what is being fetched is let go after so long."""
        self._stops.set()
        self._wake.set()
        self._follows.close()
        for thread in self._threads:
            thread.join(seconds)
        self._fetches.close()

    # The one that listens -------------------------------------------------------------------

    def _follow(self) -> None:
        pause = 0.5
        while not self._stops.is_set():
            try:
                for action in self._follows.follow():
                    pause = 0.5
                    self._take(action)
                    if self._stops.is_set():
                        return
            except Unreachable:
                pass
            except Refused as error:
                self._was_refused(error)
                pause = REFUSED_PAUSE
            self._stops.wait(pause * random.uniform(0.8, 1.0))  # noqa: S311 -- no secret
            pause = min(2 * pause, max(pause, LONGEST_PAUSE))

    def _take(self, action: str) -> None:
        begins = action == "hello"
        if begins or action.startswith(OF_THE_SCHEDULE):
            self._schedule_is_stale = True
            self._wake.set()
        # Also of those from chat: another relay may have passed them on.
        if begins or action in TOPICS:
            self._notices_wait = True
            self._wake.set()

    # The one that fetches -------------------------------------------------------------------

    def _fetch(self) -> None:
        while not self._stops.is_set():
            try:
                if self._schedule_is_stale and self._announces:
                    self._schedule_is_stale = False
                    self._fetch_schedule()
                if self._notices_wait:
                    self._notices_wait = False
                    self._fetch_notices()
            except (Unreachable, Refused) as error:
                self._schedule_is_stale = self._notices_wait = True
                if isinstance(error, Refused):
                    self._was_refused(error)
                self._stops.wait(REFUSED_PAUSE if isinstance(error, Refused) else LONGEST_PAUSE)
                self._wake.set()
            if not self._wake.wait(ANYWAY_SECONDS):
                self._schedule_is_stale = self._notices_wait = True
            self._stops.wait(GATHERING_SECONDS)
            self._wake.clear()

    def _fetch_schedule(self) -> None:
        self.planned, self.teams = self._fetches.schedule()

    def _fetch_notices(self) -> None:
        for number, notice in self._fetches.notices(self._sent):
            if number > self._queued:
                self._queued = number
                self._sending.notice(notice.to, notice.text, partial(self._has_sent, number))

    def _has_sent(self, number: int) -> None:
        """A notice has arrived, which the service wants to know; called by who sends."""
        self._sent = max(self._sent, number)
        self._notices_wait = True
        self._wake.set()

    def _was_refused(self, error: Refused) -> None:
        if error.message != self._refusal:
            self._refusal = error.message
            self._say(error.message)
