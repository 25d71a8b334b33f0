"""What operators do in the channel: teams, the day, messages, who may speak."""

from __future__ import annotations

from collections.abc import Callable

from ptgsched.bot.grammar import AdminCommand, Words
from ptgsched.bot.lookup import team_of
from ptgsched.bot.messages import change_messages
from ptgsched.bot.speaker import Refused, Speaker
from ptgsched.events.layout import SLUG
from ptgsched.live import operations, tracks
from ptgsched.live.board import require_open
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import teams_of

ON_THE_BOARD = frozenset({"clean", "clear", "newday"})


def answer(speaker: Speaker, command: AdminCommand) -> str | None:
    """The reply to an admin command; raises Refused."""
    if not speaker.operator:
        raise Refused("Need op for admin commands")
    handler = COMMANDS.get(command.verb)
    if handler is None:
        raise Refused(f"Unknown command '{command.verb}'")
    if command.verb in ON_THE_BOARD:
        require_open(speaker.event)
    return handler(speaker, command.words)


def list_teams(speaker: Speaker, _words: Words) -> str:
    """``~list``."""
    # Sorted here: databases have orders of their own for hyphens.
    names = sorted(team.slug for team in teams_of(speaker.event))
    return f"Available tracks: {' '.join(names)}"


def add(speaker: Speaker, words: Words) -> None:
    """``~add TEAM…``."""
    _require(words)
    try:
        tracks.add_teams(speaker.event, words, actor=speaker.actor, at=speaker.at)
    except tracks.BadTeamName as error:
        raise Refused(f"Invalid track name '{error.facts['name']}'") from error


def delete(speaker: Speaker, words: Words) -> None:
    """``~del TEAM…``."""
    teams = _teams(speaker, words)
    try:
        tracks.delete_teams(speaker.event, teams, actor=speaker.actor, at=speaker.at)
    except tracks.TeamHasBookings as error:
        team, number = error.facts["team"], error.facts["bookings"]
        raise Refused(
            f"Track '{team}' still has {number} bookings", "release them first, then delete it"
        ) from error


def clean(speaker: Speaker, words: Words) -> None:
    """``~clean TEAM…``."""
    teams = _teams(speaker, words)
    operations.clean(speaker.event, teams, actor=speaker.actor, at=speaker.at)


def new_day(speaker: Speaker, _words: Words) -> None:
    """``~newday``."""
    operations.new_day(speaker.event, actor=speaker.actor, at=speaker.at)


def require_voice(speaker: Speaker, _words: Words) -> None:
    """``~requirevoice``."""
    operations.require_voice(speaker.event, True, actor=speaker.actor, at=speaker.at)


def allow_everyone(speaker: Speaker, _words: Words) -> None:
    """``~alloweveryone``."""
    operations.require_voice(speaker.event, False, actor=speaker.actor, at=speaker.at)


def _not_here(name: str) -> Callable[[Speaker, Words], None]:
    """No operator of a channel makes the server fetch an address or drop an event."""

    def refuse(_speaker: Speaker, _words: Words) -> None:
        raise Refused(
            f"'~{name}' is not available here",
            "organizers import and reset an event on its manage pages",
        )

    return refuse


def _require(words: Words) -> None:
    if not words:
        raise Refused("This command takes one or more arguments")


def _teams(speaker: Speaker, words: Words) -> list[Team]:
    """The teams that are named, each once; raises Refused when one is none."""
    _require(words)
    for word in words:
        if not SLUG.fullmatch(word.lower()):
            raise Refused(f"Invalid track name '{word}'")
    return [team_of(speaker.event, name) for name in dict.fromkeys(w.lower() for w in words)]


COMMANDS: dict[str, Callable[[Speaker, Words], str | None]] = {
    "list": list_teams,
    "add": add,
    "del": delete,
    "clean": clean,
    "clear": clean,
    "newday": new_day,
    "motd": change_messages,
    "requirevoice": require_voice,
    "alloweveryone": allow_everyone,
    "fetchdb": _not_here("fetchdb"),
    "emptydb": _not_here("emptydb"),
}
