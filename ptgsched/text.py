"""Text that people type: one line or many, without what breaks pages, feeds and terminals."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")
MOST_MARKS = 30  # on one letter, as UAX #15 has it for streams; languages need four
_MARKS_IN_DISGUISE = "\u0f73\u0f75\u0f81"  # letters by their class, but made of marks only
_FORMULA = "=+-@＝＋－＠"  # noqa: RUF001 # spreadsheets of East Asia take the wide ones as well
_STARTS_A_FORMULA = (*_FORMULA, "\t", "\r")
# Bidirectional overrides could turn a line around; noncharacters may stand in no XML, so that a
# name with one would break a spreadsheet or a feed.
_DROPPED = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    + "".join(map(chr, range(0xFDD0, 0xFDF0)))
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
)
_UNSAFE_IN_URL = re.compile(r"[\s\"'<>`\\^{|}\x00-\x20\x7f]")


def clean_line(text: str) -> str:
    """One line: control, format and surrogate characters dropped, white space folded."""
    return " ".join(_printable(_BREAKS.sub("\n", text)).split())


def clean_text(text: str) -> str:
    """Lines kept, joined by ``\\n``; control characters dropped; no blank edges."""
    lines = (_printable(line).rstrip() for line in _BREAKS.sub("\n", text).split("\n"))
    return "\n".join(lines).strip()


def is_web_address(text: str) -> bool:
    """Whether `text` is an http(s) address that is safe in a page, a feed and a chat line."""
    if _UNSAFE_IN_URL.search(text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host)


def holds_passcode(address: str | None) -> bool:
    """Whether an address lets people in by itself: ``pwd=`` is Zoom's passcode."""
    return "pwd=" in (address or "").lower()


def slugify(name: str) -> str:
    """Lower case ASCII with ``-`` between words: ``Pike's Peak`` -> ``pikes-peak``.

    Apostrophes are dropped; a name without any letter or digit gives an empty string.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("'", "")).strip("-")


def sheet_cell(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def from_sheet_cell(text: str) -> str:
    """What `sheet_cell` made a cell of."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in _FORMULA else text


def plain_address(text: str) -> str:
    """An e-mail address as it is stored and looked for: in lower case.

    Not case-folded: that makes ``ss`` of ``ß``, whose domain and mailbox are somebody else's.
    """
    return text.strip().lower()


def _printable(text: str) -> str:
    # Cc: control, Cs: surrogates.
    return "".join(
        char
        for char in unicodedata.normalize("NFC", _with_few_marks(text))
        if char in "\n\t"
        or (unicodedata.category(char) not in {"Cc", "Cs"} and char not in _DROPPED)
    )


def _with_few_marks(text: str) -> str:
    """`text` with no more than `MOST_MARKS` marks on a letter.

    Normalizing sorts the marks of a letter one by one: of a letter with 80 000 of them, which
    fits into a form, it makes half a minute's work.
    """
    if text.isascii():
        return text
    kept = []
    marks = 0
    for char in text:
        is_mark = unicodedata.combining(char) or char in _MARKS_IN_DISGUISE
        marks = marks + 1 if is_mark else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)
