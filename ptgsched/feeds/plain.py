"""The schedule as plain text, for terminals and mails: by day, in one zone."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from ptgsched.feeds.sessions import Cell, Session
from ptgsched.timewords import clock, day, zone_name

WIDEST = 28  # of a column


def to_text(
    title: str,
    sessions: Sequence[Session],
    cells: Mapping[str, Cell],
    *,
    zone: str,
    at: datetime,
    more: Iterable[str] = (),
) -> str:
    """The sessions by the zone's dates; `at` tells the offset that the heading names.

    Columns line up by characters; wide letters of some scripts push what follows.
    """
    lines = [title, f"Times in {zone_name(at, zone)}", *more]
    widths = [_width(s.team.name for s in sessions), _width(s.room.name for s in sessions)]
    for label, group in itertools.groupby(sessions, lambda session: day(session.start, zone)):
        of_day = list(group)
        lines += ["", label, *_lines(of_day, cells, label, zone, widths)]
    if not sessions:
        lines += ["", "Nothing is booked yet."]
    return "\n".join(lines) + "\n"


def _lines(
    sessions: Iterable[Session],
    cells: Mapping[str, Cell],
    label: str,
    zone: str,
    widths: Sequence[int],
) -> Iterator[str]:
    for session in sessions:
        hours = f"{clock(session.start, zone)}-{clock(session.end, zone)}"
        columns = [hours, session.team.name.ljust(widths[0]), session.room.name.ljust(widths[1])]
        told = [session.title] if session.title else []
        told += [f"with {', '.join(party.name for party in session.joint)}"] * bool(session.joint)
        event_day = _event_day(session, cells)
        if event_day is not None and f"{event_day:%a %-d %b}" != label:
            told.append(f"(event {event_day:%A})")
        yield "  ".join([*columns, *told]).rstrip()


def _event_day(session: Session, cells: Mapping[str, Cell]) -> date | None:
    return next((cells[code].day for code in session.slots if code in cells), None)


def _width(names: Iterable[str]) -> int:
    return min(WIDEST, max((len(name) for name in names), default=0))
