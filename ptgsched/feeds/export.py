"""What the shell exports: the same bytes as the address serves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ptgsched.db import begin_snapshot
from ptgsched.errors import Invalid
from ptgsched.events.models import Event
from ptgsched.feeds import calendars, renderings
from ptgsched.feeds.documents import Renderer, Rendering
from ptgsched.web.links import Links


def ical(event: Event, links: Links, at: datetime) -> Rendering:
    """The calendar of all sessions."""
    return calendars.calendar(event, links, at, "event")


KINDS: Mapping[str, Renderer] = {
    "ical": ical,
    "rooms": renderings.rooms_csv,
    "frab-json": renderings.schedule_json,
    "frab-xml": renderings.schedule_xml,
    "ptgbot": renderings.ptg_json,
}


def export(kind: str, event: Event, links: Links, at: datetime) -> bytes:
    """The document of that kind, of one state; raises Invalid for one that is none of `KINDS`."""
    renderer = KINDS.get(kind)
    if renderer is None:
        raise Invalid(f"There is no export {kind!r}; choose one of {', '.join(KINDS)}.")
    begin_snapshot()
    return renderer(event, links, at).body
