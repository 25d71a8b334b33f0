"""Subscriptions: regular expressions of strangers, searched in linear time.

What is no regular expression is told in the words of Python's `re`, which people know.  The
search itself is RE2's: it has no pattern that takes exponential time, and a pattern that would
grow too large in memory is refused when it is set.
"""

from __future__ import annotations

import re
import threading
import time
import warnings
from functools import lru_cache
from typing import Any

import re2

from ptgsched.errors import Invalid

LONGEST = 200
MEMORY = 1 << 17  # bytes for one compiled pattern
SECONDS_FOR_ALL = 0.5  # of one topic's subscriptions
NOT_HERE = "look-around, back references and very large repetitions are not searched here"

_warnings = threading.Lock()  # catch_warnings() changes a list that all threads share


class BadPattern(Invalid):
    """Not a regular expression, or none that can be searched in bounded time."""

    code = "bad_pattern"

    def __init__(self, reason: str, *, aside: str | None = None) -> None:
        super().__init__(
            f"Invalid regex: {reason}", fields={"pattern": [reason]}, reason=reason, aside=aside
        )


def require_pattern(pattern: str) -> None:
    """Raises BadPattern with the reason when `pattern` cannot be a subscription."""
    if len(pattern) > LONGEST:
        raise BadPattern(f"longer than {LONGEST} characters")
    try:
        with _warnings, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of syntax that Python may read otherwise one day
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadPattern(str(error)) from error
    try:
        _compiled(pattern)
    except re2.error as error:
        raise BadPattern(_words(error), aside=NOT_HERE) from error


class Search:
    """The search through one topic's subscriptions, which ends when its time is up."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._until = time.monotonic() + SECONDS_FOR_ALL

    def finds(self, pattern: str) -> bool:
        """Whether `pattern` is found in the text, ignoring case; silent once time is up."""
        return time.monotonic() < self._until and bool(_compiled(pattern).search(self._text))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY
    return re2.compile(pattern, options)


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else error
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
