"""Who is where: for programs that people check in with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import RAISE, Schema, fields, validate

from ptgsched.api import auth
from ptgsched.api.base import write
from ptgsched.api.live import BOARD, WRITE, board_answer
from ptgsched.api.live_schemas import LONGEST_NICK, Flag, require_nick
from ptgsched.api.parsing import require_slug
from ptgsched.errors import NotFound
from ptgsched.events.models import Event
from ptgsched.live import operations, people
from ptgsched.setup.fields import refuse
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import team_of
from ptgsched.text import clean_line
from ptgsched.web.context import now

TAG = "Live"


class CheckInRequest(Schema):
    """Who, and where to: a team, another place, or out; whether to be named there."""

    class Meta:
        unknown = RAISE

    nick = fields.String(
        required=True,
        validate=[validate.Length(1, LONGEST_NICK), require_nick],
        metadata={"description": "The person's nick in chat; the same in any case."},
    )
    team = fields.String(metadata={"description": "Slug: in at this team."})
    place = fields.String(
        validate=validate.Length(1, operations.LONGEST_TEXT),
        metadata={"description": "In at another place, in free text."},
    )
    out = Flag(load_default=False, metadata={"description": "Out of where they were."})
    share = Flag(
        metadata={"description": "Whether the board and ptg.json may name them; at first not."}
    )


REQUEST: dict[str, Any] = {"nick": "lena", "team": "nova"}


@write(
    "POST",
    "/events/<event>/checkins",
    tag=TAG,
    scope=WRITE,
    body=CheckInRequest,
    body_example=REQUEST,
    answers={200: BOARD},
)
def check_in(event: Event, body: Mapping[str, Any]) -> Response:
    """Check somebody in or out, as `in`, `out` and `share` do in chat.

    In public they are a number, until they share their name.  The caller vouches for the nick;
    a token bound to teams may not.
    """
    auth.caller().require_organizer(event)
    asked = [name for name in ("team", "place") if name in body] + ["out"] * body["out"]
    if len(asked) > 1 or not (asked or "share" in body):
        said = "Give one of team, place and out, or share."
        refuse({name: [said] for name in asked or ["team"]})
    nick = body["nick"]
    if "share" in body:
        people.share(event, nick, body["share"], at=now())
    if "team" in body:
        team = _team(event, body["team"])
        people.check_in(event, nick, f"#{team.slug}", team, at=now())
    elif "place" in body:
        people.check_in(event, nick, _place(body["place"]), None, at=now())
    elif body["out"]:
        people.check_out(event, nick, at=now())
    return board_answer(event)


def _place(text: str) -> str:
    place = clean_line(text)
    if not place or place.startswith("#"):
        refuse({"place": ["Give the place in words; a team's as team, by its slug."]})
    return place


def _team(event: Event, slug: str) -> Team:
    try:
        return team_of(event, require_slug(slug))
    except NotFound as error:
        refuse({"team": [error.message]})
