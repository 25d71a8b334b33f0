"""``~motd``: messages of the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ptgsched.bot.grammar import Words
from ptgsched.bot.speaker import Refused, Speaker
from ptgsched.live import operations
from ptgsched.live.models import Level

LONGEST_NUMBER = 6


def change_messages(speaker: Speaker, words: Words) -> None:
    """``~motd add|del|clean|reorder …``; raises Refused."""
    if not words:
        raise Refused("Missing subcommand (~motd add|del|clean|reorder ...)")
    handler = SUBCOMMANDS.get(words[0].lower())
    if handler is None:
        raise Refused(f"Unknown motd subcommand {words[0]}")
    handler(speaker, words[1:])


def add(speaker: Speaker, words: Words) -> None:
    """``~motd add LEVEL TEXT…``."""
    if len(words) < 2:
        raise Refused("Missing parameters (~motd add LEVEL MSG)")
    level, *text = words
    if level.lower() not in set(Level):
        raise Refused(
            f"Incorrect message level '{level}' (should be info, success, warning or danger)"
        )
    operations.add_message(
        speaker.event, Level(level.lower()), " ".join(text), actor=speaker.actor, at=speaker.at
    )


def delete(speaker: Speaker, words: Words) -> None:
    """``~motd del N``."""
    if not words:
        raise Refused("Missing message number (~motd del NUM)")
    if len(words) > 1:
        raise _incorrect(" ".join(words))
    (number,) = _numbers(words)
    try:
        operations.delete_message(speaker.event, number, actor=speaker.actor, at=speaker.at)
    except operations.NoSuchMessage as error:
        raise _incorrect(words[0]) from error


def reorder(speaker: Speaker, words: Words) -> None:
    """``~motd reorder N…``: those that are not named go."""
    if not words:
        raise Refused("Missing params (~motd reorder X Y...)")
    numbers = _numbers(words)
    try:
        operations.keep_messages(speaker.event, numbers, actor=speaker.actor, at=speaker.at)
    except operations.NoSuchMessage as error:
        raise _incorrect(words[numbers.index(error.facts["number"])]) from error


def clean(speaker: Speaker, words: Words) -> None:
    """``~motd clean``."""
    if words:
        raise Refused("'~motd clean' does not take parameters")
    operations.keep_messages(speaker.event, [], actor=speaker.actor, at=speaker.at)


def _numbers(words: Words) -> Sequence[int]:
    for word in words:
        if not (word.isascii() and word.isdigit() and len(word) <= LONGEST_NUMBER):
            raise _incorrect(word)
    return [int(word) for word in words]


def _incorrect(number: str) -> Refused:
    return Refused(f"Incorrect message number {number}")


SUBCOMMANDS: dict[str, Callable[[Speaker, Words], None]] = {
    "add": add,
    "del": delete,
    "reorder": reorder,
    "clean": clean,
    "clear": clean,
}
