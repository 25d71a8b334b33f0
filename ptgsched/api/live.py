"""The live board, and the language of chat over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from ptgsched.api import auth
from ptgsched.api import live_schemas as schemas
from ptgsched.api.answers import require_unchanged, stamped_answer, write_answer
from ptgsched.api.base import Answer, read, write
from ptgsched.api.parsing import require_slug
from ptgsched.bot import dispatch
from ptgsched.bot.dispatch import Line
from ptgsched.db import begin_snapshot
from ptgsched.events.models import Event
from ptgsched.live import notices, operations, queries
from ptgsched.live.board import require_open
from ptgsched.live.shapes import live_shape
from ptgsched.teams import permissions
from ptgsched.teams.models import Team
from ptgsched.web.context import links, now

TAG = "Live"
WRITE = "live:write"
BOARD = Answer("The board as it is now.", schemas.LiveSchema, schemas.LIVE)


@read("/events/<event>/live", tag=TAG, answer=schemas.LiveSchema, example=schemas.LIVE)
def live(event: str) -> Response:
    """What is on now and next, messages of the day, where teams are, how many checked in.

    The ETag changes with `live_revision`, with the schedule and with the day.
    """
    found = auth.readable_event(event)
    stamp = queries.stamp(found, now())
    if not request.if_none_match.contains_weak(stamp):
        begin_snapshot()  # the board and its ETag are of one state, whoever posts meanwhile
        stamp = queries.stamp(found, now())
    return stamped_answer(stamp, lambda: live_shape(queries.live(found, now())))


@write(
    "PUT",
    "/events/<event>/live/<team>/now",
    tag=TAG,
    scope=WRITE,
    body=schemas.TopicRequest,
    body_example=schemas.TOPIC_REQUEST,
    answers={200: BOARD},
)
def set_now(event: Event, team: str, body: Mapping[str, Any]) -> Response:
    """Say what a team is at; its list of what comes next is dropped.

    Those who subscribed in chat are told, as of a topic that was set there.
    """
    about = _team(event, team)
    posted = operations.set_now(event, about, body["text"], actor=auth.caller().actor, at=now())
    notices.queue(event, posted, at=now())
    return board_answer(event)


@write(
    "POST",
    "/events/<event>/live/<team>/next",
    tag=TAG,
    scope=WRITE,
    body=schemas.TopicRequest,
    body_example=schemas.TOPIC_REQUEST,
    answers={200: BOARD},
    if_match=True,
)
def add_next(event: Event, team: str, body: Mapping[str, Any]) -> Response:
    """Add to what comes next, at most 20 topics; subscribers are told."""
    about = _team(event, team)
    posted = operations.add_next(event, about, body["text"], actor=auth.caller().actor, at=now())
    notices.queue(event, posted, at=now())
    return board_answer(event)


@write(
    "DELETE",
    "/events/<event>/live/<team>/next",
    tag=TAG,
    scope=WRITE,
    answers={200: BOARD},
)
def clear_next(event: Event, team: str) -> Response:
    """Empty the list of what comes next."""
    about = _team(event, team)
    operations.clear_next(event, about, actor=auth.caller().actor, at=now())
    return board_answer(event)


@write(
    "POST",
    "/events/<event>/live/lines",
    tag=TAG,
    scope=WRITE,
    body=schemas.LineRequest,
    body_example=schemas.LINE_REQUEST,
    answers={
        200: Answer(
            "Also for a line that is refused: the reply says why.",
            schemas.LineAnswerSchema,
            schemas.LINE_ANSWER,
            headers={},
        )
    },
)
def say(event: Event, body: Mapping[str, Any]) -> Response:
    """Pass on a chat line in ptgbot's language; a token bound to teams may not.

    Who may do what follows from `voiced` and `operator`: the caller vouches for them.
    """
    auth.caller().require_organizer(event)
    line = Line(
        nick=body["nick"],
        text=body["line"],
        private=body["private"],
        voiced=body["voiced"],
        operator=body["operator"],
    )
    said = dispatch.answer(event, line, links=links(), at=now(), token_id=auth.caller().token_id)
    return write_answer({"reply": said.reply, "notices": [told._asdict() for told in said.notices]})


@write(
    "POST",
    "/events/<event>/live/notices",
    tag=TAG,
    scope=WRITE,
    body=schemas.NoticesRequest,
    body_example=schemas.NOTICES_REQUEST,
    answers={
        200: Answer(
            "Those after `after`.",
            schemas.NoticesAnswerSchema,
            schemas.NOTICES_ANSWER,
            headers={},
        )
    },
)
def fetch_notices(event: Event, body: Mapping[str, Any]) -> Response:
    """Fetch what subscribers are to be told of topics that were set elsewhere.

    They wait for an hour; those up to `after` are taken as passed on with this token.  Each relay
    has a token of its own and says all of them since its first call, but for what the answer to a
    line told it.
    """
    auth.caller().require_organizer(event)
    token_id = auth.caller().token_id
    waiting = notices.fetch(event, token_id=token_id, after=body["after"], at=now())
    return write_answer(
        {"notices": [{"id": one.id, "to": one.to, "text": one.text} for one in waiting]}
    )


def _team(event: Event, slug: str) -> Team:
    """The team that the caller may speak for.

    Raises NotFound, Forbidden, Stale when If-Match names another board than the one here, and
    Conflict at an archived event.
    """
    team = permissions.team_of(event, require_slug(slug))
    auth.caller().require_team(event, team)
    require_unchanged(lambda: queries.stamp(event, now()))
    require_open(event)
    return team


def board_answer(event: Event) -> Response:
    """The board as it is after a change, with the ETag that a GET gives it."""
    shape = live_shape(queries.live(event, now()))
    return write_answer(shape, etag=queries.stamp(event, now()))
