"""Sessions as iCalendar, property by property as RFC 5545 and RFC 7986 have it.

Rendering is slow (a third of a millisecond for a VEVENT), so each session's lines are kept
together with all the facts they were made from, and made anew only when one of those differs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneStandard,
    vCategory,
    vDuration,
    vText,
    vUri,
)

from ptgsched.feeds.sessions import Session
from ptgsched.text import clean_line, clean_text, holds_passcode, is_web_address
from ptgsched.timewords import stretch

REFRESH = timedelta(hours=1)
PRODID = "-//ptgsched//ptgsched//EN"
_END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a calendar says of itself."""

    name: str
    description: str
    url: str
    source: str
    color: str  # a CSS3 name: RFC 7986 5.9 knows no other
    modified: datetime


class Rendered:
    """Each session's lines as last rendered; beyond `most`, those made longest ago are dropped."""

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[Session, str, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def lines(self, session: Session, zone: str) -> bytes:
        """The session's VEVENT, its hours also told in `zone`."""
        found = self._kept.get(session.uid)
        if found is not None and found[0] == session and found[1] == zone:
            return found[2]
        made = vevent(session, zone)
        with self._lock:
            self._kept.pop(session.uid, None)
            self._kept[session.uid] = session, zone, made
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


_rendered = Rendered()


def render(head: Head, sessions: Iterable[Session], zone: str, *, keep: bool = True) -> bytes:
    """One VCALENDAR with one VEVENT for each session; the same facts give the same bytes.

    `keep` False: nothing of it stays behind in memory that other calendars are made from.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # As vText: the library's own calendar_name does not escape, and fails on a line break.
    for name in ("name", "x-wr-calname"):
        calendar.add(name, vText(clean_line(head.name)))
    for name in ("description", "x-wr-caldesc"):
        calendar.add(name, vText(clean_text(head.description)))
    calendar.add("x-wr-timezone", vText("UTC"))
    # VALUE is required (RFC 7986 5.7), and some clients read the older name only.
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    calendar.add("url", vUri(head.url))
    calendar.add("source", vUri(head.source), parameters={"VALUE": "URI"})
    calendar.add("color", vText(head.color))
    calendar.add("last-modified", _second(head.modified))
    lines = _rendered.lines if keep else vevent
    vevents = [lines(session, zone) for session in sessions]
    if not vevents:
        calendar.add_component(_utc())
    return b"".join((calendar.to_ical().removesuffix(_END), *vevents, _END))


def vevent(session: Session, zone: str) -> bytes:
    """The session as a VEVENT.

    DTSTAMP is the instant of the last change, never that of the request: otherwise every poll
    would be a change.  SEQUENCE counts the changes, which is what makes clients take them.
    """
    event = Event()
    event.add("uid", session.uid)
    event.add("dtstamp", _second(session.updated))
    event.add("last-modified", _second(session.updated))
    event.add("created", _second(session.created))
    event.add("sequence", session.sequence)
    event.add("dtstart", session.start.astimezone(UTC))
    event.add("dtend", session.end.astimezone(UTC))
    event.add("summary", vText(clean_line(session.heading)))
    event.add("description", vText(clean_text(_description(session, zone))))
    event.add("location", vText(clean_line(session.room.name)))
    event.add("url", vUri(session.url))
    event.add("categories", vCategory([clean_line(party.name) for party in session.parties]))
    event.add("status", "CONFIRMED" if session.confirmed else "CANCELLED")
    event.add("transp", "OPAQUE" if session.confirmed else "TRANSPARENT")
    is_private = session.passcode is not None or holds_passcode(session.join_url)
    event.add("class", "PRIVATE" if is_private else "PUBLIC")
    link = _join_url(session)
    if link is not None:
        call = {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Join the session"}
        event.add("conference", vUri(link), parameters=call)
    lines: bytes = event.to_ical()
    return lines


def _description(session: Session, zone: str) -> str:
    """Few clients show CONFERENCE or a second zone, so both are told in words as well."""
    lines = [session.title, session.description]
    if not session.confirmed:
        lines.append("This session was released; it does not take place.")
    if session.joint:
        lines.append(f"Joint session of {', '.join(party.name for party in session.parties)}.")
    lines += [stretch(session.start, session.end, name) for name in dict.fromkeys((zone, "UTC"))]
    if is_web_address(session.team.etherpad_url):
        lines.append(f"Etherpad: {session.team.etherpad_url}")
    link = _join_url(session)
    if link is not None:
        lines.append(f"Join: {link}")
        if session.passcode:
            lines.append(f"Passcode: {session.passcode}")
    lines.append(f"Page: {session.url}")
    return "\n".join(line for line in lines if line)


def _join_url(session: Session) -> str | None:
    link = session.join_url
    return link if session.confirmed and link and is_web_address(link) else None


def _second(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)


def _utc() -> Timezone:
    """A calendar must hold something (RFC 5545 3.6), and every reader takes this."""
    zone = Timezone()
    zone.add("tzid", "UTC")
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - local by definition
    standard.add("tzname", "UTC")
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone.add_component(standard)
    return zone
