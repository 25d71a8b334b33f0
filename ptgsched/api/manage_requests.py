"""What a set-up request may hold; what it may say in detail is judged by `ptgsched.setup`."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from ptgsched.api.live_schemas import Flag
from ptgsched.api.parsing import Instant, Name
from ptgsched.events.models import EventStatus, OverlapPolicy, QuotaDay, RoomKind
from ptgsched.schedule.texts import DESCRIPTION_LENGTH
from ptgsched.setup.fields import ADDRESS_LENGTH, MOST_PEOPLE, NAME_LENGTH, SLUG_LENGTH
from ptgsched.setup.rooms import MOST_POSITION
from ptgsched.setup.settings import MOST_HOURS, MOST_LINKS, MOST_PHASES, MOST_REGISTERED
from ptgsched.setup.teams import MOST_HOURS as MOST_HOURS_WANTED
from ptgsched.setup.windows import MOST_SLOTS
from ptgsched.teams.models import TeamKind

MOST_FEATURES = 50
MOST_OFFERED = 1000


class Body(Schema):
    """Fields that are not known are refused, so that a misspelt one is not passed over."""

    class Meta:
        unknown = RAISE


def _text(about: str, most: int, *, least: int = 0, **options: Any) -> fields.String:
    length = validate.Length(least, most)
    return fields.String(validate=length, metadata={"description": about}, **options)


def _one_of(values: Any, about: str) -> fields.String:
    choice = validate.OneOf([str(value) for value in values])
    return fields.String(validate=choice, metadata={"description": about})


def _link(about: str) -> fields.String:
    return _text(f"http(s); null: none. {about}", ADDRESS_LENGTH, allow_none=True)


def _count(about: str, most: int, *, least: int = 0, **options: Any) -> fields.Integer:
    kept = {"validate": validate.Range(least, most), "strict": True, **options}
    return fields.Integer(metadata={"description": about}, **kept)


def _slug() -> fields.String:
    return _text("For addresses, and stays; default: made from the name.", SLUG_LENGTH, least=1)


def _name(*, required: bool) -> fields.String:
    return _text("What people read.", NAME_LENGTH, least=1, required=required)


def day(about: str) -> fields.Date:
    """A date that has to be given."""
    return fields.Date(format="%Y-%m-%d", required=True, metadata={"description": about})


class RoomChange(Body):
    """What is left out stays as it is."""

    name = _name(required=False)
    kind = _one_of(RoomKind, "Default for a new room: other.")
    join_url = _link("A `pwd=` in it is a passcode and keeps it from the public.")
    join_public = Flag(
        allow_none=True, metadata={"description": "null: as the kind has it; not so for zoom."}
    )
    passcode = _text("Never told again; null: none.", NAME_LENGTH, allow_none=True)
    capacity = _count("People; null: not known.", MOST_PEOPLE, allow_none=True)
    description = _text("Text.", DESCRIPTION_LENGTH)
    features = fields.List(
        fields.String(validate=validate.Length(1, NAME_LENGTH)),
        validate=validate.Length(0, MOST_FEATURES),
        metadata={"description": "Such as `recording`."},
    )
    position = _count("Place among the rooms, low first; default: last.", MOST_POSITION)
    offered_slots = fields.List(
        Name(most=32),
        allow_none=True,
        validate=validate.Length(0, MOST_OFFERED),
        metadata={"description": "Codes of the slots it can be booked in; null: all."},
    )


class RoomRequest(RoomChange):
    """A new room."""

    slug = _slug()
    name = _name(required=True)


class TeamChange(Body):
    """What is left out stays as it is."""

    name = _name(required=False)
    kind = _one_of(TeamKind, "Default for a new team: vertical.")
    project = Name(allow_none=True, metadata={"description": "Slug of its project; null: none."})
    color = _text("CSS name or #rrggbb; null: made from the slug.", 32, allow_none=True)
    description = _text("Text.", 1000)
    etherpad_url = _link("Its pad; null: named after event and team.")
    join_url = _link("Its own call, instead of the room's.")
    chat_channel = _text("Such as #openstack-nova.", NAME_LENGTH, allow_none=True)
    expected_attendance = _count("People.", MOST_PEOPLE, allow_none=True)
    hours_wanted = fields.Float(
        allow_none=True,
        validate=validate.Range(0, MOST_HOURS_WANTED),
        metadata={"description": "In all; null: not known."},
    )


class TeamRequest(TeamChange):
    """A new team."""

    slug = _slug()
    name = _name(required=True)


class ProjectChange(Body):
    """What is left out stays as it is."""

    name = _name(required=False)


class ProjectRequest(ProjectChange):
    """A new project."""

    slug = _slug()
    name = _name(required=True)


class WindowChange(Body):
    """What is left out stays as it is; slots whose time stays keep their codes."""

    name = _text("What people read.", NAME_LENGTH)
    start = Instant(metadata={"description": "Start of the first slot, any offset."})
    end = Instant(metadata={"description": "End of the last slot."})
    minutes = _count("Length of a slot; default for a new window: 60.", 24 * 60, least=5)
    gap = _count("Minutes between slots; default for a new window: 0.", 24 * 60)


class WindowRequest(WindowChange):
    """A new window, cut into slots that fill it."""

    code = _text(
        "A letter, then letters and digits: A. With the day it makes the slots' codes, MonA1.",
        8,
        least=1,
        required=True,
    )
    start = Instant(
        required=True,
        metadata={"description": f"Start of the first of at most {MOST_SLOTS} slots, any offset."},
    )
    end = Instant(required=True, metadata={"description": "End of the last slot."})


class PhaseRequest(Body):
    """A sign-up phase."""

    name = _name(required=True)
    opens_at = Instant(required=True, metadata={"description": "Any offset."})
    closes_at = Instant(
        load_default=None, allow_none=True, metadata={"description": "null: stays open."}
    )
    team_kinds = fields.List(
        _one_of(TeamKind, "A kind of teams."),
        load_default=list,
        metadata={"description": "Who may book in it; empty: all."},
    )
    max_hours_per_day = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, MOST_HOURS),
        metadata={"description": "null: no cap."},
    )
    max_hours_total = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, MOST_HOURS),
        metadata={"description": "null: no cap."},
    )


class EventChange(Body):
    """What is left out stays as it is; `phases` and `links` are replaced as a whole."""

    title = _text("One line.", 200, least=1)
    description = _text("Text.", DESCRIPTION_LENGTH)
    status = _one_of(EventStatus, "From draft to published, from there to archived and back.")
    timezone = _text("IANA name; windows keep their instants, days and codes.", 64, least=1)
    quota_day = _one_of(QuotaDay, "What a day is for the daily cap.")
    overlap_policy = _one_of(OverlapPolicy, "What two teams that share people, in parallel, mean.")
    allow_parallel = Flag(metadata={"description": "Whether a team may be in two rooms at once."})
    links = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 60)),
        values=fields.String(allow_none=True, validate=validate.Length(0, ADDRESS_LENGTH)),
        validate=validate.Length(0, MOST_LINKS),
        metadata={
            "description": "Name to http(s) address; names that the service gives itself, such as "
            "calendar, are passed over."
        },
    )
    phases = fields.List(
        fields.Nested(PhaseRequest),
        validate=validate.Length(0, MOST_PHASES),
        metadata={"description": "In order of opening; empty: sign-up is open, without caps."},
    )
    registration_capacity = _count(
        "How many people can come; null: any number. More than before: who waits is confirmed.",
        MOST_REGISTERED,
        allow_none=True,
    )
    registration_opens_at = Instant(
        allow_none=True, metadata={"description": "When people may register; null: at once."}
    )
    registration_closes_at = Instant(
        allow_none=True, metadata={"description": "Until when; null: until the event ends."}
    )
