"""What a page of the schedule is made from: the event as one person at one instant may use it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ptgsched.accounts.models import User
from ptgsched.db import db
from ptgsched.errors import Conflict, Forbidden
from ptgsched.events.models import Event, EventStatus, Room, Slot
from ptgsched.schedule.models import Booking
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import is_organizer, led_team_ids, teams_of, visible_event
from ptgsched.web.context import now
from ptgsched.web.zones import reader_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Read with one query for each kind of thing, so that no page asks row by row."""

    event: Event
    slots: list[Slot]
    rooms: list[Room]
    teams: list[Team]  # by name
    led: frozenset[int]
    organizes: bool
    zone: str
    at: datetime

    @property
    def bookable(self) -> list[Team]:
        """The teams this person may book for."""
        return self.teams if self.organizes else [t for t in self.teams if t.id in self.led]

    @property
    def team_names(self) -> dict[str, str]:
        """What the teams are called, by slug."""
        return {team.slug: team.name for team in self.teams}

    @property
    def is_open(self) -> bool:
        """Whether the event takes bookings."""
        return self.event.status == EventStatus.PUBLISHED

    @property
    def is_kept(self) -> bool:
        """Whether its schedule stays as it was."""
        return self.event.status == EventStatus.ARCHIVED

    def may_change(self, booking: Booking) -> bool:
        """Whether this person may change the booking as it stands."""
        allowed = self.organizes or booking.team_id in self.led
        return allowed and booking.is_confirmed and not self.is_kept

    def require_bookable(self) -> None:
        """Raises Forbidden for somebody who leads no team here."""
        if not self.bookable:
            raise Forbidden("Only team leads and the organizers of this event may book.")

    def require_change(self, booking: Booking) -> None:
        """Raises Forbidden for strangers, Conflict when there is nothing left to change."""
        if not (self.organizes or booking.team_id in self.led):
            raise Forbidden(
                f"Only the leads of {booking.team.name} and the organizers may change its bookings."
            )
        if self.is_kept:
            raise Conflict("This event takes no changes any more; its schedule is kept as it was.")
        if not booking.is_confirmed:
            raise Conflict("This booking was released; book its time anew.", uid=booking.uid)


def open_desk(slug: str, user: User) -> Desk:
    """The event as `user` may see it now, in the reader's zone.  Raises NotFound."""
    event = visible_event(user, slug)
    rooms = select(Room).where(Room.event_id == event.id).order_by(Room.position, Room.id)
    return Desk(
        event=event,
        slots=list(
            db.session.scalars(
                select(Slot).where(Slot.event_id == event.id).order_by(Slot.starts_at, Slot.code)
            )
        ),
        rooms=list(db.session.scalars(rooms.options(selectinload(Room.offered_slots)))),
        teams=sorted(teams_of(event), key=lambda team: team.name.casefold()),
        led=frozenset(led_team_ids(user, event)),
        organizes=is_organizer(user, event),
        zone=reader_zone(event.timezone),
        at=now(),
    )
