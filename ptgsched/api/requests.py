"""What requests may hold: bodies refuse what they don't know, query strings pass over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate, validates_schema

from ptgsched.api.parsing import Instant, Name
from ptgsched.schedule.texts import DESCRIPTION_LENGTH, REASON_LENGTH, TITLE_LENGTH

MOST_SLOTS = 100
MOST_TEAMS = 64
MOST_ROWS = 500
MOST_OFFSET = 1_000_000
EITHER = "Give either slots, or start and end."


class Query(Schema):
    """A query string."""

    class Meta:
        unknown = EXCLUDE


class PageQuery(Query):
    """Which part of a list."""

    limit = fields.Integer(
        validate=validate.Range(1, MOST_ROWS),
        metadata={"description": "At most so many; default: all."},
    )
    offset = fields.Integer(
        load_default=0,
        validate=validate.Range(0, MOST_OFFSET),
        metadata={"description": "So many are left out before; `next` has it."},
    )


class ScheduleQuery(Query):
    """Which bookings; all that is given has to hold."""

    team = Name(metadata={"description": "A team's, those it joins included."})
    room = Name(metadata={"description": "Those in this room."})
    project = Name(metadata={"description": "Those of a project's teams."})
    since = Instant(data_key="from", metadata={"description": "Those that end after this instant."})
    until = Instant(data_key="to", metadata={"description": "Those that start before it."})
    cancelled = fields.Boolean(
        load_default=False, metadata={"description": "With those that were released."}
    )

    @validates_schema
    def _in_order(self, data: Mapping[str, Any], **_options: Any) -> None:
        since, until = data.get("since"), data.get("until")
        if since is not None and until is not None and until <= since:
            raise ValidationError("This is not after `from`.", "to")


class TeamQuery(Query):
    """For which team."""

    team = Name(required=True, metadata={"description": "Slug of the team."})


class DryRunQuery(Query):
    """Whether to do it."""

    dry_run = fields.Boolean(
        load_default=False,
        metadata={"description": "Judge only: the same answer when refused, and nothing changes."},
    )


def _asked(inner: type[fields.Field[Any]], about: str, **options: Any) -> fields.Field[Any]:
    return inner(metadata={"description": about}, **options)


def _slugs_or_codes(
    inner: fields.Field[Any], least: int, most: int, about: str
) -> fields.List[Any]:
    length = validate.Length(least, most)
    return fields.List(inner, validate=length, metadata={"description": about})


class Asked(Schema):
    """What a new booking and a change have in common."""

    class Meta:
        unknown = RAISE

    slots = _slugs_or_codes(
        Name(most=32),
        1,
        MOST_SLOTS,
        "Codes of adjacent slots of one window, in any order.",
    )
    start = _asked(Instant, "Instead of slots, with end: the start of a slot, any offset.")
    end = _asked(Instant, "The end of a slot.")
    title = _asked(fields.String, "One line.", validate=validate.Length(0, TITLE_LENGTH))
    description = _asked(fields.String, "Text.", validate=validate.Length(0, DESCRIPTION_LENGTH))
    with_teams = _slugs_or_codes(Name(), 0, MOST_TEAMS, "Slugs of the teams that join.")
    override = _asked(
        fields.String,
        "An organizer's reason for bending the rules; scope manage only, and it is recorded. "
        "Double booking is never bent.",
        validate=validate.Length(1, REASON_LENGTH),
    )

    must_say_when = False

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _says_when_in_one_way(
        self, _data: object, original: Mapping[str, Any], **_options: Any
    ) -> None:
        given = {"slots", "start", "end"} & original.keys()
        if given in ({"slots"}, {"start", "end"}) or not (given or self.must_say_when):
            return
        raise ValidationError({name: [EITHER] for name in sorted(given) or ["slots"]})


class BookingRequest(Asked):
    """A new booking, by slots or by start and end."""

    must_say_when = True
    team = Name(required=True, metadata={"description": "Slug of the team that books."})
    room = Name(required=True, metadata={"description": "Slug of the room."})


class BookingChange(Asked):
    """What is left out stays as it is."""

    room = Name(metadata={"description": "Slug of the room to move to."})
