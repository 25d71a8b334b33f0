"""Take a room or team away although it is booked: what would fall is named first, then released.

Calendars have to learn that a session is cancelled, until a day after its end, and they name its
room and team.  So what had bookings goes in two steps: they are released now and nobody can book
again; the room or team itself can be deleted when no calendar tells of them any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ptgsched.accounts.actor import Actor
from ptgsched.errors import Conflict, Invalid, Stale
from ptgsched.events.models import Event, Room
from ptgsched.invitations.operations import take_back, take_role
from ptgsched.invitations.queries import pending
from ptgsched.schedule import operations, queries
from ptgsched.schedule.journal import lock
from ptgsched.schedule.models import CANCELLED_FOR, Booking
from ptgsched.schedule.texts import reason_of
from ptgsched.setup.consequences import StillAnnounced, still_told
from ptgsched.setup.rooms import change_room, remove_room
from ptgsched.setup.teams import remove_team
from ptgsched.teams.models import Team


@dataclass(frozen=True, slots=True)
class Falling:
    """The bookings in the way: `own` would be released, of `joined` ones the team would go.

    `held` have begun or are over: they stay in the record, and so does what they need.  `told` were
    released before, and calendars still tell of them.
    """

    own: tuple[Booking, ...] = ()
    joined: tuple[Booking, ...] = ()
    held: tuple[Booking, ...] = ()
    told: tuple[Booking, ...] = ()

    @property
    def uids(self) -> set[str]:
        """What the asker has to have seen."""
        return {booking.uid for booking in (*self.own, *self.joined)}

    @property
    def until(self) -> datetime | None:
        """Until when calendars have to tell of what is or would be released."""
        ends = [booking.ends_at for booking in (*self.own, *self.told)]
        return max(ends) + CANCELLED_FOR if ends else None

    def __bool__(self) -> bool:
        return bool(self.own or self.joined or self.held)


class TookPlace(Conflict):
    """Sessions that took place stay in the record."""

    code = "took_place"

    def __init__(self, what: str, count: int) -> None:
        sessions = "1 session has" if count == 1 else f"{count} sessions have"
        super().__init__(
            f"{sessions} taken place or begun, and the record keeps them, so {what} stays.",
            count=count,
        )


def falling_of_room(event: Event, room: Room, at: datetime) -> Falling:
    """What deleting the room would release."""
    known = queries.bookings(event, room=room, cancelled=True)
    bookings = [booking for booking in known if booking.is_confirmed]
    return Falling(own=_coming(bookings, at), held=_begun(bookings, at), told=still_told(known, at))


def falling_of_offer(
    event: Event, room: Room, codes: Sequence[str] | None, at: datetime
) -> Falling:
    """What offering it in these slots only would release; None: in all."""
    if codes is None:
        return Falling()
    offered = {code.casefold() for code in codes}
    bookings = [
        booking
        for booking in queries.bookings(event, room=room)
        if any(code.casefold() not in offered for code in booking.slot_codes)
    ]
    return Falling(own=_coming(bookings, at), held=_begun(bookings, at))


def falling_of_team(event: Event, team: Team, at: datetime) -> Falling:
    """What deleting the team would release, and which joint sessions it would leave."""
    known = queries.bookings(event, team=team, cancelled=True)
    bookings = [booking for booking in known if booking.is_confirmed]
    coming = _coming(bookings, at)
    return Falling(
        own=tuple(booking for booking in coming if booking.team is team),
        joined=tuple(booking for booking in coming if booking.team is not team),
        held=_begun(bookings, at),
        told=still_told(known, at),
    )


def take_room_away(
    event: Event, room: Room, *, seen: Iterable[str], reason: str, actor: Actor, at: datetime
) -> datetime | None:
    """Release what is booked in the room and delete it.

    None when it is gone; else until when calendars have to tell of what was released: until then
    it is offered in no slot.  Raises Stale when a booking stands that is not among `seen`,
    TookPlace, Invalid without a `reason` where one is needed.
    """
    lock(event)
    falling = falling_of_room(event, room, at)
    require_known(falling, seen, room.name)
    release_all(event, falling, reason=reason, actor=actor, at=at)
    try:
        remove_room(event, room, actor=actor, at=at)
    except StillAnnounced as told:
        change_room(event, room, {"offered_slots": []}, actor=actor, at=at)
        return _until(told)
    return None


def offer_room_less(
    event: Event,
    room: Room,
    codes: Sequence[str],
    *,
    seen: Iterable[str],
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Release what is booked outside `codes`, so that it can be offered in them only."""
    lock(event)
    falling = falling_of_offer(event, room, codes, at)
    require_known(falling, seen, f"{room.name} there")
    release_all(event, falling, reason=reason, actor=actor, at=at)


def take_team_away(
    event: Event, team: Team, *, seen: Iterable[str], reason: str, actor: Actor, at: datetime
) -> datetime | None:
    """Release the team's bookings, take it out of joint ones, and delete it.

    None when it is gone; else until when calendars have to tell of what was released: until then
    it stays, without people who may book for it or are invited to.  Raises as `take_room_away`.
    """
    lock(event)
    falling = falling_of_team(event, team, at)
    require_known(falling, seen, team.name)
    release_all(event, falling, reason=reason, actor=actor, at=at)
    for booking in falling.joined:
        operations.change(
            event,
            booking,
            with_teams=[other for other in booking.with_teams if other is not team],
            actor=actor,
            at=at,
            override=reason,
        )
    try:
        remove_team(event, team, actor=actor, at=at)
    except StillAnnounced as told:
        for membership in list(team.memberships):
            take_role(team, membership, actor=actor, at=at)
        for invitation in pending(event, team):
            take_back(invitation, actor=actor, at=at)
        return _until(told)
    return None


def release_all(event: Event, falling: Falling, *, reason: str, actor: Actor, at: datetime) -> None:
    """Release the team's own bookings among them; raises Invalid without a reason."""
    if not (falling.own or falling.joined):
        return
    if reason_of(reason) is None:
        said = "Say why: the reason is kept with each booking that falls."
        raise Invalid(said, fields={"reason": [said]})
    for booking in falling.own:
        operations.release(event, booking, reason=reason, actor=actor, at=at)


def require_known(falling: Falling, seen: Iterable[str], what: str) -> None:
    """Raises TookPlace for what is kept in the record, Stale for what the asker has not seen."""
    if falling.held:
        raise TookPlace(what, len(falling.held))
    if not falling.uids <= set(seen):
        raise Stale("Something was booked meanwhile; look at what would fall now, then decide.")


def _coming(bookings: Iterable[Booking], at: datetime) -> tuple[Booking, ...]:
    return tuple(booking for booking in bookings if booking.starts_at > at)


def _begun(bookings: Iterable[Booking], at: datetime) -> tuple[Booking, ...]:
    return tuple(booking for booking in bookings if booking.starts_at <= at)


def _until(told: StillAnnounced) -> datetime:
    until: datetime = told.facts["until"]
    return until
