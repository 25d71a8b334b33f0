"""The demo's sign-up: every team books in one sitting, the cross-project teams first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ptgsched.accounts.actor import Actor
from ptgsched.demo.board import Board, Place
from ptgsched.demo.ptg import sign_up_opens
from ptgsched.demo.teams import CONFLICTS, JOINT, NO_HOURS, TEAMS, TeamPlan
from ptgsched.demo.topics import GENERAL_TOPICS, OPENING, TOPICS
from ptgsched.events.models import Event
from ptgsched.schedule.journal import Journal, door
from ptgsched.schedule.operations import create, propose
from ptgsched.teams.permissions import teams_of

SEED = 2020
LENGTHS = (2, 2, 3, 2, 1, 2, 4, 2, 3)  # hours; long enough to talk, short enough to stay awake
EARLY = (0, 1, 2)  # cross-project teams meet early in the week (DOMAIN.md 1)
NOTES = (
    "Please read the pad before we start, and add your name to it.",
    "Bring one example from your own deployment.",
    "Recorded, for those who are asleep.",
    "First half: what happened. Second half: who does what next.",
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """What one booking will be; `teams` begins with the one that books."""

    teams: tuple[str, ...]
    place: Place
    title: str


def sign_up(event: Event) -> tuple[Board, dict[str, Meeting]]:
    """Book the event; returns the board as it is then, and what each booking (by uid) is.

    One door for all: each sitting writes its own lines into the journal, at its own instant.
    """
    first_at = sign_up_opens(event, horizontal=True)
    booked: dict[str, Meeting] = {}
    with door(event, actor=Actor("lead:tc", "web"), at=first_at):
        teams = {team.slug: team for team in teams_of(event)}
        board = Board(event.windows, event.rooms, CONFLICTS, seed=SEED)
        fixed = _joint_meetings(board)
        opened = {kind: sign_up_opens(event, horizontal=kind) for kind in (True, False)}
        for number, plan in enumerate(TEAMS):
            at = opened[plan.horizontal] + timedelta(hours=7, minutes=23) * number
            journal = Journal(event, Actor(f"lead:{plan.slug}", "web"), at)
            for meeting in [*fixed.get(plan.slug, ()), *_own_meetings(board, plan)]:
                proposal = propose(
                    teams[plan.slug],
                    meeting.place.room,
                    meeting.place.slots,
                    [teams[slug] for slug in meeting.teams[1:]],
                )
                nth = len(booked)
                note = NOTES[nth // 3 % len(NOTES)] if nth % 3 == 0 else ""
                booking = create(journal, proposal, title=meeting.title, description=note)
                booked[booking.uid] = meeting
    return board, booked


def _joint_meetings(board: Board) -> dict[str, list[Meeting]]:
    """Joint sessions are settled first, since they have to suit several teams."""
    people = {plan.slug: plan.people for plan in TEAMS}
    settled: dict[str, list[Meeting]] = {}
    for team, others, hours, window, day, title in JOINT:
        together = (team, *others)
        place = board.find(
            together,
            people=sum(people[slug] for slug in together),
            hours=hours,
            windows=window,
            days=(day,),
        )
        if place is not None:
            board.take(together, place)
            settled.setdefault(team, []).append(Meeting(together, place, title))
    return settled


def _own_meetings(board: Board, plan: TeamPlan) -> Iterator[Meeting]:
    if plan.slug in NO_HOURS:
        return
    turn = TEAMS.index(plan)
    opening = (OPENING,) if turn % 3 == 0 else ()
    first = turn % len(GENERAL_TOPICS)
    general = GENERAL_TOPICS[first:] + GENERAL_TOPICS[:first]
    titles = itertools.chain(opening, TOPICS[plan.slug], general)
    for place in sorted(_places(board, plan), key=lambda place: place.slots[0].starts_at):
        yield Meeting((plan.slug,), place, next(titles, ""))


def _places(board: Board, plan: TeamPlan) -> Iterator[Place]:
    left = plan.hours
    lengths = itertools.cycle(LENGTHS[len(plan.slug) % len(LENGTHS) :] + LENGTHS)
    days: Sequence[int] = EARLY if plan.horizontal else ()
    while left > 0:
        hours = min(left, next(lengths))
        place = board.find(
            (plan.slug,), people=plan.people, hours=hours, windows=plan.windows, days=days
        )
        if place is not None:
            board.take((plan.slug,), place)
            yield place
        left -= hours
