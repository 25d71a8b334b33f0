"""Who is sent on to a call whose link is not public, and when (CONTRACT, "Passcode time")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ptgsched.accounts.models import User
from ptgsched.events.models import Event
from ptgsched.intervals import Interval
from ptgsched.teams.permissions import is_organizer, led_team_ids

BEFORE = timedelta(hours=24)


class Answer(StrEnum):
    """What becomes of somebody at the door of a call."""

    GO = "go"
    NO_CALL = "no_call"  # there is no link to be sent on to
    SIGN_IN = "sign_in"  # nobody knows who asks
    STRANGER = "stranger"
    EARLY = "early"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Entrance:
    """The answer, and when those who take part are let in (None: the event has no hours yet)."""

    answer: Answer
    hours: Interval | None = None


Doorkeeper = Callable[[Event], bool]
_doorkeepers: list[Doorkeeper] = []


def admit(doorkeeper: Doorkeeper) -> Doorkeeper:
    """Have `doorkeeper` asked whether the visitor of this request takes part in an event."""
    if doorkeeper not in _doorkeepers:
        _doorkeepers.append(doorkeeper)
    return doorkeeper


def entrance(
    event: Event, user: User, *, target: str | None, is_public: bool, at: datetime
) -> Entrance:
    """Whether `user` is sent on to `target` at the instant `at`, and if not, why."""
    if target is None:
        return Entrance(Answer.NO_CALL)
    if is_public:
        return Entrance(Answer.GO)
    hours = passcode_time(event)
    if hours is not None and at >= hours.end:
        return Entrance(Answer.OVER, hours)
    if not takes_part(user, event) and not any(knows(event) for knows in _doorkeepers):
        known = user.is_authenticated
        return Entrance(Answer.STRANGER if known else Answer.SIGN_IN, hours)
    inside = hours is not None and hours.contains(at)
    return Entrance(Answer.GO if inside else Answer.EARLY, hours)


def takes_part(user: User, event: Event) -> bool:
    """Whether passcodes may be told to `user` at all: leads, deputies and organizers."""
    return is_organizer(user, event) or bool(led_team_ids(user, event))


def passcode_time(event: Event) -> Interval | None:
    """From 24 h before the event's first slot to the end of its last; None without slots."""
    slots = event.slots
    if not slots:
        return None
    return Interval(slots[0].starts_at - BEFORE, max(slot.ends_at for slot in slots))
