"""Registrations as files for organizers; that they were fetched is on record."""

from __future__ import annotations

from flask import Response
from flask_login import current_user

from ptgsched.accounts.audit import record
from ptgsched.db import begin_write, db
from ptgsched.errors import NotFound
from ptgsched.registrations import exports
from ptgsched.registrations.blueprint import blueprint
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.files import CSV, download
from ptgsched.web.limits import limiter, writes
from ptgsched.web.personal import personal


@blueprint.get("/events/<event>/manage/registrations.<kind>")
@personal
@access("organizer")
@limiter.limit(writes)
def export(event: str, kind: str) -> Response:
    """All registrations of the event, as a table."""
    found = organized_event(current_user, event)
    if kind not in {"csv", "xlsx"}:
        raise NotFound("Registrations are .csv or .xlsx.")
    begin_write()
    rows = exports.registrations(found)
    actor = web_actor(current_user, found)
    facts = {"people": len(rows), "as": kind}
    record(found, actor, "registrations.exported", facts, now())
    db.session.commit()  # before the file is made, so that nobody waits for it to write
    if kind == "csv":
        body, content_type = exports.as_csv(rows), CSV
    else:
        body, content_type = exports.as_xlsx(rows, title=found.title), exports.XLSX
    return download(body, f"{found.slug}-registrations.{kind}", content_type)
