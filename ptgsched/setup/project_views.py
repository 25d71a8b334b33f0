"""Organizers' page of projects: add, rename, delete."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound
from ptgsched.events.models import Event
from ptgsched.setup.blueprint import blueprint
from ptgsched.setup.team_forms import ProjectForm
from ptgsched.setup.teams import (
    add_project,
    change_project,
    project_of,
    projects_of,
    remove_project,
)
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.limits import limiter, writes


@blueprint.route("/events/<event>/manage/projects/", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def projects(event: str) -> AnyResponse:
    """All projects with their teams; posting adds one."""
    found = organized_event(current_user, event)
    form = ProjectForm()
    if request.method == "GET":
        return _page(found, form)
    if not form.validate_on_submit():
        return _page(found, form, status=422)
    try:
        given = {"name": form.name.data}
        made = add_project(found, given, actor=web_actor(current_user, found), at=now())
        db.session.commit()
    except (Invalid, Conflict) as error:
        db.session.rollback()
        return _page(found, form, problems=form.take(error), status=status_of(error))
    flash(f"{made.name} is added.", "success")
    return _back(found)


@blueprint.post("/events/<event>/manage/projects/<project>")
@access("organizer")
@limiter.limit(writes)
def change_one_project(event: str, project: str) -> AnyResponse:
    """Rename it, or delete it: only one without teams goes."""
    found = organized_event(current_user, event)
    which = project_of(found, project)
    actor, at, name = web_actor(current_user, found), now(), which.name
    try:
        if "delete" in request.form:
            remove_project(found, which, actor=actor, at=at)
            said = f"{name} is deleted."
        else:
            given = {"name": request.form.get("name", "")}
            change_project(found, which, given, actor=actor, at=at)
            said = f"{which.name} is saved."
        db.session.commit()
    except (Invalid, Conflict, NotFound) as error:
        db.session.rollback()
        form = ProjectForm(formdata=None)
        return _page(found, form, problems=[error.message], status=status_of(error))
    flash(said, "success")
    return _back(found)


def _back(event: Event) -> AnyResponse:
    return redirect(url_for("setup.projects", event=event.slug), 303)


def _page(
    event: Event, form: ProjectForm, *, problems: list[str] | None = None, status: int = 200
) -> Response:
    page = render_template(
        "manage/projects.html",
        event=event,
        projects=projects_of(event),
        form=form,
        problems=problems or [],
    )
    return make_response(page, status)
