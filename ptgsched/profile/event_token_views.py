"""The tokens of an event, for its organizers: who gave which program what, and an end to it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ptgsched.accounts.blueprint import blueprint
from ptgsched.accounts.tokens import revoke_token
from ptgsched.db import begin_write, db
from ptgsched.profile import queries
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.limits import limiter, writes
from ptgsched.web.zones import reader_zone


@blueprint.get("/events/<event>/manage/tokens")
@access("organizer")
def event_tokens(event: str) -> str:
    """All that may write to this event alone, whoever made them."""
    found = organized_event(current_user, event)
    return render_template(
        "accounts/event_tokens.html",
        event=found,
        tokens=queries.tokens_for(found, now()),
        zone=reader_zone(found.timezone),
    )


@blueprint.post("/events/<event>/manage/tokens/<int:number>/revoke")
@access("organizer")
@limiter.limit(writes)
def revoke_event_token(event: str, number: int) -> Response:
    """Revoke it at once; its owner may make another as long as they have a role."""
    begin_write()
    found = organized_event(current_user, event)
    token = queries.token_for(found, number)
    revoke_token(token, actor=web_actor(current_user, found), at=now())
    db.session.commit()
    flash(f"The token {token.name} is revoked; programs that use it are refused.", "success")
    return redirect(url_for("accounts.event_tokens", event=found.slug), 303)
