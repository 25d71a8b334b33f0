"""What templates say of times, zones, colours and addresses."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from urllib.parse import urlencode

from flask import Flask, request
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from ptgsched import timewords
from ptgsched.text import is_web_address
from ptgsched.timezones import common_zones
from ptgsched.web.colors import ink
from ptgsched.web.context import now
from ptgsched.web.navigation import event_nav, manage_nav

_ADDRESS = re.compile(r"https?://[^\s<>\"'`{}|\\^]+")


def init_app(app: Flask) -> None:
    """Make the filters and functions below known to templates."""
    app.jinja_env.filters.update(
        clock=timewords.clock,
        day=timewords.day,
        moment=timewords.moment,
        hours=timewords.hours,
        in_days=in_days,
        days=days,
        linkify=linkify,
        contrast=contrast,
    )
    app.jinja_env.globals.update(
        stretch=timewords.stretch,
        zone_name=timewords.zone_name,
        zone_options=zone_options,
        page_url=page_url,
        utcnow=now,
        during=during,
        event_nav=event_nav,
        manage_nav=manage_nav,
    )


def in_days(at: datetime, since: datetime | None = None) -> str:
    """``in 3 days``, ``2 hours ago``, ``now``: how far `at` is from `since` (default: now)."""
    distance = at - (since or now())
    size = abs(distance)
    if size < timedelta(minutes=1):
        return "now"
    if size >= timedelta(days=2):
        number, unit = round(size / timedelta(days=1)), "day"
    elif size >= timedelta(minutes=59, seconds=30):
        number, unit = round(size / timedelta(hours=1)), "hour"
    else:
        number, unit = round(size / timedelta(minutes=1)), "minute"
    words = f"{number} {unit}" + ("" if number == 1 else "s")
    return f"in {words}" if distance > timedelta(0) else f"{words} ago"


def during(first: date, last: date) -> datetime:
    """Now, or the moment nearest to it at noon UTC of these days: which offset holds there."""
    noon = time(12, tzinfo=UTC)
    return min(max(now(), datetime.combine(first, noon)), datetime.combine(last, noon))


def days(first: date, last: date) -> str:
    """``26-30 Oct 2026``: a stretch of whole days."""
    end = f"{last:%-d %b %Y}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}\u2013{end}"
    if first.year == last.year:
        return f"{first:%-d %b} \u2013 {end}"
    return f"{first:%-d %b %Y} \u2013 {end}"


def linkify(text: str) -> Markup:
    """Plain text with its http(s) addresses as links and its lines kept; all else escaped."""
    parts: list[Markup] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        url = found.group().rstrip(".,;:!?")
        if url.endswith(")") and url.count("(") < url.count(")"):
            url = url[:-1]
        if not is_web_address(url):
            continue
        parts.append(escape(text[end : found.start()]))
        parts.append(Markup('<a href="{0}" rel="nofollow ugc noopener">{0}</a>').format(url))
        end = found.start() + len(url)
    parts.append(escape(text[end:]))
    return Markup("").join(parts).replace("\n", Markup("<br>\n"))


def contrast(color: str) -> str:
    """The class of the text that reads best on a ``#rrggbb`` ground."""
    return "ink-black" if ink(color) == "#000" else "ink-white"


def page_url(**changes: object) -> str:
    """This page's own address with these query arguments changed; None takes one away."""
    args: MultiDict[str, str] = MultiDict(request.args)
    for name, value in changes.items():
        args.poplist(name)
        if value is not None:
            args.setlist(name, [str(value)])
    query = urlencode(list(args.items(multi=True)))
    path = iri_to_uri(request.script_root + request.path)
    return f"{path}?{query}" if query else path


@lru_cache(maxsize=64)
def zone_options(chosen: str, event_zone: str | None = None) -> Markup:
    """The options of a `<select>` of zones, `chosen` selected, likely ones first."""
    likely = list(dict.fromkeys([chosen, event_zone or "UTC", "UTC"]))
    groups: dict[str, list[str]] = {"Likely": likely}
    for name in common_zones():
        region, slash, _ = name.partition("/")
        if name not in likely:
            groups.setdefault(region if slash else "Other", []).append(name)
    option = Markup("<option{}>{}</option>")
    group = Markup('<optgroup label="{}">{}</optgroup>')
    selected = Markup(" selected")
    return Markup("").join(
        group.format(
            label,
            Markup("").join(option.format(selected if n == chosen else "", n) for n in names),
        )
        for label, names in groups.items()
    )
