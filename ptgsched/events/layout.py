"""Laying out an event: from a template's plans, or by hand, to windows and slots in UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.kinds import KINDS, TEMPLATES, EventTemplate, WindowPlan
from ptgsched.events.models import Event, EventStatus, Slot, Window
from ptgsched.intervals import Interval
from ptgsched.text import clean_line
from ptgsched.timezones import canonical, from_local, local_date

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
RESERVED = frozenset({"new"})
"""Names that addresses below /events/ need for themselves."""
LONGEST_EVENT = timedelta(days=60)
YEARS = range(1990, 2200)
"""In which every zone can show every hour."""
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def create_event(
    slug: str,
    *,
    title: str,
    kind: str,
    starts_on: date,
    ends_on: date,
    timezone: str = "UTC",
    template: str | None = None,
    status: str = EventStatus.DRAFT,
    laid_out: bool = True,
    at: datetime,
) -> Event:
    """A new event, laid out from `template` (default: the one named like its kind, if any).

    With `laid_out` False it has no windows yet: an import brings its own.
    Raises Invalid with all bad fields, UnknownZone, Conflict for a slug in use.
    """
    title = clean_line(title)
    fields: dict[str, list[str]] = {}
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        names = ", ".join(f"“{name}”" for name in sorted(RESERVED))
        fields["slug"] = [f"Lower-case letters, digits and hyphens, at most 64, but not {names}."]
    if not 1 <= len(title) <= 200:
        fields["title"] = ["A title has 1 to 200 characters."]
    if kind not in KINDS:
        fields["kind"] = [f"A kind is one of {', '.join(KINDS)}."]
    if template is not None and template not in TEMPLATES:
        fields["template"] = [f"A template is one of {', '.join(TEMPLATES)}."]
    fields |= wrong_days(starts_on, ends_on)
    if fields:
        said = " ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items())
        raise Invalid(said, fields=fields)
    taken = Conflict(f"There is already an event {slug!r}.", code="slug_taken")
    if db.session.scalar(select(Event.id).where(Event.slug == slug)) is not None:
        raise taken
    event = Event(
        slug=slug,
        title=title,
        kind=kind,
        timezone=canonical(timezone),
        starts_on=starts_on,
        ends_on=ends_on,
        status=status,
        eventid=slug,
        created_at=at,
        changed_at=at,
    )
    db.session.add(event)
    try:
        db.session.flush()
    except IntegrityError as error:  # since a moment ago
        raise taken from error
    chosen = TEMPLATES.get(template or kind)
    if chosen is not None and laid_out:
        lay_out(event, chosen)
    return event


def wrong_days(starts_on: date, ends_on: date) -> dict[str, list[str]]:
    """What is wrong with these first and last days, by field; empty when nothing is."""
    if starts_on.year not in YEARS:
        return {"start": [f"A year from {YEARS.start} to {YEARS.stop - 1}."]}
    if ends_on < starts_on:
        return {"end": ["The last day lies before the first."]}
    if ends_on - starts_on > LONGEST_EVENT:
        return {"end": [f"An event lasts at most {LONGEST_EVENT.days} days."]}
    return {}


def lay_out(event: Event, template: EventTemplate) -> None:
    """Add the template's windows on each of the event's days.

    A window belongs to the day it starts on in the event's zone, so plans in another zone are
    tried one day around, and kept where they start inside the event.  Where clocks change close
    to such a start, one day would get it twice: the first is kept.
    """
    days = _days(event.starts_on, event.ends_on, weekdays_only=template.weekdays_only)
    zone = template.zone or event.timezone
    for plan in template.windows:
        first = event.starts_on - timedelta(days=1)
        taken: set[date] = set()
        for day in _days(first, event.ends_on + timedelta(days=1)):
            start = from_local(datetime.combine(day, plan.start), zone)
            event_day = local_date(start, event.timezone)
            if event_day in days and event_day not in taken:
                taken.add(event_day)
                add_window(event, plan.code, plan.name, _cut(plan, start), day=event_day)
    db.session.flush()


def add_window(
    event: Event,
    code: str,
    name: str,
    intervals: Sequence[Interval],
    *,
    day: date | None = None,
    slot_codes: Sequence[str] | None = None,
) -> Window:
    """A window with one slot for each of `intervals`, which are in order and do not overlap.

    `day` defaults to the date it starts on in the event's zone; `slot_codes` to day, window and
    number: ``MonA1``.  Raises Conflict when a code is in use.
    """
    day = day or local_date(intervals[0].start, event.timezone)
    codes = slot_codes or [
        f"{day_code(event, day)}{code}{number}" for number in range(1, len(intervals) + 1)
    ]
    known = {slot.code.casefold() for window in event.windows for slot in window.slots}
    clash = [slot_code for slot_code in codes if slot_code.casefold() in known]
    if clash:
        raise Conflict(f"There is already a slot {clash[0]}.", code="slot_code_taken")
    window = Window(
        day=day,
        code=code,
        name=name,
        starts_at=intervals[0].start,
        ends_at=intervals[-1].end,
    )
    window.slots = [
        Slot(
            event_id=event.id,
            code=slot_code,
            number=number,
            starts_at=interval.start,
            ends_at=interval.end,
        )
        for number, (slot_code, interval) in enumerate(zip(codes, intervals, strict=True), 1)
    ]
    event.windows.append(window)
    return window


def day_code(event: Event, day: date) -> str:
    """``Mon``; from the second week of an event on ``Mon2``, so that codes stay unique."""
    week = (day - event.starts_on).days // 7
    return DAY_NAMES[day.weekday()] + (str(week + 1) if week > 0 else "")


def _cut(plan: WindowPlan, start: datetime) -> list[Interval]:
    length, gap = timedelta(minutes=plan.minutes), timedelta(minutes=plan.gap)
    whole = Interval(start, start + plan.slots * (length + gap) - gap)
    return whole.split(length, gap)


def _days(first: date, last: date, *, weekdays_only: bool = False) -> list[date]:
    days = list(_each_day(first, last))
    weekdays = [day for day in days if day.weekday() < 5]
    # An event on a weekend alone is meant so; in a longer one the weekend is free.
    return weekdays if weekdays_only and weekdays else days


def _each_day(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
