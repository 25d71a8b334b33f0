"""What organizers type: cleaned field by field, and all that is wrong said at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn

from ptgsched.errors import Conflict, Invalid
from ptgsched.events.layout import SLUG, YEARS
from ptgsched.text import clean_line, clean_text, holds_passcode, is_web_address, slugify
from ptgsched.web.colors import parse_color

ADDRESS_LENGTH = 500
NAME_LENGTH = 120
MOST_PEOPLE = 1_000_000
SLUG_LENGTH = 64
WRONG_SLUG = "Lower-case letters, digits and hyphens, at most 64."

Cleaner = Callable[[Any], Any]
Given = Mapping[str, Any]
"""Fields by name, of the types that the schemas of the API or a form see to."""


def cleaned(given: Given, cleaners: Mapping[str, Cleaner]) -> dict[str, Any]:
    """The given fields, each as its cleaner returns it.

    Raises Invalid with every field that its cleaner refuses.
    """
    kept: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name, value in given.items():
        try:
            kept[name] = cleaners[name](value)
        except Invalid as error:
            wrong[name] = [error.message]
    if wrong:
        refuse(wrong)
    return kept


def refuse(wrong: Mapping[str, list[str]]) -> NoReturn:
    """Raises Invalid: each field with the sentences about it, all of them in the message too."""
    said = " ".join(f"{name}: {' '.join(sentences)}" for name, sentences in wrong.items())
    raise Invalid(said, fields=wrong)


def line(most: int, *, least: int = 0) -> Cleaner:
    """One line of `least` to `most` characters; null is an empty one."""

    def clean(value: str | None) -> str:
        text = clean_line(value or "")
        if not least <= len(text) <= most:
            raise Invalid(f"One line of {least} to {most} characters.")
        return text

    return clean


def optional_line(most: int) -> Cleaner:
    """One line, or None for a blank one."""
    bounded = line(most)
    return lambda value: bounded(value) or None


def text(most: int) -> Cleaner:
    """Any number of lines."""

    def clean(value: str | None) -> str:
        kept = clean_text(value or "")
        if len(kept) > most:
            raise Invalid(f"At most {most} characters; these are {len(kept)}.")
        return kept

    return clean


def address(value: str | None) -> str | None:
    """An http(s) address, or None for a blank one."""
    link = (value or "").strip()
    if not link:
        return None
    if len(link) > ADDRESS_LENGTH or not is_web_address(link):
        raise Invalid(
            f"An address begins with https:// or http://, has no spaces and at most "
            f"{ADDRESS_LENGTH} characters."
        )
    return link


def public_address(value: str | None) -> str | None:
    """An address that everybody sees; a ``pwd=`` in it is a passcode."""
    link = address(value)
    if holds_passcode(link):
        raise Invalid("Everybody sees this address, so leave the passcode (pwd=) out.")
    return link


def choice(values: type[StrEnum]) -> Cleaner:
    """One of the enumeration's values."""

    def clean(value: str) -> str:
        if value not in set(values):
            raise Invalid(f"One of {', '.join(values)}.")
        return value

    return clean


def number(most: int) -> Cleaner:
    """From 0 to `most`, or None."""

    def clean(value: float | None) -> float | None:
        if value is not None and not 0 <= value <= most:
            raise Invalid(f"A number from 0 to {most}.")
        return value

    return clean


def color(value: str | None) -> str | None:
    """A colour as ``#rrggbb``; None: chosen from the slug."""
    if not (value or "").strip():
        return None
    found = parse_color(value)
    if found is None:
        raise Invalid("A CSS name like steelblue, or #rrggbb.")
    return found


def in_years(value: datetime) -> datetime:
    """An instant in a year that every zone can show."""
    if value.year not in YEARS:
        raise Invalid(f"A year from {YEARS.start} to {YEARS.stop - 1}.")
    return value


def as_it_is(value: object) -> object:
    """Nothing to clean."""
    return value


class Taken:
    """The names and slugs that things of a kind have at an event, where each is one's own."""

    def __init__(self, what: str, known: Iterable[tuple[str, str]]) -> None:
        pairs = list(known)
        self._what = what
        self._names = {name.casefold() for name, _ in pairs}
        self._slugs = {slug for _, slug in pairs}

    def __contains__(self, called: str) -> bool:
        return called in self._slugs or called.casefold() in self._names

    def claim(self, given: Given) -> str:
        """The slug for a new one with this name: the one asked for, else made from the name.

        Raises Conflict for a name or slug in use, Invalid for a slug that cannot be.
        """
        name = given["name"]
        require_free_name(name, self._names, self._what)
        slug = slug_for(given, name, self._slugs, self._what)
        self._names.add(name.casefold())
        self._slugs.add(slug)
        return slug


def slug_for(given: Given, name: str, taken: Iterable[str], what: str) -> str:
    """The slug that was asked for, else one made from the name.

    Raises Invalid for one that cannot be, Conflict for one in use.
    """
    slug = given.get("slug") or slugify(name)[:SLUG_LENGTH].strip("-")
    if not SLUG.fullmatch(slug):
        hint = WRONG_SLUG if given.get("slug") else f"{name!r} makes no slug; give one."
        raise Invalid(f"slug: {hint}", fields={"slug": [hint]})
    if slug in set(taken):
        raise Conflict(f"There is already a {what} {slug!r} here.", code="slug_taken", slug=slug)
    return slug


def require_free_name(name: str, taken: Iterable[str], what: str) -> None:
    """Raises Conflict when another one has this name, in whatever case."""
    if name.casefold() in {other.casefold() for other in taken}:
        raise Conflict(
            f"There is already a {what} called {name!r} here.", code="name_taken", name=name
        )
