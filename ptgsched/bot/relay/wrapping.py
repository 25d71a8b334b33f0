"""Text as lines that fit into IRC messages."""

from __future__ import annotations

import unicodedata

from ptgsched.text import clean_line

MOST_BYTES = 400  # of 512: the rest is for the command, the channel and our own address
_JOINER = "\u200d"


def wrap(text: str, most: int = MOST_BYTES) -> list[str]:
    """`text` as lines of at most `most` bytes in UTF-8, cut at spaces, never inside a character.

    A word that is longer is cut, if it can be not before a mark that belongs to its letter.
    Line breaks and control characters become spaces: nobody writes a second message in ours.
    """
    lines: list[str] = []
    line = ""
    for word in clean_line(text).split():
        longer = f"{line} {word}" if line else word
        if _size(longer) <= most:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _pieces(word, most)
        lines += whole
    return [*lines, line] if line else lines


def _pieces(word: str, most: int) -> list[str]:
    pieces = []
    while _size(word) > most:
        # What is cut in the middle of a character is left for the next piece.
        end = len(word.encode()[:most].decode(errors="ignore"))
        at = end
        while at > end // 2 and _belongs_to_the_left(word, at):
            at -= 1
        at = at if at > end // 2 else end
        pieces.append(word[:at])
        word = word[at:]
    return [*pieces, word]


def _belongs_to_the_left(word: str, at: int) -> bool:
    return bool(
        unicodedata.category(word[at]).startswith("M")
        or word[at] == _JOINER
        or word[at - 1] == _JOINER
    )


def _size(text: str) -> int:
    return len(text.encode())
