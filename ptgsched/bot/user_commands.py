"""What anybody in chat may do for themselves."""

from __future__ import annotations

from collections.abc import Callable

from ptgsched.bot.grammar import UserCommand, Words
from ptgsched.bot.lookup import did_you_mean, find_team
from ptgsched.bot.speaker import Answer, Refused, Speaker, with_aside
from ptgsched.live import people, queries
from ptgsched.live.patterns import BadPattern
from ptgsched.live.shapes import chat_time

NO_PATTERN = "You don't have a subscription regex set yet"


def answer(speaker: Speaker, command: UserCommand) -> Answer:
    """The reply to a user command; raises Refused."""
    handler = COMMANDS.get(command.verb)
    if handler is None:
        raise Refused("Unknown user command. Should be: in, out, seen, or subscribe")
    return Answer(handler(speaker, command.words))


def check_in(speaker: Speaker, words: Words) -> str:
    """``in PLACE``: at a team's, or anywhere."""
    if not words:
        raise Refused("The 'in' command should be followed by a location.")
    place, team = " ".join(words), None
    if place.startswith("#"):
        word, *rest = words
        team = find_team(speaker.event, word[1:])
        if team is None:
            near = did_you_mean(speaker.event, word[1:])
            raise Refused(f"Unrecognised track {word.lower()}", near)
        place = " ".join((f"#{team.slug}", *rest))
    elif len(words) == 1:
        team = find_team(speaker.event, place)
        place = f"#{team.slug}" if team is not None else place
    people.check_in(speaker.event, speaker.nick, place, team, at=speaker.at)
    return f"OK, checked into {place} - thanks for the update!"


def check_out(speaker: Speaker, words: Words) -> str:
    """``out``."""
    if words:
        raise Refused("The 'out' command does not accept any extra parameters.")
    try:
        place = people.check_out(speaker.event, speaker.nick, at=speaker.at)
    except people.NeverIn as error:
        raise Refused("You weren't checked in anywhere yet!") from error
    except people.AlreadyOut as error:
        when = chat_time(error.out_at)
        raise Refused(f"You already checked out of {error.place} at {when}!") from error
    return f"OK, checked out of {place} - thanks for the update!"


def seen(speaker: Speaker, words: Words) -> str:
    """``seen NICK``."""
    if len(words) != 1:
        raise Refused("The 'seen' command needs a single nick argument.")
    found = queries.check_in_of(speaker.event, words[0], speaker.at)
    if found is None:
        return f"{words[0]} never checked in anywhere"
    nick = found.person.nick
    if found.out_at is not None:
        return f"{nick} checked out of {found.place} at {chat_time(found.out_at)}"
    return f"{nick} was last seen in {found.place} at {chat_time(found.in_at)}"


def share(speaker: Speaker, words: Words) -> str:
    """``share on|off``."""
    choice = words[0].lower() if len(words) == 1 else ""
    if choice not in {"on", "off"}:
        raise Refused("The 'share' command needs 'on' or 'off'.")
    people.share(speaker.event, speaker.nick, choice == "on", at=speaker.at)
    if choice == "on":
        return "Your check-ins are now shown by name"
    return "Your check-ins are no longer shown by name"


def subscribe(speaker: Speaker, words: Words) -> str:
    """``subscribe [REGEX]``."""
    if not words:
        person = queries.person(speaker.event, speaker.nick)
        if person is None or person.subscription is None:
            return NO_PATTERN
        return f"Your current subscription regex is: {person.subscription}"
    pattern = " ".join(words)
    try:
        before = people.subscribe(speaker.event, speaker.nick, pattern)
    except BadPattern as error:
        raise Refused(with_aside(error.message, error.facts["aside"])) from error
    return f"Subscription set to {pattern}" + (f" (was {before})" if before else "")


def unsubscribe(speaker: Speaker, _words: Words) -> str:
    """``unsubscribe``."""
    before = people.unsubscribe(speaker.event, speaker.nick)
    return f"Cancelled subscription {before}" if before else NO_PATTERN


COMMANDS: dict[str, Callable[[Speaker, Words], str]] = {
    "in": check_in,
    "out": check_out,
    "seen": seen,
    "share": share,
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
}
