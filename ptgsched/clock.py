"""The only reader of the system clock.

Everything else is handed the instant as `at`, frozen once per request or command, so that one
request has one "now" and a test can choose it.
"""

from __future__ import annotations

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Return the present instant, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)
