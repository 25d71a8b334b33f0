"""Passes lines on to the service, in the order they were typed; none is lost or done twice."""

from __future__ import annotations

import queue
import random
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ptgsched.bot.relay.keeping import Keeping
from ptgsched.bot.relay.sending import SendingQueue
from ptgsched.bot.relay.service import Refused, Said, Service, Spoken, Unreachable
from ptgsched.clock import utcnow

MOST_WAITING = 500  # lines; more is no conversation
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds between two tries
MOST_FAILURES = 5  # of the service at one line, after which the others have their turn
KEPT = "The schedule cannot be reached. What you type is kept, and passed on when it is back."
LOST = "Too much waits to be passed on: type that again later."
FAILED = "The service fails at this line: tell its operators."


class Courier:
    """A thread with a queue.  `say` gets what the operators of the relay should know.

    With `keeping` lines outlive this process; without it they wait in memory alone.
    """

    def __init__(
        self,
        service: Service,
        sending: SendingQueue,
        say: Callable[[str], None],
        keeping: Keeping | None = None,
    ) -> None:
        self._service = service
        self._sending = sending
        self._say = say
        self._keeping = keeping
        self._lines: queue.SimpleQueue[Spoken | None] = queue.SimpleQueue()
        self._stops = threading.Event()
        self._told: set[str] = set()  # places that know of the outage; empty while there is none
        self._is_down = False
        self._file_fails = False
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin, with what a relay before us could not pass on."""
        if self._keeping is not None:
            lines, old = self._keeping.take(utcnow())
            for line in lines:
                self._lines.put(line)
            if lines or old:
                dropped = f"; {old} more were too old" if old else ""
                self._say(f"{len(lines)} lines that waited are passed on{dropped}")
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Pass on what waits, for so long at most, and say what is left.  Once is enough."""
        if self._stops.is_set():
            return
        self._lines.put(None)
        self._thread.join(seconds)
        self._stops.set()
        self._service.close()
        # The one in hand is in the queue no more, but its end is.
        left = self._lines.qsize() if self._thread.is_alive() else 0
        if left:
            kept = "; the next start passes them on" if self._keeping is not None else ""
            self._say(f"{left} lines were not passed on: the service did not answer{kept}")

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
        if self._keeping is not None:
            with self._telling_of_failures():
                self._keeping.add(line, utcnow())
        self._lines.put(line)
        if self._is_down:
            self._tell_of_the_outage(line)

    # In the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            said = self._delivered(line)
            if said is None:  # the next relay has it
                continue
            for told in said.notices:
                self._sending.notice(told.to, told.text)
            if said.reply:
                self._answer(line, said.reply)
            if self._keeping is not None:
                with self._telling_of_failures():
                    self._keeping.cross_off(line.key)

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

    @contextmanager
    def _telling_of_failures(self) -> Iterator[None]:
        """A file that fails ends nothing, since lines wait in memory as well; it is told once."""
        try:
            yield
        except OSError as error:
            if not self._file_fails:
                self._say(f"lines that wait are not on the disk: {error.strerror}")
            self._file_fails = True
        else:
            self._file_fails = False

    def _answer(self, line: Spoken, text: str) -> None:
        if line.channel is None:
            self._sending.reply(line.nick, text)
        else:
            self._sending.reply(line.channel, f"{line.nick}: {text}")
