"""What the document says of the shapes that go out; `shapes` makes them, faster than a dump."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, INCLUDE, Schema, fields, validate

from ptgsched.events.models import EventStatus, OverlapPolicy, QuotaDay, RoomKind
from ptgsched.schedule.models import BookingStatus
from ptgsched.schedule.policy import ADVICE, RULES
from ptgsched.teams.models import TeamKind

RULE_NAMES = [rule.__name__ for rule in RULES]
ADVICE_NAMES = [rule.__name__.removesuffix("_advice") for rule in ADVICE]


class Answered(Schema):
    """Anything that goes out: fields may be added, none is left out."""

    class Meta:
        unknown = EXCLUDE


def _text(about: str = "", **options: Any) -> fields.String:
    metadata = {"description": about} if about else {}
    return fields.String(required=True, metadata=metadata, **options)


def _link(about: str = "", **options: Any) -> fields.String:
    metadata = {"format": "uri", **({"description": about} if about else {})}
    return fields.String(required=True, metadata=metadata, **options)


def _number(about: str = "", **options: Any) -> fields.Integer:
    return fields.Integer(required=True, metadata={"description": about}, **options)


def _instant(about: str = "RFC 3339, UTC.", **options: Any) -> fields.DateTime:
    return fields.DateTime(required=True, metadata={"description": about}, **options)


def _one_of(values: Any, about: str = "") -> fields.String:
    choice = validate.OneOf([str(value) for value in values])
    return fields.String(required=True, validate=choice, metadata={"description": about})


def _list(inner: Any, about: str = "") -> fields.List[Any]:
    return fields.List(inner, required=True, metadata={"description": about})


def _day(about: str) -> fields.Date:
    return fields.Date(required=True, metadata={"description": about})


def _next() -> fields.String:
    return _link("The next page; null on the last.", allow_none=True)


class ViolationSchema(Schema):
    """A rule that forbids it, or (a warning) only advises; the facts depend on the rule."""

    class Meta:
        unknown = INCLUDE

    rule = _one_of(dict.fromkeys([*RULE_NAMES, *ADVICE_NAMES]), "Stable name.")
    message = _text("For people; times in UTC.")


class ProblemSchema(Schema):
    """RFC 9457; further members are facts of the problem."""

    class Meta:
        unknown = INCLUDE

    type = _text("`about:blank`")
    title = _text("The status in words.")
    status = _number("The HTTP status.")
    code = _text("Stable, for programs.")
    detail = _text("For people: what to change.")
    fields_ = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        data_key="fields",
        metadata={"description": "What is wrong with each field."},
    )
    violations = fields.List(
        fields.Nested(ViolationSchema), metadata={"description": "ALL the rules that forbid it."}
    )
    warnings = fields.List(fields.Nested(ViolationSchema))


class WindowSchema(Answered):
    """A block of working hours; belongs to the event day it starts on."""

    code = _text()
    name = _text()
    day = _day("The event's day, also past midnight UTC.")
    start = _instant()
    end = _instant()
    slots = _list(fields.String(), "Codes of its slots, in order.")


class PhaseSchema(Answered):
    """A stretch of sign-up; the newest open one for the team's kind rules."""

    name = _text()
    opens_at = _instant()
    closes_at = _instant("Null: stays open.", allow_none=True)
    team_kinds = _list(fields.String(), "Empty: all kinds.")
    max_hours_per_day = fields.Float(required=True, allow_none=True)
    max_hours_total = fields.Float(required=True, allow_none=True)


class CountsSchema(Answered):
    """How much there is; released bookings do not count."""

    teams = _number()
    rooms = _number()
    slots = _number()
    bookings = _number()


class EventSchema(Answered):
    """A gathering.  A revision rises with every change of what it stands for."""

    slug = _text()
    title = _text()
    description = _text()
    kind = _text("virtual-ptg, ptg, summit, …")
    timezone = _text("IANA name of the event's own zone.")
    starts_on = _day("First day, in the event's zone.")
    ends_on = _day("Last day.")
    status = _one_of(EventStatus)
    quota_day = _one_of(QuotaDay, "What a day is for the daily cap.")
    overlap_policy = _one_of(OverlapPolicy, "What two teams that share people, in parallel, mean.")
    allow_parallel = fields.Boolean(
        required=True, metadata={"description": "Whether a team may be in two rooms at once."}
    )
    schedule_revision = _number()
    live_revision = _number()
    windows = _list(fields.Nested(WindowSchema))
    phases = _list(fields.Nested(PhaseSchema), "Empty: sign-up is open, without caps.")
    registration_capacity = _number("How many people can come; null: any number.", allow_none=True)
    registration_opens_at = _instant("Null: people may register at once.", allow_none=True)
    registration_closes_at = _instant("Null: until the event ends.", allow_none=True)
    counts = fields.Nested(CountsSchema, required=True)
    url = _link("The schedule page.")
    links = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class SlotSchema(Answered):
    """The unit of booking."""

    code = _text("Unique in the event.")
    day = _day("The event's day, also past midnight UTC.")
    window = _text("Code of its window.")
    start = _instant()
    end = _instant()


class RoomSchema(Answered):
    """A place to meet, physical or a call."""

    slug = _text()
    name = _text()
    kind = _one_of(RoomKind)
    capacity = _number("People; null: not known.", allow_none=True)
    description = _text()
    features = _list(fields.String())
    join_url = _link("Null unless anybody may see it; never a passcode.", allow_none=True)
    join_page = _link("Its short address: sends on those who may enter, in their time.")
    url = _link("Its page.")


class TeamSchema(Answered):
    """Who books."""

    slug = _text()
    name = _text()
    project = _text("Slug of its project.", allow_none=True)
    kind = _one_of(TeamKind, "Horizontal teams sign up first.")
    description = _text()
    color = _text("#rrggbb")
    etherpad_url = _link()
    join_url = _link("Its own call; null: the booking's room.", allow_none=True)
    chat_channel = _text(allow_none=True)
    expected_attendance = _number(allow_none=True)
    hours_wanted = fields.Float(
        required=True, allow_none=True, metadata={"description": "As its survey says."}
    )
    survey_complete = fields.Boolean(required=True)
    url = _link("Its page.")


class BookingSchema(Answered):
    """A team's session; `uid` stays through every move, `sequence` rises with each change."""

    uid = fields.UUID(required=True, metadata={"description": "Also the UID of its VEVENT."})
    event = _text("Slug.")
    team = _text("Slug of the team that holds it.")
    with_teams = _list(fields.String(), "Slugs of the teams that join.")
    room = _text("Slug.")
    slots = _list(fields.String(), "Codes, in order.")
    start = _instant()
    end = _instant()
    title = _text()
    description = _text()
    status = _one_of(BookingStatus)
    sequence = _number("From 0; as in its VEVENT.")
    created = _instant()
    updated = _instant()
    join_url = _link("The one link to click.", allow_none=True)
    etherpad_url = _link(allow_none=True)
    url = _link("Its page.")


class BookingAnswerSchema(BookingSchema):
    """The booking, and what is worth knowing though it did not forbid it."""

    warnings = _list(fields.Nested(ViolationSchema))


class DryRunSchema(Answered):
    """What would become of it.  Nothing was changed; a new booking would get another `uid`."""

    allowed = fields.Boolean(required=True, metadata={"enum": [True]})
    warnings = _list(fields.Nested(ViolationSchema))
    booking = fields.Nested(BookingSchema, required=True)


class ScheduleSchema(Answered):
    """Everything at once; filters narrow `bookings` only."""

    event = _text("Slug.")
    timezone = _text("The event's own zone.")
    revision = _number("The event's schedule_revision.")
    slots = _list(fields.Nested(SlotSchema))
    rooms = _list(fields.Nested(RoomSchema))
    teams = _list(fields.Nested(TeamSchema))
    bookings = _list(fields.Nested(BookingSchema), "In order of start and room.")


class OpeningSchema(SlotSchema):
    """A slot as one team finds it: it can book each of `rooms` when `barred` is empty."""

    rooms = _list(fields.String(), "Slugs of the rooms that are offered and free.")
    barred = _list(fields.Nested(ViolationSchema), "Why this team cannot book it in any room.")


class AvailabilitySchema(Answered):
    """Every slot of the event, for one team."""

    event = _text("Slug.")
    team = _text("Slug.")
    revision = _number("The schedule_revision it was judged on.")
    items = _list(fields.Nested(OpeningSchema))
    next = _next()


class EventListSchema(Answered):
    """A page of events."""

    items = _list(fields.Nested(EventSchema))
    next = _next()


class SlotListSchema(Answered):
    """A page of slots."""

    items = _list(fields.Nested(SlotSchema))
    next = _next()


class RoomListSchema(Answered):
    """A page of rooms."""

    items = _list(fields.Nested(RoomSchema))
    next = _next()


class TeamListSchema(Answered):
    """A page of teams."""

    items = _list(fields.Nested(TeamSchema))
    next = _next()
