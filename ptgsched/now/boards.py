"""The board as HTML: one fragment, for pages when they open and for their scripts after that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from markupsafe import Markup

from ptgsched.events.models import Event, Room
from ptgsched.feeds import serving
from ptgsched.feeds.documents import Rendering
from ptgsched.feeds.queries import last_changed
from ptgsched.now import board
from ptgsched.now.blueprint import blueprint
from ptgsched.now.board import Board
from ptgsched.now.wording import posted
from ptgsched.schedule.queries import room_by_slug
from ptgsched.timezones import current_name
from ptgsched.web.access import access
from ptgsched.web.context import links, now
from ptgsched.web.links import Links

HTML = "text/html; charset=utf-8"
SHIPPED = ("js/now.js", "css/now.css", "css/sign.css", "css/theme.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A board in a page, and where its script asks for newer ones (None: nowhere)."""

    html: Markup
    zone: str
    source: str | None
    stream: str


@blueprint.get("/events/<event>/now/board")
@access("public")
def fragment(event: str) -> Response:
    """The board in the zone ``?tz=``, with ``?room=`` of that room; conditional, cheap to poll."""
    zone = current_name(request.args.get("tz") or "UTC")
    room = request.args.get("room") or ""
    render = partial(_render, zone=zone, room=room)
    return serving.serve(event, render, query=_query(zone, room), live=True)


def shown(event: Event, zone: str, room: Room | None = None) -> Shown:
    """The board of `event`, or of one room, for a page in `zone`."""
    source = url_for("now.fragment", event=event.slug)
    return Shown(
        html=_html(event, board.read(event, links(), now(), room), zone, now()),
        zone=zone,
        source=f"{source}?{_query(zone, room.slug if room else '')}"
        if event.is_published
        else None,
        stream=url_for("api.change_stream", event=event.slug),
    )


def _query(zone: str, room: str) -> str:
    """Spelt one way, so that the cache in front of the application knows it again."""
    return urlencode({"tz": zone} | ({"room": room} if room else {}))


def _render(event: Event, links: Links, at: datetime, *, zone: str, room: str) -> Rendering:
    read = board.read(event, links, at, room_by_slug(event, room) if room else None)
    changed = last_changed(event, live=True)
    return Rendering(
        body=_html(event, read, zone, at).encode(),
        content_type=HTML,
        filename=f"{event.slug}-now.html",
        modified=max(changed, read.valid_since.replace(microsecond=0)),
        valid_until=read.valid_until,
        headers={"X-Shipped": _shipped()},
    )


def _shipped() -> str:
    """Another one after an update of what pages with a board are made of."""
    addresses = [url_for("static", filename=name) for name in SHIPPED]
    return ".".join(address.rpartition("=")[2] for address in addresses)


def _html(event: Event, read: Board, zone: str, at: datetime) -> Markup:
    """The fragment; it may depend on `at` only as far as `read` does."""
    over = not read.running and not read.coming
    html = render_template(
        "now/board.html",
        event=event,
        zone=zone,
        board=read,
        posted=partial(posted, event=event, teams=read.teams),
        has_begun=at >= min((slot.starts_at for slot in event.slots), default=at) if over else True,
    )
    return Markup(html)  # noqa: S704 -- a template of ours, which has escaped what people wrote
