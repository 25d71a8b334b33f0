"""What goes in and out of the live board: fields, and examples of them."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from ptgsched.api.schemas import Answered
from ptgsched.live.models import Level
from ptgsched.live.operations import LONGEST_TEXT

LONGEST_LINE = 512
LONGEST_NICK = 64
NOT_IN_NICKS = frozenset("\"'<>&#,:@!")


class Flag(fields.Boolean):
    """true or false and nothing that looks like it: who is an operator is not guessed."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def require_nick(nick: str) -> None:
    """Raises ValidationError for what nobody in chat can be called."""
    if not nick.isprintable() or any(char.isspace() or char in NOT_IN_NICKS for char in nick):
        raise ValidationError("Give a nick without spaces, control characters or \"'<>&#,:@!")


class LineRequest(Schema):
    """A chat line, who typed it, and what the channel lets them do."""

    class Meta:
        unknown = RAISE

    nick = fields.String(
        required=True,
        validate=[validate.Length(1, LONGEST_NICK), require_nick],
        metadata={"description": "Who typed it; the same person in any case."},
    )
    line = fields.String(
        required=True,
        validate=validate.Length(0, LONGEST_LINE),
        metadata={"description": "As it was typed."},
    )
    private = Flag(load_default=False, metadata={"description": "To the bot alone."})
    voiced = Flag(load_default=False, metadata={"description": "Has voice (+v)."})
    operator = Flag(load_default=False, metadata={"description": "Is an operator (+o)."})


class TopicRequest(Schema):
    """What is on."""

    class Meta:
        unknown = RAISE

    text = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_TEXT),
        metadata={"description": "One line."},
    )


class NoticesRequest(Schema):
    """How far the notices have arrived."""

    class Meta:
        unknown = RAISE

    after = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 2**31 - 1),
        metadata={"description": "The highest `id` that was passed on; 0 at the first time."},
    )


class TopicSchema(Answered):
    """What a team is at, or will be."""

    text = fields.String(required=True)
    at = fields.DateTime(required=True, metadata={"description": "When it was set."})
    by = fields.String(required=True, metadata={"description": "By whom, as in the journal."})


class MessageSchema(Answered):
    """A message of the day."""

    level = fields.String(required=True, validate=validate.OneOf([str(level) for level in Level]))
    text = fields.String(required=True)


class LiveSchema(Answered):
    """The board, by slugs of teams.  What belongs to a day is gone on the next event day."""

    revision = fields.Integer(required=True, metadata={"description": "The event's live_revision."})
    messages = fields.List(
        fields.Nested(MessageSchema), required=True, metadata={"description": "In order."}
    )
    now = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(TopicSchema),
        required=True,
        metadata={"description": "What is on, one for each team."},
    )
    next = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(TopicSchema)),
        required=True,
        metadata={"description": "What comes next, in order."},
    )
    locations = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "Where teams are today, in free text."},
    )
    checkins = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "How many people are checked in."},
    )


class ToldSchema(Answered):
    """A line for one person, in private."""

    to = fields.String(required=True, metadata={"description": "The nick, as its owner wrote it."})
    text = fields.String(required=True)


class LineAnswerSchema(Answered):
    """What the line is answered with."""

    reply = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Without a nick before it; null: say nothing."},
    )
    notices = fields.List(
        fields.Nested(ToldSchema),
        required=True,
        metadata={"description": "For those who subscribed to what the line set."},
    )


class WaitingSchema(ToldSchema):
    """A line that waits to be passed on."""

    id = fields.Integer(required=True)


class NoticesAnswerSchema(Answered):
    """The lines that wait, oldest first."""

    notices = fields.List(fields.Nested(WaitingSchema), required=True)


TOPIC_REQUEST: dict[str, Any] = {"text": "Attaching volumes"}
LINE_REQUEST: dict[str, Any] = {"nick": "ttx", "line": "#nova now Attaching volumes"}
LINE_ANSWER: dict[str, Any] = {
    "reply": None,
    "notices": [{"to": "lena", "text": "now in #nova (Bexar): Attaching volumes"}],
}
NOTICES_REQUEST: dict[str, Any] = {"after": 41}
NOTICES_ANSWER: dict[str, Any] = {"notices": [{"id": 42, **LINE_ANSWER["notices"][0]}]}
LIVE: dict[str, Any] = {
    "revision": 87,
    "messages": [{"level": "info", "text": "Team photos at 16:00 UTC"}],
    "now": {"nova": {"text": "Attaching volumes", "at": "2026-10-26T13:04:10Z", "by": "chat:ttx"}},
    "next": {"nova": [{"text": "Cells", "at": "2026-10-26T13:05:22Z", "by": "token:nova-bot"}]},
    "locations": {"nova": "Bexar"},
    "checkins": {"nova": 12},
}
