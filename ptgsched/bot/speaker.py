"""Who speaks in chat, what is answered, and how a line is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ptgsched.accounts.actor import Actor
from ptgsched.errors import PtgschedError
from ptgsched.events.models import Event
from ptgsched.live.notices import Told
from ptgsched.web.links import Links


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A person who typed a line at `at`; an operator counts as `voiced`."""

    event: Event
    nick: str
    voiced: bool
    operator: bool
    token_id: int | None
    links: Links
    at: datetime

    @property
    def actor(self) -> Actor:
        """How the journal names this person."""
        return Actor(f"chat:{self.nick}", "chat", token_id=self.token_id)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the line is answered with, if anything, and who is told of its topic."""

    reply: str | None = None
    notices: tuple[Told, ...] = ()


SILENT = Answer()


class Refused(PtgschedError):
    """The line changes nothing; the message is the reply."""

    code = "refused"

    def __init__(self, reply: str, aside: str | None = None) -> None:
        super().__init__(with_aside(reply, aside))


def with_aside(known: str, aside: str | None) -> str:
    """A known text and what we add to it: old scripts cut at `` | ``."""
    return f"{known} | {aside}" if aside else known
