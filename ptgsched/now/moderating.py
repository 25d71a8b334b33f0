"""The Now page as moderators see it: they say what is on, and take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from ptgsched.attendance.queries import head_counts
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid, NotFound
from ptgsched.events.models import Event, EventStatus
from ptgsched.live import notices, operations, queries
from ptgsched.live.board import require_open
from ptgsched.live.once import is_repeat
from ptgsched.live.shapes import team_facts
from ptgsched.now import boards
from ptgsched.now.blueprint import blueprint
from ptgsched.now.forms import TopicForm
from ptgsched.schedule import queries as schedule
from ptgsched.schedule.journal import lock
from ptgsched.schedule.models import Booking, Change
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import (
    is_organizer,
    led_team_ids,
    require_lead,
    team_of,
    teams_of,
    visible_event,
    web_actor,
)
from ptgsched.web.access import access
from ptgsched.web.context import now
from ptgsched.web.errors import status_of
from ptgsched.web.limits import limiter, writes
from ptgsched.web.zones import reader_zone

TAKEN_BACK = frozenset({"live.now", "live.next", "live.cleaned"})
"""What can be undone: a change of one team's topics."""


def page(event: Event, form: TopicForm | None = None, problems: Sequence[str] = ()) -> str:
    """The page, with the form of those who may post."""
    zone, at = reader_zone(event.timezone), now()
    teams = _teams(event)
    mine = _meeting(event, teams) if teams else []
    on = queries.live(event, at) if teams else None
    return render_template(
        "now/page.html",
        event=event,
        zone=zone,
        at=at,
        board=boards.shown(event, zone),
        teams=teams,
        form=form or _form(teams, mine),
        problems=problems,
        on=on,
        on_slugs={*on.now, *on.next} if on else set(),
        mine=mine,
        counts=head_counts(mine),
        once=uuid4().hex,
    )


@blueprint.post("/events/<event>/now")
@access("lead", opens_filled=True)
@limiter.limit(writes)
def post(event: str) -> Response | tuple[str, int]:
    """Set what is on, add what comes next, start it, empty the list, or clean both."""
    found = visible_event(current_user, event)
    form = _form(_teams(found), ())
    team = team_of(found, request.form.get("team", ""))
    require_lead(current_user, found, team)
    require_open(found)
    back = redirect(url_for("now.page", event=found.slug, team=team.slug, _anchor="post"), 303)
    what, text = request.form.get("do", "now"), form.text.data or ""
    try:
        content = (current_user.id, team.slug, what, text)
        if is_repeat(found, request.form.get("once", uuid4().hex), *content, at=now()):
            db.session.rollback()
            flash("This was posted already; it is on the board once.", "info")
            return back
        before = found.live_revision  # under the lock: what others did is not ours to undo
        said = _do(what, found, team, text)
        cursor, changed = found.cursor, found.live_revision != before
        db.session.commit()
    except (Conflict, Invalid) as error:
        db.session.rollback()
        return page(found, form, form.take(error)), status_of(error)
    _tell(found, said, cursor if changed else None)
    return back


@blueprint.post("/events/<event>/now/undo")
@access("lead")
@limiter.limit(writes)
def undo(event: str) -> Response:
    """Put back what a change replaced or dropped; it is named by its cursor in the journal."""
    found = visible_event(current_user, event)
    line = _line(found, request.args.get("cursor", ""))
    team = team_of(found, str(line.subject))
    require_lead(current_user, found, team)
    lock(found)
    board = queries.live(found, now())
    told = team_facts(team.slug, board.now.get(team.slug), board.next.get(team.slug, ()), None)
    after, before = line.after or {}, line.before or {}
    if any(told[part] != after.get(part) for part in ("now", "next")):
        raise Conflict(f"What {team.name} is at was changed since; see what is there now.")
    operations.put_topics(
        found,
        team,
        now=before["now"]["text"] if before.get("now") else None,
        following=[topic["text"] for topic in before.get("next", ())],
        actor=web_actor(current_user, found, team),
        at=now(),
    )
    db.session.commit()
    flash(f"Undone: {team.name} is as it was.", "success")
    return redirect(url_for("now.page", event=found.slug, team=team.slug, _anchor="post"), 303)


def _do(what: str, event: Event, team: Team, text: str) -> str:
    """One of the buttons; what to say of it.  Raises Conflict and Invalid."""
    how: Any = {"actor": web_actor(current_user, event, team), "at": now()}
    if what == "clean":
        operations.clean(event, [team], **how)
        return f"{team.name} is at nothing now."
    if what == "clear":
        operations.clear_next(event, team, **how)
        return f"Nothing comes next at {team.name}."
    if what == "next":
        notices.queue(event, operations.add_next(event, team, text, **how), at=now())
        return f"Next at {team.name}: {text}"
    act = operations.start_next if what == "start" else operations.set_now
    notices.queue(event, act(event, team, text, **how), at=now())
    return f"Now at {team.name}: {text}"


def _tell(event: Event, said: str, cursor: int | None) -> None:
    """A toast, with a way back where there is one."""
    message: Any = said
    line = _line_at(event, cursor) if cursor is not None else None
    if line is not None:
        address = url_for("now.undo", event=event.slug, cursor=cursor)
        message = {"text": said, "post": address, "label": "Undo"}
    flash(message, "success")


def _line(event: Event, cursor: str) -> Change:
    line = _line_at(event, int(cursor)) if cursor.isdecimal() and len(cursor) < 10 else None
    if line is None:
        raise NotFound("There is no such change of what is on at this event.")
    return line


def _line_at(event: Event, cursor: int) -> Change | None:
    return db.session.scalar(
        select(Change).where(
            Change.event_id == event.id,
            Change.cursor == cursor,
            Change.action.in_(TAKEN_BACK),
            Change.subject.is_not(None),
        )
    )


def _teams(event: Event) -> list[Team]:
    """Those that the reader may speak for, by name."""
    if event.status == EventStatus.ARCHIVED or not current_user.is_authenticated:
        return []
    led = led_team_ids(current_user, event)
    everybody = is_organizer(current_user, event)
    found = [team for team in teams_of(event) if everybody or team.id in led]
    return sorted(found, key=lambda team: team.name.casefold())


def _meeting(event: Event, teams: Sequence[Team]) -> list[Booking]:
    """The sessions of these teams that are on now."""
    running = schedule.bookings(event, since=now(), until=now() + timedelta(microseconds=1))
    return [booking for booking in running if booking.team in teams]


def _form(teams: Sequence[Team], mine: Sequence[Booking]) -> TopicForm:
    """The form as it was sent or as the address fills it; else for a team that meets now."""
    form = TopicForm(formdata=request.values if "team" in request.values else None)
    form.offer(teams)
    if form.team.data is None and teams:
        led = [booking.team.slug for booking in mine]
        form.team.data = led[0] if led else teams[0].slug
    return form
