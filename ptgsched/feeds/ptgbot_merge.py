"""Adding to what is there: empty fields are filled, different ones stay and are named."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from ptgsched.teams.models import Team
from ptgsched.text import clean_line, slugify

LONGEST_REMARK = 200


class Merge:
    """What an import found to differ (`remarks`), and whether it changed anything."""

    def __init__(self, remarks: Iterable[str] = (), *, changed: bool = False) -> None:
        self.remarks = list(remarks)
        self.changed = changed

    def clash(self, what: str, here: object, there: object) -> None:
        """Remark that something is different here, and stays."""
        self.remarks.append(f"clash: {what}: {in_short(here)} here, {in_short(there)} in the file")

    def fill(self, thing: Any, field: str, value: object, what: str) -> None:
        """Set a field that is empty here."""
        if self.lacks(what, getattr(thing, field), value):
            setattr(thing, field, value)

    def lacks(self, what: str, here: object, there: object) -> bool:
        """Whether `there` is missing here, which the caller then mends."""
        if not there or here == there:
            return False
        if here:
            self.clash(what, here, there)
            return False
        self.changed = True
        return True

    def fill_table(self, thing: Any, field: str, values: Mapping[str, Any], what: str) -> None:
        """The same for each entry of a JSON object."""
        here = getattr(thing, field) or {}
        missing = {
            key: value
            for key, value in values.items()
            if self.lacks(f"{key} of {what}", here.get(key), value)
        }
        if missing:
            setattr(thing, field, here | missing)


def in_short(value: object) -> str:
    """What a remark says of it: one line of bearable length."""
    line = clean_line(str(value))
    return line if len(line) <= LONGEST_REMARK else f"{line[:LONGEST_REMARK]}…"


def same_team(teams: Iterable[Team], track: str) -> Team | None:
    """The team that the file calls `track`: imported as such, else of that slug or name."""
    tests: list[Callable[[Team], bool]] = [
        lambda team: team.ptgbot.get("track") == track,
        lambda team: team.slug == track,
        lambda team: team.name.casefold() == track.casefold(),
        lambda team: team.slug == slugify(track),
    ]
    there = list(teams)
    return next((team for test in tests for team in there if test(team)), None)


def free_slug(name: str, taken: Collection[str], otherwise: str) -> str:
    """A slug for `name` that nobody has; `otherwise` for a name without letter or digit."""
    return unused(slugify(name)[:58].strip("-") or otherwise, taken)


def unused(code: str, taken: Collection[str]) -> str:
    """`code`, or with a number behind it when somebody has it."""
    numbered = itertools.chain([code], (f"{code}-{number}" for number in itertools.count(2)))
    return next(free for free in numbered if free not in taken)
