"""Passes lines on to the service, in the order they were typed; none is lost or done twice."""

from __future__ import annotations

import queue
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ptgsched.bot.relay.keeping import Keeping
from ptgsched.bot.relay.sending import SendingQueue, nothing
from ptgsched.bot.relay.service import NotAllowed, Refused, Said, Service, Spoken, Unreachable
from ptgsched.clock import utcnow
from ptgsched.errors import PtgschedError

MOST_WAITING = 500  # lines; more is no conversation
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds between two tries
MOST_FAILURES = 5  # of the service at one line, after which the others have their turn
KEPT = {
    Unreachable: "The schedule cannot be reached. What you type is kept, and passed on when it is "
    "back.",
    NotAllowed: "I am not allowed to pass that on any more. What you type is kept until those who "
    "run me have mended it.",
}
UNDONE = {Unreachable: "the service did not answer", NotAllowed: "the token was refused"}
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
        self._trouble: type[PtgschedError] | None = None  # why lines wait
        self._told: set[str] = set()  # places that know of it; empty while there is none
        self._file_fails = False
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin, with what a relay before us could not pass on, or not say."""
        if self._keeping is not None:
            left, old = self._keeping.take(utcnow())
            for line, said in left:
                if said is None:
                    self._lines.put(line)
                else:
                    self._answer(line, said)
            if left or old:
                dropped = f"; {old} more were too old" if old else ""
                self._say(f"{len(left)} lines that waited are passed on{dropped}")
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
            why = UNDONE[self._trouble or Unreachable]
            kept = "; the next start passes them on" if self._keeping is not None else ""
            self._say(f"{left} lines were not passed on: {why}{kept}")

    def write_down(self, line: Spoken) -> None:
        """Keep a line that may have to be passed on; `pass_on` or `drop` follows."""
        if self._keeping is not None and not self._is_full:
            with self._telling_of_failures():
                self._keeping.add(line, utcnow())

    def pass_on(self, line: Spoken) -> None:
        """Take a line; its answer goes to where it was typed."""
        if self._is_full:
            self.drop(line)
            self._reply(line, LOST)
            return
        self.write_down(line)
        self._lines.put(line)
        if (trouble := self._trouble) is not None:
            self._tell_of(trouble, line)

    def drop(self, line: Spoken) -> None:
        """It is done with."""
        if self._keeping is not None:
            with self._telling_of_failures():
                self._keeping.cross_off(line.key)

    @property
    def _is_full(self) -> bool:
        return self._lines.qsize() >= MOST_WAITING

    # In the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            said = self._delivered(line)
            if said is None:  # the next relay has it
                continue
            if self._keeping is not None and (said.reply or said.notices):
                with self._telling_of_failures():
                    self._keeping.answer(line.key, said)
            self._answer(line, said)

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
                    self._lets_wait(line, error)
            except NotAllowed as error:
                self._lets_wait(line, error)
            except Refused as error:
                self._goes_on()
                self._say(error.message)
                return Said(error.message, ())
            else:
                self._goes_on()
                return said
            self._stops.wait(pause * random.uniform(0.8, 1.0))  # noqa: S311 -- no secret
            pause = min(2 * pause, LONGEST_PAUSE)
        return None

    def _lets_wait(self, line: Spoken, error: Unreachable | NotAllowed) -> None:
        trouble = type(error)
        if trouble is not self._trouble:
            self._trouble = trouble
            self._told.clear()
            self._say(error.message)
        self._tell_of(trouble, line)

    def _goes_on(self) -> None:
        if self._trouble is not None:
            self._trouble = None
            self._told.clear()
            self._say(f"{self._service.base_url} takes lines again")

    def _tell_of(self, trouble: type[PtgschedError], line: Spoken) -> None:
        """Once in each place."""
        place = line.channel or line.nick
        if place not in self._told:
            self._told.add(place)
            self._reply(line, KEPT[trouble])

    def _answer(self, line: Spoken, said: Said) -> None:
        """Say all of it; then the line is done with."""
        unsaid = [*said.notices, *([said.reply] if said.reply else [])]

        def one_was_said() -> None:
            unsaid.pop()
            if not unsaid:
                self.drop(line)

        if not unsaid:
            self.drop(line)
        for told in said.notices:
            self._sending.notice(told.to, told.text, one_was_said)
        if said.reply:
            self._reply(line, said.reply, one_was_said)

    def _reply(self, line: Spoken, text: str, on_said: Callable[[], None] = nothing) -> None:
        """Where the line was typed."""
        if line.channel is None:
            self._sending.reply(line.nick, text, on_said)
        else:
            self._sending.reply(line.channel, f"{line.nick}: {text}", on_said)

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
