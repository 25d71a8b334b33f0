"""The list of events."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_login import current_user

from ptgsched.events.queries import listed_events
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.zones import reader_zone

blueprint = Blueprint("events", __name__)


@blueprint.get("/")
@access("public")
def index() -> str:
    """Upcoming and past events; who runs one sees it while it is a draft, and may add others."""
    at = now()
    known = current_user.is_authenticated
    listed = listed_events(
        user_id=current_user.id if known else None,
        is_admin=known and current_user.is_admin,
        at=at,
    )
    return render_template(
        "events/index.html",
        coming=[item for item in listed if not item.is_past],
        past=[item for item in reversed(listed) if item.is_past],
        may_create=known and (current_user.is_admin or any(item.managed for item in listed)),
        zone=reader_zone(),
        at=at,
    )
