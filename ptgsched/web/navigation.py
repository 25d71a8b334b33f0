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
    ("Now", "now.page", ()),
    ("Teams", "schedule.teams", ("schedule.team", "schedule.team_join")),
    ("Rooms", "schedule.rooms", ("schedule.room", "schedule.room_join")),
    ("Etherpads", "schedule.etherpads", ()),
    ("Subscribe", "feeds.subscribe", ()),
    ("Register", "registrations.register", ("registrations.registered", "registrations.page")),
)

# The organizers' pages, below /events/<event>/manage/: group, label, endpoint, further endpoints.
# A feature adds its pages with one line each, beside others of its group; nothing else is needed:
#   - the view carries @access("organizer") and begins with
#     `found = teams.permissions.organized_event(current_user, event)`;
#   - its template extends "manage/base.html" and fills the block `manage`, with `event` given.
# An endpoint that this application does not serve is left out of the menu.
MANAGE_PAGES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("Event", "Home", "manage.home", ()),
    ("Event", "Settings", "setup.settings", ()),
    ("Event", "Links", "setup.links", ()),
    ("Event", "Organizers", "invitations.organizers", ("invitations.change_organizers",)),
    ("Event", "Publish", "setup.status", ()),
    (
        "Hours",
        "Windows",
        "setup.windows",
        ("setup.new_window", "setup.window", "setup.delete_window"),
    ),
    ("Hours", "Sign-up phases", "setup.phases", ("setup.new_phase", "setup.phase", "setup.trial")),
    (
        "Rooms and teams",
        "Rooms",
        "setup.rooms",
        ("setup.new_room", "setup.room", "setup.paste_rooms", "setup.delete_room"),
    ),
    (
        "Rooms and teams",
        "Teams",
        "setup.teams",
        ("setup.new_team", "setup.team", "setup.paste_teams", "setup.delete_team"),
    ),
    ("Rooms and teams", "Projects", "setup.projects", ("setup.change_one_project",)),
    ("Rooms and teams", "Sign-up", "survey.missing", ()),
    ("Rooms and teams", "Conflicts", "manage.overview", ()),
    ("Rooms and teams", "Assignments", "manage.assignments", ()),
    ("People", "Registrations", "registrations.manage", ("registrations.change_settings",)),
    (
        "People",
        "Import",
        "registrations.import_page",
        ("registrations.upload", "registrations.import_file", "registrations.import_rows_of"),
    ),
    ("People", "Statistics", "manage.statistics_page", ()),
    ("People", "Report", "manage.report", ()),
    ("People", "Privacy", "registrations.privacy_page", ("registrations.keep_for",)),
    ("Live", "Messages", "manage.messages", ()),
    ("Record", "Tokens", "accounts.event_tokens", ()),
    ("Record", "Webhooks", "webhooks.webhooks", ("webhooks.webhook", "webhooks.change")),
    ("Record", "Audit", "manage.audit", ()),
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


def manage_nav(event: Any) -> list[tuple[str, list[NavItem]]]:
    """The organizers' pages of `event` that this application serves, by group."""
    groups: dict[str, list[NavItem]] = {}
    for group, label, endpoint, during in MANAGE_PAGES:
        if endpoint in current_app.view_functions:
            url = url_for(endpoint, event=event.slug)
            current = request.endpoint in {endpoint, *during}
            groups.setdefault(group, []).append(NavItem(label, url, current=current))
    return list(groups.items())


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
