"""Adding many rooms or teams at once: paste, look at what each line would mean, then save."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectField, TextAreaField

from ptgsched.accounts.sign_in import person
from ptgsched.db import db
from ptgsched.errors import Invalid
from ptgsched.events.models import Event, RoomKind
from ptgsched.invitations.models import Invited
from ptgsched.invitations.operations import invite
from ptgsched.setup.blueprint import blueprint
from ptgsched.setup.bulk import (
    ROOM_COLUMNS,
    TEAM_COLUMNS,
    Fate,
    Report,
    add_rooms,
    add_teams,
    look_at_rooms,
    look_at_teams,
)
from ptgsched.setup.pasting import Column, Pasted, read_pasted
from ptgsched.setup.team_forms import KINDS
from ptgsched.setup.teams import projects_of
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import organized_event, web_actor
from ptgsched.web.access import access
from ptgsched.web.context import links, now
from ptgsched.web.forms import BaseForm
from ptgsched.web.limits import limiter, writes

ROOM_EXAMPLE = """Name,Kind,Seats,Link,Passcode
Bexar,zoom,100,https://zoom.example/j/811,314159
Trinity,meetpad,30,,
Ballroom,physical,200,,"""
TEAM_EXAMPLE = """Name,Kind,Project,People,Chat,Lead
Nova,vertical,OpenStack,45,#openstack-nova,lena@example.org
Zuul,vertical,Zuul,24,#zuul,
Security SIG,horizontal,,16,,omar@example.org"""


class PasteForm(BaseForm):
    """What was pasted, and what holds where a line says nothing."""

    pasted = TextAreaField(
        "One name a line, or a table with headings",
        description="A table may come from a sheet (copy its cells) or a CSV file.",
        render_kw={"rows": 12, "spellcheck": "false", "class": "paste-box"},
    )
    kind = SelectField("Kind, where a line says none")

    @property
    def defaults(self) -> dict[str, Any]:
        """The fields of a line that says nothing else."""
        return {"kind": self.kind.data}


class RoomsForm(PasteForm):
    """Rooms."""

    kind = SelectField(
        "Kind, where a line says none",
        choices={
            RoomKind.ZOOM.value: "Zoom",
            RoomKind.MEETPAD.value: "Meetpad",
            RoomKind.PHYSICAL.value: "On site",
            RoomKind.OTHER.value: "Other",
        },
    )


class TeamsForm(PasteForm):
    """Teams."""

    kind = SelectField(
        "Kind, where a line says none",
        choices=KINDS,
    )
    project = SelectField("Project, where a line says none")

    @property
    def defaults(self) -> dict[str, Any]:
        """Likewise."""
        return {"kind": self.kind.data, "project": self.project.data or None}


@blueprint.route("/events/<event>/manage/rooms/paste", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def paste_rooms(event: str) -> AnyResponse:
    """Many rooms."""
    found = organized_event(current_user, event)
    ways = Ways(look_at_rooms, add_rooms)
    return _paste(found, RoomsForm(), ROOM_COLUMNS, ways, "room", ROOM_EXAMPLE, "setup.rooms")


@blueprint.route("/events/<event>/manage/teams/paste", methods=["GET", "POST"])
@access("organizer")
@limiter.limit(writes, methods=["POST"])
def paste_teams(event: str) -> AnyResponse:
    """Many teams."""
    found = organized_event(current_user, event)
    form = TeamsForm()
    projects = [(project.slug, project.name) for project in projects_of(found)]
    form.project.choices = [("", "None"), *projects]
    add = functools.partial(add_teams, invite=functools.partial(_invite, found))
    ways = Ways(look_at_teams, add)
    return _paste(found, form, TEAM_COLUMNS, ways, "team", TEAM_EXAMPLE, "setup.teams")


def _invite(event: Event, team: Team, role: str, email: str) -> None:
    invite(
        event,
        email=email,
        role=Invited(role),
        team=team,
        by=person(),
        actor=web_actor(person(), event),
        links=links(),
        at=now(),
    )


class Ways(NamedTuple):
    """To say what would become of each row, and to add them."""

    look: Callable[..., Report]
    add: Callable[..., Report]


def _paste(
    event: Event,
    form: PasteForm,
    columns: tuple[Column, ...],
    ways: Ways,
    what: str,
    example: str,
    back: str,
) -> AnyResponse:
    def page(
        report: Report | None = None, pasted: Pasted | None = None, status: int = 200
    ) -> Response:
        body = render_template(
            "manage/paste.html",
            event=event,
            form=form,
            what=what,
            example=example,
            columns=columns,
            report=report,
            pasted=pasted,
            back=url_for(back, event=event.slug),
        )
        return make_response(body, status)

    if request.method == "GET":
        return page()
    if not form.validate_on_submit():
        return page(status=422)
    try:
        pasted = read_pasted(form.pasted.data or "", columns)
    except Invalid as error:
        form.take(error)
        return page(status=422)
    if "save" not in request.form:
        return page(ways.look(event, pasted, form.defaults), pasted)
    actor = web_actor(current_user, event)
    report = ways.add(event, pasted, form.defaults, actor=actor, at=now())
    db.session.commit()
    for fate in (Fate.ADDED, Fate.INVITED):
        if count := report.count(fate):
            done = "added" if fate is Fate.ADDED else "left as before, with people invited"
            flash(f"{count} {what}{'' if count == 1 else 's'} {done}.", "success")
    if not report.wrong:
        return redirect(url_for(back, event=event.slug), 303)
    # What could not be taken stays, to be mended; the rest is done.
    form.pasted.data = pasted.text_of(report.wrong)
    return page(
        Report(tuple(line for line in report.lines if line.fate is Fate.WRONG)), pasted, 422
    )
