"""The ways into a calendar program for one feed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from ptgsched.events.models import Event
from ptgsched.feeds.calendars import Kind, address
from ptgsched.web.links import Links

GOOGLE = "https://calendar.google.com/calendar/r?cid="
OUTLOOK = "https://outlook.live.com/calendar/0/addfromweb?"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed's address in each form that a program wants it in."""

    kind: Kind
    name: str
    label: str
    url: str
    webcal: str
    google: str
    outlook: str


def subscription(event: Event, links: Links, kind: Kind, name: str, label: str) -> Subscription:
    """The ways to one of the event's calendars."""
    title = event.title if kind == "event" else f"{label} · {event.title}"
    return ways_to(address(links, event, kind, name), title, kind=kind, name=name, label=label)


def ways_to(url: str, title: str, *, kind: Kind, name: str, label: str) -> Subscription:
    """Google takes the address as webcal only, Outlook as https only."""
    webcal = "webcal" + url.removeprefix("https").removeprefix("http")
    return Subscription(
        kind=kind,
        name=name,
        label=label,
        url=url,
        webcal=webcal,
        google=GOOGLE + quote(webcal, safe=""),
        outlook=OUTLOOK + urlencode({"url": url, "name": title}, quote_via=quote),
    )
