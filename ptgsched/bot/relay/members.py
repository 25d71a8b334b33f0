"""Who is in our channels, and who of them is an operator or has voice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

OPERATORS = frozenset("qao")  # owner, protected, operator
VOICED = OPERATORS | frozenset("hv")
_FOLD = str.maketrans("[]\\^", "{}|~")  # RFC 1459, 2.2
# Modes with a parameter: always, and only when they are set (ISUPPORT, CHANMODES).
USUAL_MODES = ("beI", "k", "l", "")


def fold(name: str) -> str:
    """A nick or a channel as the server compares it."""
    return name.lower().translate(_FOLD)


class Members:
    """Kept from what the server tells, in the order it does."""

    def __init__(self) -> None:
        self._modes: dict[str, dict[str, set[str]]] = defaultdict(dict)
        self._listed: dict[str, dict[str, set[str]]] = defaultdict(dict)

    def is_operator(self, channel: str, nick: str) -> bool:
        """Whether `nick` runs the channel."""
        return bool(self._of(channel, nick) & OPERATORS)

    def is_voiced(self, channel: str, nick: str) -> bool:
        """Whether `nick` has voice there, or more."""
        return bool(self._of(channel, nick) & VOICED)

    def list_names(self, channel: str, names: Iterable[str], prefixes: Mapping[str, str]) -> None:
        """A part of the answer to NAMES: nicks behind their marks."""
        for name in names:
            nick = name.lstrip("".join(prefixes))
            marks = name[: len(name) - len(nick)]
            listed = self._listed[fold(channel)]
            listed[fold(nick)] = {prefixes[mark] for mark in marks}

    def end_names(self, channel: str) -> None:
        """The answer is complete: it is how things are."""
        listed = self._listed.pop(fold(channel), None)
        if listed is not None:
            self._modes[fold(channel)] = listed

    def join(self, channel: str, nick: str) -> None:
        """Somebody came, without any mark."""
        self._modes[fold(channel)][fold(nick)] = set()

    def leave(self, channel: str, nick: str) -> None:
        """Somebody left the channel, or was made to."""
        self._modes[fold(channel)].pop(fold(nick), None)

    def leave_all(self, nick: str) -> None:
        """Somebody left the network."""
        for there in self._modes.values():
            there.pop(fold(nick), None)

    def rename(self, old: str, new: str) -> None:
        """Somebody has another nick; marks stay."""
        for there in self._modes.values():
            if fold(old) in there:
                there[fold(new)] = there.pop(fold(old))

    def set_modes(
        self, channel: str, words: Sequence[str], prefixes: Mapping[str, str], kinds: Sequence[str]
    ) -> bool:
        """``+o-v lena omar``; whether somebody lost a mark, so that a lesser one may show."""
        letters, arguments = words[0] if words else "", iter(words[1:])
        always = set("".join(kinds[:2])) | set(prefixes.values())
        sign, has_lost = "+", False
        for letter in letters:
            if letter in "+-":
                sign = letter
                continue
            takes_one = letter in always or (letter in kinds[2] and sign == "+")
            argument = next(arguments, "") if takes_one else ""
            if letter not in VOICED or not argument:
                continue
            marks = self._modes[fold(channel)].setdefault(fold(argument), set())
            if sign == "+":
                marks.add(letter)
            else:
                marks.discard(letter)
                has_lost = True
        return has_lost

    def _of(self, channel: str, nick: str) -> set[str]:
        return self._modes[fold(channel)].get(fold(nick), set())
