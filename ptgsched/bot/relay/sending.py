"""What waits to be said, at a pace that no server takes for a flood."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ptgsched.bot.relay.wrapping import wrap

AT_ONCE = 5
PAUSE = 2.0  # seconds for each line after those
MOST_REPLIES = 30  # lines of replies that wait; older ones would be answers to forgotten questions
REPLIES_IN_A_ROW = 3  # then a notice has its turn


def nothing() -> None:
    """What most lines need done when they were said."""


@dataclass(frozen=True, slots=True)
class Message:
    """One line for a channel or a person; a `notice` is never dropped.

    `on_said` is called when it was sent, or was dropped for good.
    """

    target: str
    text: str
    notice: bool
    on_said: Callable[[], None]


class SendingQueue:
    """Messages from all threads, taken out by the one that writes to the server."""

    def __init__(self, clock: Callable[[], float], on_new: Callable[[], None]) -> None:
        self._clock = clock
        self._on_new = on_new
        self._lock = threading.Lock()
        self._replies: deque[Message] = deque()
        self._notices: deque[Message] = deque()
        self._allowance = float(AT_ONCE)
        self._counted_at = clock()
        self._in_a_row = 0

    def __len__(self) -> int:
        return len(self._replies) + len(self._notices)

    def reply(self, target: str, text: str, on_said: Callable[[], None] = nothing) -> None:
        """Say something in a channel, or to a person who asked."""
        dropped = []
        with self._lock:
            self._replies.extend(_lines(target, text, on_said, notice=False))
            while len(self._replies) > MOST_REPLIES:
                # What was said in a channel goes first: many have read the question there.
                oldest = next((x for x in self._replies if x.target[0] in "#&+!"), self._replies[0])
                self._replies.remove(oldest)
                dropped.append(oldest)
        for message in dropped:
            message.on_said()
        self._on_new()

    def notice(self, target: str, text: str, on_said: Callable[[], None] = nothing) -> None:
        """Tell a person or a channel what it subscribed to; this arrives, however late."""
        with self._lock:
            self._notices.extend(_lines(target, text, on_said, notice=True))
        self._on_new()

    def seconds(self) -> float | None:
        """How long until the next line may go; None while nothing waits."""
        with self._lock:
            self._earn()
            return max(0.0, (1 - self._allowance) * PAUSE) if len(self) else None

    def take(self) -> Message | None:
        """The next line, if one may go now."""
        with self._lock:
            self._earn()
            if not len(self) or self._allowance < 1:
                return None
            self._allowance -= 1
            if self._replies and (not self._notices or self._in_a_row < REPLIES_IN_A_ROW):
                self._in_a_row += 1
                return self._replies.popleft()
            self._in_a_row = 0
            return self._notices.popleft()

    def put_back(self, message: Message) -> None:
        """It could not be sent after all: it is the first again."""
        with self._lock:
            (self._notices if message.notice else self._replies).appendleft(message)

    def _earn(self) -> None:
        now = self._clock()
        earned = (now - self._counted_at) / PAUSE
        self._allowance, self._counted_at = min(float(AT_ONCE), self._allowance + earned), now


def _lines(
    target: str, text: str, on_said: Callable[[], None], *, notice: bool
) -> Iterator[Message]:
    """`text` in lines that fit; all of it was said when the last one was."""
    *lines, last = wrap(text) or [""]
    for line in lines:
        yield Message(target, line, notice, nothing)
    yield Message(target, last, notice, on_said)
