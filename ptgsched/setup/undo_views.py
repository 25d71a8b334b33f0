"""Changes of settings, links and phases taken back, by a button in the toast that tells of them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.setup.blueprint import blueprint
from ptgsched.setup.phases import settings_change_after, undo_change
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.limits import limiter, writes

PAGES = {"phases": "setup.phases", "links": "setup.links"}


@blueprint.post("/events/<event>/manage/undo/<int:cursor>")
@access("organizer")
@limiter.limit(writes)
def undo_settings(event: str, cursor: int) -> Response:
    """Set back what a change changed, and show it."""
    found = organized_event(current_user, event)
    changed = undo_change(found, cursor, actor=web_actor(current_user, found), at=now())
    db.session.commit()
    flash("It is as it was before.", "success")
    back = next((PAGES[name] for name in changed if name in PAGES), "setup.settings")
    return redirect(url_for(back, event=event), 303)


def undoable(event: Event, text: str, since: int) -> Any:
    """`text` as a toast; with a button, if a setting was changed behind the cursor `since`."""
    cursor = settings_change_after(event, since)
    if cursor is None:
        return text
    back = url_for("setup.undo_settings", event=event.slug, cursor=cursor)
    return {"text": text, "post": back, "label": "Undo"}
