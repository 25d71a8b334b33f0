"""Which day it is for an event: the day that topics, places and check-ins belong to."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from ptgsched.db import db
from ptgsched.events.models import Event, Window
from ptgsched.timezones import local_date, start_of_day

INSTANT = timedelta(microseconds=1)


def event_day(event: Event, at: datetime) -> date:
    """The event day of an instant, also before and after the event.

    It is the date in the event's zone, but a window that runs past midnight belongs to the day
    it started on, as its slots do: nobody's topic goes while they still meet.
    """
    running = db.session.scalar(
        select(func.max(Window.day)).where(
            Window.event_id == event.id, Window.starts_at <= at, Window.ends_at > at
        )
    )
    return running or local_date(at, event.timezone)


def today(event: Event, at: datetime) -> date:
    """The event day at `at`; outside the event its first one."""
    day = event_day(event, at)
    return day if event.starts_on <= day <= event.ends_on else event.starts_on


def board_day(event: Event, at: datetime) -> date:
    """The day that what is posted at `at` belongs to: it never goes back.

    All of the time before the event counts as its first day, so that what was prepared stays.
    """
    return max(event_day(event, at), event.starts_on)


def turns(event: Event, at: datetime) -> tuple[datetime, datetime]:
    """When the event day of `at` began, and when it ends."""
    rows = db.session.execute(
        select(Window.day, Window.starts_at, Window.ends_at).where(Window.event_id == event.id)
    )
    windows = [(row.day, row.starts_at, row.ends_at) for row in rows]

    def day_at(instant: datetime) -> date:
        running = [day for day, starts_at, ends_at in windows if starts_at <= instant < ends_at]
        return max(running, default=local_date(instant, event.timezone))

    today = local_date(at, event.timezone)
    found = [start_of_day(today + timedelta(days=days), event.timezone) for days in range(-1, 3)]
    found += [bound for _, starts_at, ends_at in windows for bound in (starts_at, ends_at)]
    days = [(turn, day_at(turn - INSTANT), day_at(turn)) for turn in sorted(found)]
    changes = [turn for turn, before, after in days if before != after]
    return max(turn for turn in changes if turn <= at), min(turn for turn in changes if turn > at)
