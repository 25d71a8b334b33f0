"""One chat line to its answer: the same for IRC, the API and any other door.

A refused line is rolled back to where it began, the turn of the day included, so it changes
nothing.  The caller commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ptgsched.bot import admin_commands, team_commands, user_commands
from ptgsched.bot.grammar import AdminCommand, Help, TeamCommand, UserCommand, parse
from ptgsched.bot.speaker import SILENT, Answer, Speaker
from ptgsched.db import db
from ptgsched.errors import PtgschedError
from ptgsched.events.models import Event
from ptgsched.schedule.journal import lock
from ptgsched.web.links import Links

READERS = frozenset({"seen", "when", "suggest", "list"})
"""Commands that change nothing, so that nobody has to wait for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What somebody typed, where, and what the channel lets them do."""

    nick: str
    text: str
    private: bool = False
    voiced: bool = False
    operator: bool = False


def answer(
    event: Event, line: Line, *, links: Links, at: datetime, token_id: int | None = None
) -> Answer:
    """What the line is answered with; whatever it holds, it raises nothing of ours."""
    command = parse(line.text, private=line.private)
    if command is None:
        return SILENT
    if isinstance(command, Help):
        return Answer(f"See PTGbot documentation at: {links.chat_language()}")
    speaker = Speaker(
        event=event,
        nick=line.nick,
        voiced=line.voiced or line.operator,
        operator=line.operator,
        token_id=token_id,
        links=links,
        at=at,
    )
    try:
        if command.verb in READERS:
            return _answer(speaker, command)
        lock(event)
        with db.session.begin_nested():
            return _answer(speaker, command)
    except PtgschedError as error:
        return Answer(error.message)


def _answer(speaker: Speaker, command: UserCommand | TeamCommand | AdminCommand) -> Answer:
    if isinstance(command, UserCommand):
        return user_commands.answer(speaker, command)
    if isinstance(command, TeamCommand):
        return team_commands.answer(speaker, command)
    return Answer(admin_commands.answer(speaker, command))
