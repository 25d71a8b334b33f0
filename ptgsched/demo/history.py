"""What happened to the demo's bookings since: moved, retitled, released, restored, overridden."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from ptgsched.accounts.actor import Actor
from ptgsched.demo.board import Board
from ptgsched.demo.sign_up import Meeting
from ptgsched.demo.teams import TEAMS
from ptgsched.events.models import Event
from ptgsched.schedule import operations, queries

PEOPLE = {plan.slug: plan.people for plan in TEAMS}
WINDOWS = {plan.slug: plan.windows for plan in TEAMS}
ORGANIZER = Actor("organizer", "web")


class History:
    """Goes through the bookings of the days to come, and changes one after the other."""

    def __init__(
        self, event: Event, board: Board, booked: Mapping[str, Meeting], *, at: datetime
    ) -> None:
        self._event = event
        self._board = board
        today = at.astimezone(UTC).date()
        self._days = [day for day in sorted({w.day for w in event.windows}) if day > today]
        self._numbers = [(day - event.starts_on).days for day in self._days]
        self._left = self._to_come(booked)

    def happen(self, at: datetime) -> None:
        """All of it, the last a few minutes before `at`."""
        steps: tuple[tuple[timedelta, Callable[[datetime], None]], ...] = (
            (timedelta(days=8), self._move),
            (timedelta(days=6, hours=5), self._retitle),
            (timedelta(days=5), self._release),
            (timedelta(days=4, hours=2), self._move),
            (timedelta(days=3, hours=9), self._release_and_restore),
            (timedelta(days=2, hours=1), self._move),
            (timedelta(days=1, hours=20), self._release),
            (timedelta(days=1, hours=4), self._bend_a_cap),
            (timedelta(hours=9), self._retitle),
            (timedelta(hours=5), self._move),
            (timedelta(hours=2), self._release),
            (timedelta(minutes=25), self._move),
        )
        for before, step in steps:
            step(at - before)

    def _to_come(self, booked: Mapping[str, Meeting]) -> Iterator[tuple[str, Meeting]]:
        own = [
            (uid, meeting)
            for uid, meeting in booked.items()
            if len(meeting.teams) == 1 and meeting.place.slots[0].day in self._days
        ]
        return iter(own[::3] + own[1::3] + own[2::3])

    def _move(self, at: datetime) -> None:
        for uid, meeting in self._left:
            self._board.give_back(meeting.teams, meeting.place)
            place = self._board.find(
                meeting.teams,
                people=PEOPLE[meeting.teams[0]],
                hours=len(meeting.place.slots),
                windows=WINDOWS[meeting.teams[0]],
                days=self._numbers,
            )
            if place is None or place == meeting.place:
                self._board.take(meeting.teams, meeting.place)
                continue
            self._board.take(meeting.teams, place)
            operations.change(
                self._event,
                queries.booking_by_uid(self._event, uid),
                room=place.room,
                slots=place.slots,
                actor=_lead(meeting),
                at=at,
            )
            return

    def _retitle(self, at: datetime) -> None:
        uid, meeting = next(self._left)
        operations.change(
            self._event,
            queries.booking_by_uid(self._event, uid),
            title=f"{meeting.title or 'Open discussion'} (continued)",
            actor=_lead(meeting),
            at=at,
        )

    def _release(self, at: datetime) -> None:
        uid, meeting = next(self._left)
        booking = queries.booking_by_uid(self._event, uid)
        operations.release(self._event, booking, actor=_lead(meeting), at=at)
        self._board.give_back(meeting.teams, meeting.place)

    def _release_and_restore(self, at: datetime) -> None:
        uid, meeting = next(self._left)
        booking = queries.booking_by_uid(self._event, uid)
        operations.release(self._event, booking, actor=_lead(meeting), at=at)
        again = at + timedelta(minutes=2)
        operations.restore(self._event, booking, actor=_lead(meeting), at=again)

    def _bend_a_cap(self, at: datetime) -> None:
        """A fifth hour in one day, as an organizer may grant it with a reason."""
        for plan in reversed(TEAMS):
            for day, number in zip(self._days, self._numbers, strict=True):
                if self._board.hours_on(plan.slug, day) < 4:
                    continue
                place = self._board.find(
                    (plan.slug,),
                    people=plan.people,
                    hours=1,
                    windows="ABC",
                    days=(number,),
                    capped=False,
                )
                if place is None:
                    continue
                self._board.take((plan.slug,), place)
                [team] = queries.teams_by_slug(self._event, [plan.slug])
                operations.book(
                    self._event,
                    team=team,
                    room=place.room,
                    slots=place.slots,
                    title="What we did not get to",
                    actor=ORGANIZER,
                    at=at,
                    override="Two maintainers can only come on this day.",
                )
                return


def _lead(meeting: Meeting) -> Actor:
    return Actor(f"lead:{meeting.teams[0]}", "web")
