"""The pages of an event, as its header offers them; and ways back that stay on this site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for

# Label, endpoint, and further endpoints during which it counts as the current page.
EVENT_PAGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Schedule",
        "schedule.grid",
        ("schedule.booking", "schedule.book", "schedule.edit", "schedule.release"),
    ),
    ("Teams", "schedule.teams", ("schedule.team", "schedule.team_join")),
    ("Rooms", "schedule.rooms", ("schedule.room", "schedule.room_join")),
    ("Etherpads", "schedule.etherpads", ()),
    ("Subscribe", "feeds.subscribe", ()),
)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the header's navigation."""

    label: str
    url: str
    current: bool


def event_nav(event: Any) -> list[NavItem]:
    """The pages of `event` that this application serves."""
    return [
        NavItem(
            label,
            url_for(endpoint, event=event.slug),
            current=request.endpoint in {endpoint, *during},
        )
        for label, endpoint, during in EVENT_PAGES
        if endpoint in current_app.view_functions
    ]


def own_path(address: str | None) -> str | None:
    """`address` as a path with its query on this site; None when it leads anywhere else."""
    if not address or address.startswith("//"):
        return None
    if any(char < " " or char == "\\" for char in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if (parts.scheme or parts.netloc) and (
        parts.scheme not in {"http", "https"} or parts.netloc != request.host
    ):
        return None
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
