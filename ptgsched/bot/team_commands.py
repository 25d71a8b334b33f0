"""What may be said of a team: what is on, and how it looks."""

from __future__ import annotations

from collections.abc import Callable

from ptgsched.bot import slot_commands
from ptgsched.bot.grammar import TeamCommand, Words
from ptgsched.bot.lookup import team_of
from ptgsched.bot.speaker import SILENT, Answer, Refused, Speaker
from ptgsched.errors import Invalid
from ptgsched.live import notices, operations, queries, tracks
from ptgsched.live.board import require_open
from ptgsched.live.operations import Posted
from ptgsched.setup.teams import change_team
from ptgsched.teams.models import Team

ON_THE_BOARD = frozenset({"now", "next", "clean", "clear", "location"})
"""Commands that say what is on, or where."""


def answer(speaker: Speaker, command: TeamCommand) -> Answer:
    """The reply to a team command; raises Refused."""
    if not speaker.voiced and queries.requires_voice(speaker.event):
        raise Refused("Need voice to issue commands")
    team = team_of(speaker.event, command.team)
    if not command.verb:
        raise Refused("Missing track command (#TRACK [now|next|clean...] ...)")
    handler = COMMANDS.get(command.verb)
    if handler is None:
        verb = command.verb
        raise Refused(f"Unknown command '{verb}'. Did you mean: {team.slug} now {verb}... ?")
    if command.verb in ON_THE_BOARD:
        require_open(speaker.event)
    return handler(speaker, team, command.words)


def set_now(speaker: Speaker, team: Team, words: Words) -> Answer:
    """``now TEXT``."""
    if not words:
        raise Refused("Missing sentence (#TRACK now ...)")
    text = " ".join(words)
    posted = operations.set_now(speaker.event, team, text, actor=speaker.actor, at=speaker.at)
    return _posted(speaker, posted)


def add_next(speaker: Speaker, team: Team, words: Words) -> Answer:
    """``next TEXT``."""
    if not words:
        raise Refused("Missing sentence (#TRACK next ...)")
    text = " ".join(words)
    try:
        posted = operations.add_next(speaker.event, team, text, actor=speaker.actor, at=speaker.at)
    except operations.NextFull as error:
        raise Refused(
            f"Track '{team.slug}' already has {operations.MOST_NEXT} next topics",
            f"'#{team.slug} now TEXT' and '#{team.slug} clean' empty the list",
        ) from error
    return _posted(speaker, posted)


def clean(speaker: Speaker, team: Team, words: Words) -> Answer:
    """``clean``."""
    if words:
        raise Refused("'#TRACK clean' does not take any parameter")
    operations.clean(speaker.event, [team], actor=speaker.actor, at=speaker.at)
    return SILENT


def set_etherpad(speaker: Speaker, team: Team, words: Words) -> Answer:
    """``etherpad URL|auto``."""
    return _address(speaker, team, words, verb="etherpad", name="etherpad_url", own="auto")


def set_url(speaker: Speaker, team: Team, words: Words) -> Answer:
    """``url URL|none``."""
    return _address(speaker, team, words, verb="url", name="join_url", own="none")


def set_color(speaker: Speaker, team: Team, words: Words) -> Answer:
    """``color COLOR``."""
    if len(words) != 1:
        raise Refused("'#TRACK color' takes a single colorcode parameter")
    try:
        tracks.set_color(speaker.event, team, words[0], actor=speaker.actor, at=speaker.at)
    except Invalid as error:
        raise Refused(f"'{words[0]}' is not a color") from error
    return SILENT


def set_location(speaker: Speaker, team: Team, words: Words) -> Answer:
    """``location TEXT``."""
    if not words:
        raise Refused("Missing text (#TRACK location ...)")
    text = " ".join(words)
    operations.set_place(speaker.event, team, text, actor=speaker.actor, at=speaker.at)
    return SILENT


def _posted(speaker: Speaker, posted: Posted) -> Answer:
    told = notices.tell(speaker.event, posted, token_id=speaker.token_id, at=speaker.at)
    if posted.has_room:
        return Answer(None, tuple(told))
    return Answer(
        f"Message added, but please note that track '{posted.team}' does not appear to have a room "
        "scheduled today.",
        tuple(told),
    )


def _address(
    speaker: Speaker, team: Team, words: Words, *, verb: str, name: str, own: str
) -> Answer:
    """Set an address, or with the word `own` the one that follows from the team's name."""
    if len(words) != 1:
        raise Refused(f"'#TRACK {verb}' takes a single URL parameter")
    url = None if words[0].lower() == own else words[0]
    try:
        change_team(speaker.event, team, {name: url}, actor=speaker.actor, at=speaker.at)
    except Invalid as error:
        why = " ".join(error.fields.get(name, []))
        raise Refused(f"'{words[0]}' is not an http(s) URL", why) from error
    return SILENT


COMMANDS: dict[str, Callable[[Speaker, Team, Words], Answer]] = {
    "now": set_now,
    "next": add_next,
    "clean": clean,
    "clear": clean,
    "etherpad": set_etherpad,
    "url": set_url,
    "color": set_color,
    "location": set_location,
    "book": slot_commands.book,
    "unbook": slot_commands.unbook,
    "when": slot_commands.when,
    "suggest": slot_commands.suggest,
}
