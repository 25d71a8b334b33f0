"""The booking form: what was typed, kept as typed, and the proposal it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length

from ptgsched.events.models import Room, Slot
from ptgsched.schedule.models import Booking
from ptgsched.schedule.operations import propose
from ptgsched.schedule.policy import Proposal
from ptgsched.schedule.texts import DESCRIPTION_LENGTH, REASON_LENGTH, TITLE_LENGTH
from ptgsched.teams.models import Team
from ptgsched.timewords import clock, day
from ptgsched.web.forms import BaseForm, line, lines


class BookingForm(BaseForm):
    """Booking and changing alike; what can be chosen comes from the event, by `offer`.

    Its values come from a link as well as from a post, so the token is left to the service-wide
    check of every POST.
    """

    class Meta(BaseForm.Meta):
        """See above."""

        csrf = False

    team = SelectField("Team", validate_choice=False)
    room = SelectField("Room", validate_choice=False)
    first = SelectField("From", validate_choice=False)
    last = SelectField("Until", validate_choice=False)
    title = StringField(
        "Topic",
        filters=[line],
        validators=[Length(max=TITLE_LENGTH, message="At most %(max)d characters.")],
    )
    description = TextAreaField(
        "Description",
        filters=[lines],
        validators=[Length(max=DESCRIPTION_LENGTH, message="At most %(max)d characters.")],
    )
    with_teams = SelectMultipleField("Joint with", validate_choice=False)
    override = StringField(
        "Reason to book all the same",
        filters=[line],
        validators=[Length(max=REASON_LENGTH, message="At most %(max)d characters.")],
    )
    sequence = HiddenField()
    back = HiddenField()

    _teams: Mapping[str, Team]
    _rooms: Mapping[str, Room]
    _slots: Mapping[str, Slot]

    def offer(
        self, teams: Sequence[Team], rooms: Sequence[Room], slots: Sequence[Slot], *, zone: str
    ) -> None:
        """What can be chosen, with the times of slots in the reader's zone."""
        self._teams = {team.slug: team for team in teams}
        self._rooms = {room.slug: room for room in rooms}
        self._slots = {slot.code.casefold(): slot for slot in slots}
        self.room.choices = [(room.slug, _room_label(room)) for room in rooms]
        self.with_teams.choices = [(team.slug, team.name) for team in teams]
        begins: dict[str, list[tuple[str, str]]] = {}
        ends: dict[str, list[tuple[str, str]]] = {}
        for slot in slots:
            window = _window_label(slot)
            begins.setdefault(window, []).append((slot.code, _label(slot, slot.starts_at, zone)))
            ends.setdefault(window, []).append((slot.code, _label(slot, slot.ends_at, zone)))
        self.first.choices = begins
        self.last.choices = ends
        # Browsers choose the first of a list that holds nothing of what was typed.
        if self.room.data not in self._rooms:
            self.room.choices.insert(0, ("", "Choose a room"))
        if not (self._slot(self.first.data) and self._slot(self.last.data)):
            nothing = {"": [("", "Choose a slot")]}
            self.first.choices, self.last.choices = nothing | begins, nothing | ends

    def validate_team(self, field: Any) -> None:
        """Known; who may book for it is the view's question."""
        if field.data not in self._teams:
            raise ValidationError(_missing("team", field.data))

    def validate_room(self, field: Any) -> None:
        """Known."""
        if field.data not in self._rooms:
            raise ValidationError(_missing("room", field.data))

    def validate_first(self, field: Any) -> None:
        """Known."""
        if not self._slot(field.data):
            raise ValidationError(_missing("slot", field.data))

    def validate_last(self, field: Any) -> None:
        """Known, not before the first, and of the same window."""
        first, last = self._slot(self.first.data), self._slot(field.data)
        if last is None:
            raise ValidationError(_missing("slot", field.data))
        if first is None:
            return
        if first.window_id != last.window_id:
            raise ValidationError(
                f"{first.code} and {last.code} are in different windows; "
                "book each stretch on its own."
            )
        if last.starts_at < first.starts_at:
            raise ValidationError(f"{last.code} is before {first.code}; it ends before it begins.")

    def validate_with_teams(self, field: Any) -> None:
        """All known."""
        unknown = [slug for slug in field.data or () if slug not in self._teams]
        if unknown:
            raise ValidationError(_missing("team", ", ".join(unknown)))

    @property
    def is_filled(self) -> bool:
        """Whether it says enough to judge it."""
        return bool(self.team.data and self.room.data and self.first.data)

    def forget_errors(self) -> None:
        """Show no complaint: the form was only opened."""
        for field in self:
            field.errors = ()

    @property
    def topic(self) -> str:
        """The title, tidied; empty when there is none."""
        return self.title.data or ""

    @property
    def details(self) -> str:
        """The description, tidied; empty when there is none."""
        return self.description.data or ""

    @property
    def way_back(self) -> str:
        """The query of the grid that the form was opened from."""
        return self.back.data or ""

    def chosen_slots(self) -> list[Slot]:
        """From the first to the last, in time order; the form is valid."""
        first, last = self._slot(self.first.data), self._slot(self.last.data)
        if first is None or last is None:
            return []
        inside = (s for s in self._slots.values() if s.window_id == first.window_id)
        return [slot for slot in inside if first.number <= slot.number <= last.number]

    def chosen_team(self) -> Team | None:
        """The team asked for, if it is one."""
        return self._teams.get(self.team.data or "")

    def proposal(self, replaces: Booking | None = None) -> Proposal:
        """What a valid form asks for."""
        return propose(
            self._teams[self.team.data],
            self._rooms[self.room.data],
            self.chosen_slots(),
            [self._teams[slug] for slug in self.with_teams.data or ()],
            replaces,
        )

    def _slot(self, code: str | None) -> Slot | None:
        return self._slots.get((code or "").casefold())


class ReleaseForm(BaseForm):
    """Releasing a session that is over, and why."""

    reason = StringField(
        "Reason",
        filters=[line],
        validators=[
            DataRequired("Say why this is released."),
            Length(max=REASON_LENGTH, message="At most %(max)d characters."),
        ],
    )


def booking_values(booking: Booking) -> dict[str, Any]:
    """A booking as the form's values."""
    return {
        "team": booking.team.slug,
        "room": booking.room.slug,
        "first": booking.slot_codes[0],
        "last": booking.slot_codes[-1],
        "title": booking.title,
        "description": booking.description,
        "with_teams": [team.slug for team in booking.with_teams],
        "sequence": str(booking.sequence),
    }


def with_range(values: MultiDict[str, str], slots: Sequence[Slot]) -> MultiDict[str, str]:
    """Links name ``slots=MonA1&slots=MonA2``; the form asks from and until: one into the other."""
    values = values.copy()
    codes = {
        code.strip().casefold(): code.strip()
        for entry in values.poplist("slots")
        for code in entry.split(",")
        if code.strip()
    }
    if codes and not values.get("first"):
        known = [slot.code for slot in slots if slot.code.casefold() in codes]
        unknown = [typed for code, typed in codes.items() if not _has(known, code)]
        values["first"] = unknown[0] if unknown else known[0]
        values.setdefault("last", (known or unknown)[-1])
    if values.get("first") and not values.get("last"):
        values["last"] = values["first"]
    return values


def _has(codes: Sequence[str], folded: str) -> bool:
    return any(code.casefold() == folded for code in codes)


def _room_label(room: Room) -> str:
    return room.name if room.capacity is None else f"{room.name} (for {room.capacity})"


def _window_label(slot: Slot) -> str:
    window = slot.window
    stretch = f"{clock(window.starts_at, 'UTC')}-{clock(window.ends_at, 'UTC')} UTC"
    name = f"{window.code} {window.name}".strip()
    return f"{slot.day:%A %-d %b} · {name} · {stretch}"


def _label(slot: Slot, at: datetime, zone: str) -> str:
    return f"{day(at, zone)} {clock(at, zone)} · {slot.code}"


def _missing(what: str, typed: str | None) -> str:
    if not typed:
        return f"Choose a {what}."
    return f"There is no {what} “{typed[:60]}” at this event."
