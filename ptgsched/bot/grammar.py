"""A chat line to a command: which rule reads it, by which words.  Pure; BOT.md says the rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ptgsched.text import clean_line

# mIRC's bold, colour (with its numbers), hex colour, reset, monospace, reverse, italics, strike,
# underline.
_FORMATTING = re.compile(
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9A-Fa-f]{6})?|[\x02\x0f\x11\x16\x1d\x1e\x1f]",
    re.ASCII,
)
OF_ANYBODY = frozenset({"in", "out", "seen", "subscribe", "unsubscribe", "share"})
"""Words that after ``#`` are user commands, so that no team can have their names."""

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Help:
    """Somebody asks for the page of this language."""


@dataclass(frozen=True, slots=True)
class UserCommand:
    """What anybody may do for themselves; `verb` in lower case."""

    verb: str
    words: Words = ()


@dataclass(frozen=True, slots=True)
class TeamCommand:
    """About a team; `team` and `verb` in lower case, `verb` empty when none was given."""

    team: str
    verb: str = ""
    words: Words = ()


@dataclass(frozen=True, slots=True)
class AdminCommand:
    """For operators; `verb` in lower case."""

    verb: str
    words: Words = ()


Command = Help | UserCommand | TeamCommand | AdminCommand


@dataclass(frozen=True, slots=True)
class Cells:
    """A room and slots as they were typed; `last` is `first` for a single slot."""

    room: str
    first: str
    last: str


def parse(line: str, *, private: bool = False) -> Command | None:
    """What the line asks for; None for talk, which nobody answers."""
    first, *rest = clean_line(_FORMATTING.sub("", line)).split() or [""]
    words = tuple(rest)
    if not first:
        return None
    return _private(first, words) if private else _public(first, words)


def parse_cells(words: Words) -> Cells | None:
    """``Ballroom A-MonA1..MonA3``, cut at the last hyphen; None for anything else."""
    room, _, slots = (part.strip() for part in " ".join(words).rpartition("-"))
    first, dots, last = (part.strip() for part in slots.partition(".."))
    if not room or not first or (dots and not last):
        return None
    return Cells(room, first, last or first)


def _private(first: str, words: Words) -> Command:
    verb = first.removeprefix(first[0] if first[0] in "#+" else "").lower()
    return Help() if verb == "help" else UserCommand(verb, words)


def _public(first: str, words: Words) -> Command | None:
    mark, word = first[0], first[1:]
    if word.lower() == "help":
        return Help()
    if not word:
        return None
    if mark == "+" or (mark == "#" and word.lower() in OF_ANYBODY):
        return UserCommand(word.lower(), words)
    if mark == "#":
        verb = words[0].lower() if words else ""
        return TeamCommand(word.lower(), verb, words[1:])
    if mark == "~":
        return AdminCommand(word.lower(), words)
    return None
