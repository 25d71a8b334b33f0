"""Passes lines on to the service, in the order they were typed; none is lost or done twice."""

from __future__ import annotations

import queue
import random
import threading
import uuid
from collections.abc import Callable

from ptgsched.bot.relay.sending import SendingQueue
from ptgsched.bot.relay.service import Refused, Said, Service, Spoken, Unreachable

MOST_WAITING = 500  # lines; more is no conversation
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds between two tries
MOST_FAILURES = 5  # of the service at one line, after which the others have their turn
KEPT = "The schedule cannot be reached. What you type is kept, and passed on when it is back."
LOST = "Too much waits to be passed on: type that again later."
FAILED = "The service fails at this line: tell its operators."


class Courier:
    """A thread with a queue.  `say` gets what the operators of the relay should know."""

    def __init__(self, service: Service, sending: SendingQueue, say: Callable[[str], None]) -> None:
        self._service = service
        self._sending = sending
        self._say = say
        self._lines: queue.SimpleQueue[Spoken | None] = queue.SimpleQueue()
        self._stops = threading.Event()
        self._told: set[str] = set()  # places that know of the outage; empty while there is none
        self._is_down = False
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float) -> int:
        """Pass on what waits, for so long at most; how many lines are left.  Once is enough."""
        if self._stops.is_set():
            return 0
        self._lines.put(None)
        self._thread.join(seconds)
        self._stops.set()
        self._service.close()
        # The one in hand is in the queue no more, but its end is.
        return self._lines.qsize() if self._thread.is_alive() else 0

    def pass_on(
        self, *, nick: str, text: str, channel: str | None, voiced: bool, operator: bool
    ) -> None:
        """Take a line; its answer goes to where it was typed."""
        line = Spoken(
            nick=nick,
            text=text,
            channel=channel,
            voiced=voiced,
            operator=operator,
            key=str(uuid.uuid4()),
        )
        if self._lines.qsize() >= MOST_WAITING:
            self._answer(line, LOST)
            return
        self._lines.put(line)
        if self._is_down:
            self._tell_of_the_outage(line)

    # In the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            said = self._delivered(line)
            if said is None:
                continue
            for told in said.notices:
                self._sending.notice(told.to, told.text)
            if said.reply:
                self._answer(line, said.reply)

    def _delivered(self, line: Spoken) -> Said | None:
        """What the line is answered with, as soon as the service answers; None at our end."""
        pause, tries, failures = FIRST_PAUSE, 0, 0
        while not self._stops.is_set():
            try:
                said = self._service.say(line)
            except Unreachable as error:
                tries += 1
                failures += error.status == 500
                if failures >= MOST_FAILURES:
                    self._say(error.message)
                    return Said(FAILED, ())
                if tries == 2:  # one alone is a restart, and over in a moment
                    self._goes_down(line, error)
                self._stops.wait(pause * random.uniform(0.8, 1.0))  # noqa: S311 -- no secret
                pause = min(2 * pause, LONGEST_PAUSE)
            except Refused as error:
                self._comes_back()
                self._say(error.message)
                return Said(error.message, ())
            else:
                self._comes_back()
                return said
        return None

    def _goes_down(self, line: Spoken, error: Unreachable) -> None:
        if not self._is_down:
            self._is_down = True
            self._say(error.message)
        self._tell_of_the_outage(line)

    def _comes_back(self) -> None:
        if self._is_down:
            self._is_down = False
            self._told.clear()
            self._say(f"{self._service.base_url} answers again")

    def _tell_of_the_outage(self, line: Spoken) -> None:
        place = line.channel or line.nick
        if place not in self._told:
            self._told.add(place)
            self._answer(line, KEPT)

    def _answer(self, line: Spoken, text: str) -> None:
        if line.channel is None:
            self._sending.reply(line.nick, text)
        else:
            self._sending.reply(line.channel, f"{line.nick}: {text}")
