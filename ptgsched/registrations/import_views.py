"""Organizers import a table of people: upload, name the columns, look, rehearse, take in.

The file waits in the database between the steps, for its uploader alone and for a day at most.
"""

from __future__ import annotations

from contextlib import closing

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import delete
from werkzeug.wrappers import Response as AnyResponse

from ptgsched.db import begin_write, db
from ptgsched.errors import Invalid, NotFound, PtgschedError
from ptgsched.events.models import Event
from ptgsched.registrations import privacy
from ptgsched.registrations.blueprint import blueprint
from ptgsched.registrations.import_forms import ColumnsForm, UploadForm, guessed
from ptgsched.registrations.imports import Report, import_rows, read_rows
from ptgsched.registrations.keeping import Upload
from ptgsched.registrations.owed import Owed
from ptgsched.registrations.rows import Row
from ptgsched.registrations.tables import Table, UnreadableTable, table_of, text_of
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.text import clean_line
from ptgsched.web.access import access, takes_up_to
from ptgsched.web.context import now
from ptgsched.web.limits import limiter, writes
from ptgsched.web.personal import personal

MOST_BYTES = 5_000_000
ENVELOPE = 10_000  # bytes that a form has around its file
SHOWN = 8  # rows of the preview
REPORTED = 200  # rows that need a look, on the page


@blueprint.get("/events/<event>/manage/registrations/import")
@personal
@access("organizer")
def import_page(event: str) -> str:
    """Choose a file."""
    found = organized_event(current_user, event)
    return _upload_page(found, UploadForm(), [])


@blueprint.post("/events/<event>/manage/registrations/import")
@personal
@takes_up_to(MOST_BYTES + ENVELOPE)
@access("organizer")
@limiter.limit(writes)
def upload(event: str) -> AnyResponse:
    """Keep the file for the next steps."""
    found = organized_event(current_user, event)
    form = UploadForm()
    if not form.validate():
        return make_response(_upload_page(found, form, []), 422)
    try:
        with closing(form.file.data) as file:
            text = text_of(file.read())
        table_of(text)
    except UnreadableTable as error:
        return make_response(_upload_page(found, form, [error.message]), 422)
    begin_write()
    privacy.forget_uploads(now())
    kept = Upload(
        event_id=found.id,
        user_id=current_user.id,
        name=clean_line(form.file.data.filename or "")[:200] or "table",
        text=text,
        at=now(),
    )
    db.session.add(kept)
    db.session.commit()
    return redirect(url_for("registrations.import_file", event=found.slug, number=kept.id), 303)


@blueprint.get("/events/<event>/manage/registrations/import/<int:number>")
@personal
@access("organizer")
def import_file(event: str, number: int) -> str:
    """Which column is which, and the first rows as they would be read."""
    found = organized_event(current_user, event)
    kept = _upload(found, number)
    table = table_of(kept.text)
    form = ColumnsForm(data=guessed(table.headings))
    form.offer(table.headings)
    return _file_page(found, kept, table, form, [])


@blueprint.post("/events/<event>/manage/registrations/import/<int:number>")
@personal
@access("organizer")
@limiter.limit(writes)
def import_rows_of(event: str, number: int) -> AnyResponse:
    """Look again with other columns, rehearse, or take the rows in."""
    found = organized_event(current_user, event)
    kept = _upload(found, number)
    table = table_of(kept.text)
    form = ColumnsForm()
    form.offer(table.headings)
    step = request.form.get("step", "look")
    if not form.validate():
        return make_response(_file_page(found, kept, table, form, []), 422)
    if step == "look":
        return make_response(_file_page(found, kept, table, form, []))
    at = now()
    try:
        rows = read_rows(table, form.columns(), found, at=at)
        report = import_rows(
            found,
            rows,
            actor=web_actor(current_user, found),
            at=at,
            letters=Owed() if form.mail.data else None,
        )
        if step != "import":
            db.session.rollback()
            found = organized_event(current_user, event)
            kept = _upload(found, number)
            return make_response(_file_page(found, kept, table, form, [], report))
        db.session.execute(delete(Upload).where(Upload.id == number))
        db.session.commit()
    except PtgschedError as error:
        db.session.rollback()
        found = organized_event(current_user, event)
        page = _file_page(found, _upload(found, number), table, form, form.take(error))
        return make_response(page, 422)
    return make_response(_report_page(found, report))


@blueprint.post("/events/<event>/manage/registrations/import/<int:number>/discard")
@personal
@access("organizer")
@limiter.limit(writes)
def discard(event: str, number: int) -> AnyResponse:
    """Drop the uploaded file."""
    found = organized_event(current_user, event)
    kept = _upload(found, number)
    begin_write()
    db.session.delete(kept)
    db.session.commit()
    flash("The file is dropped; nobody was registered.", "success")
    return redirect(url_for("registrations.manage", event=found.slug), 303)


def _upload(event: Event, number: int) -> Upload:
    kept = db.session.get(Upload, number) if number < 2**31 else None
    if kept is None or kept.event_id != event.id or kept.user_id != current_user.id:
        raise NotFound("This file is not here any more; upload it again.")
    return kept


def _upload_page(event: Event, form: UploadForm, problems: list[str]) -> str:
    return render_template(
        "manage/import.html", event=event, form=form, problems=problems, kept=None, report=None
    )


def _file_page(
    event: Event,
    kept: Upload,
    table: Table,
    form: ColumnsForm,
    problems: list[str],
    report: Report | None = None,
) -> str:
    return render_template(
        "manage/import.html",
        event=event,
        kept=kept,
        table=table,
        form=form,
        problems=problems,
        sample=_sample(event, table, form),
        report=report,
        reported=REPORTED,
        rehearsed=report is not None,
    )


def _sample(event: Event, table: Table, form: ColumnsForm) -> list[Row]:
    try:
        columns = form.columns()
    except Invalid:
        return []
    few = Table(table.headings, table.lines[:SHOWN], table.separator)
    return read_rows(few, columns, event, at=now())


def _report_page(event: Event, report: Report) -> Response:
    body = render_template(
        "manage/import.html",
        event=event,
        kept=None,
        form=None,
        problems=[],
        report=report,
        reported=REPORTED,
        rehearsed=False,
    )
    return make_response(body)
