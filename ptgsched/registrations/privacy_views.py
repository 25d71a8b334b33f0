"""One's own data: to take along, and to have erased."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from ptgsched.db import db
from ptgsched.registrations import privacy, visitor
from ptgsched.registrations.blueprint import blueprint
from ptgsched.registrations.page_views import registration_at
from ptgsched.registrations.policy import event_end
from ptgsched.registrations.service import letters
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.csrf import asks_for_itself
from ptgsched.web.errors import to_json
from ptgsched.web.files import download
from ptgsched.web.limits import limiter, writes
from ptgsched.web.personal import personal


@blueprint.get("/registrations/<token>/data.json")
@personal
@access("public")
@limiter.limit(writes)
def own_data(token: str) -> Response:
    """All that is kept of the person, as a file."""
    registration = registration_at(token)
    body = to_json(privacy.own_data(registration))
    return download(body, f"registration-{registration.event.slug}.json", "application/json")


@blueprint.get("/registrations/<token>/erase")
@personal
@access("public")
def ask_erase(token: str) -> str:
    """Say what is lost, and that it cannot be undone."""
    registration = registration_at(token)
    return render_template(
        "registrations/erase.html",
        event=registration.event,
        registration=registration,
        token=token,
        is_over=now() >= event_end(registration.event),
    )


@blueprint.post("/registrations/<token>/erase")
@asks_for_itself
@personal
@access("public")
@limiter.limit(writes)
def erase(token: str) -> AnyResponse:
    """Erase it; the next on the waitlist has the place."""
    registration = registration_at(token)
    slug = registration.event.slug
    visitor.forget(registration)
    privacy.erase(registration, at=now(), letters=letters())
    db.session.commit()
    flash("Your data are erased; nobody can bring them back.", "success")
    return redirect(url_for("registrations.register", event=slug), 303)
