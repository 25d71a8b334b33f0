"""The form of a room, and the grid of slots it is offered in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wtforms import RadioField, SelectField, StringField

from ptgsched.events.models import Room, RoomKind, Slot
from ptgsched.setup.form_fields import (
    address_field,
    line_field,
    name_field,
    text_field,
    whole_field,
)
from ptgsched.setup.pasting import words
from ptgsched.setup.rooms import DESCRIPTION_LENGTH, MOST_POSITION
from ptgsched.setup.shapes import offered
from ptgsched.timewords import clock
from ptgsched.web.forms import BaseForm, line

KINDS: dict[str, str] = {
    RoomKind.ZOOM.value: "Zoom: a call with a passcode",
    RoomKind.MEETPAD.value: "Meetpad: its link is made from event and team",
    RoomKind.PHYSICAL.value: "On site",
    RoomKind.OTHER.value: "Another kind of call or place",
}
AS_ITS_KIND = {"": "As its kind has it: not for Zoom, else yes", "yes": "Yes", "no": "No"}
ALL, SOME = "all", "some"


class RoomForm(BaseForm):
    """A room as its organizers know it."""

    name = name_field()
    kind = SelectField("Kind", choices=KINDS, default=RoomKind.ZOOM.value)
    capacity = whole_field("Seats", "How many people it takes; empty: not known.")
    join_url = address_field("Link", "Where people join. A Meetpad room needs none.")
    join_public = SelectField(
        "Everybody may see the link",
        choices=AS_ITS_KIND,
        default="",
        description="Otherwise it goes to registered people in their time. "
        "A link with its passcode in it (pwd=) is never shown.",
    )
    passcode = line_field(
        "Passcode", "Only organizers see it here; participants get it from 24 hours before."
    )
    features = StringField(
        "Features",
        filters=[line],
        description="With commas between: recording, whiteboard, captions.",
        render_kw={"autocomplete": "off"},
    )
    description = text_field("Description", DESCRIPTION_LENGTH)
    position = whole_field(
        "Place in lists",
        "Low numbers come first; empty: as it is, a new room last.",
        most=MOST_POSITION,
    )
    offer = RadioField(
        "Can be booked",
        choices={ALL: "in all slots, also those added later", SOME: "in these slots only"},
        default=ALL,
    )

    def given(self, codes: Sequence[str]) -> dict[str, Any]:
        """The fields that `setup.rooms` takes; `codes` are the slots that are ticked."""
        return {
            "name": self.name.data or "",
            "kind": self.kind.data,
            "capacity": self.capacity.data,
            "join_url": self.join_url.data,
            "join_public": {"yes": True, "no": False}.get(self.join_public.data or ""),
            "passcode": self.passcode.data,
            "features": words(self.features.data or ""),
            "description": self.description.data or "",
            "position": self.position.data,
            "offered_slots": list(codes) if self.offer.data == SOME else None,
        }


def room_values(room: Room) -> dict[str, Any]:
    """What the form says of a room as it is."""
    return {
        "name": room.name,
        "kind": room.kind,
        "capacity": room.capacity,
        "join_url": room.join_url or "",
        "join_public": {True: "yes", False: "no", None: ""}[room.join_public],
        "passcode": room.passcode or "",
        "features": ", ".join(room.features),
        "description": room.description,
        "position": room.position,
        "offer": ALL if room.offered_always else SOME,
    }


@dataclass(frozen=True, slots=True)
class Box:
    """A slot to tick."""

    code: str
    time: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class GridDay:
    """One event day: for each window of the grid its slots, none where it has none."""

    day: date
    windows: Mapping[str, tuple[Box, ...]]


@dataclass(frozen=True, slots=True)
class OfferGrid:
    """The event's slots by day and window."""

    windows: Mapping[str, str]  # code -> name
    days: tuple[GridDay, ...]


def offer_grid(slots: Iterable[Slot], ticked: Collection[str], zone: str) -> OfferGrid:
    """All slots as boxes, those with codes in `ticked` ticked; times in `zone`."""
    days: dict[date, dict[str, list[Box]]] = {}
    names: dict[str, str] = {}
    for slot in sorted(slots, key=lambda slot: (slot.day, slot.starts_at)):
        names.setdefault(slot.window.code, slot.window.name)
        box = Box(slot.code, clock(slot.starts_at, zone), slot.code in ticked)
        days.setdefault(slot.day, {}).setdefault(slot.window.code, []).append(box)
    return OfferGrid(
        names,
        tuple(
            GridDay(day, {code: tuple(found.get(code, ())) for code in names})
            for day, found in days.items()
        ),
    )


def offered_codes(room: Room, slots: Iterable[Slot]) -> set[str]:
    """The slots to show ticked: those it is offered in."""
    codes = offered(room)
    return {slot.code for slot in slots} if codes is None else set(codes)


def toggled(slots: Iterable[Slot], ticked: Collection[str], which: str) -> set[str]:
    """`ticked` after the button `which` (``day:2026-10-26``, ``window:A``, ``all:``).

    Ticks them all, or takes them all away when all were ticked.
    """
    what, _, name = which.partition(":")
    meant = {
        slot.code
        for slot in slots
        if what == "all"
        or (what == "day" and slot.day.isoformat() == name)
        or (what == "window" and slot.window.code == name)
    }
    return set(ticked) - meant if meant <= set(ticked) else set(ticked) | meant
