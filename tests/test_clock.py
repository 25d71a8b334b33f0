"""The one clock: aware, in UTC, and the one a test can set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import time_machine

from ptgsched.clock import utcnow


def test_now_is_an_aware_utc_instant() -> None:
    assert utcnow().tzinfo is UTC


def test_now_is_the_system_clock() -> None:
    before = datetime.now(UTC)
    now = utcnow()
    assert before <= now <= datetime.now(UTC)


def test_a_test_can_choose_the_instant_in_whatever_zone() -> None:
    tokyo = timezone(timedelta(hours=9))
    with time_machine.travel(datetime(2026, 10, 26, 22, tzinfo=tokyo), tick=False):
        assert utcnow() == datetime(2026, 10, 26, 13, tzinfo=UTC)
        assert utcnow().hour == 13
