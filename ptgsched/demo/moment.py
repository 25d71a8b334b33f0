"""What is on in the demo right now: topics, what comes next, messages of the day, who is where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from ptgsched.accounts.actor import Actor
from ptgsched.demo.topics import GENERAL_TOPICS, TOPICS
from ptgsched.events.models import Event
from ptgsched.live import operations, people
from ptgsched.live.days import event_day, turns
from ptgsched.live.models import Level
from ptgsched.schedule import queries
from ptgsched.schedule.models import Booking

MODERATOR = Actor("chat:mods", "chat")
MESSAGES = (
    (Level.INFO, "Welcome! Join a session with its button; say hello in #first-contact-sig."),
    (Level.WARNING, "Team photos today: be in your room at the full hour, cameras on."),
)
VISITORS = ("robin", "sam", "Kim", "noor", "alex")
STILL_POSTED = 2  # teams whose topic stands though they have left

Post = tuple[datetime, Callable[..., object]]


def post_the_moment(event: Event, at: datetime) -> None:
    """Fill the event's live board as moderators would have in the minutes before `at`."""
    began, _ = turns(event, at)
    today = event_day(event, at)
    bookings = [b for b in queries.bookings(event, until=at) if b.slots[0].day == today]
    running = [booking for booking in bookings if booking.ends_at > at]
    busy = {team.id for booking in running for team in booking.teams}
    left = {b.team.slug: b for b in bookings if b.ends_at <= at and b.team.id not in busy}
    posts: list[Post] = [
        (at - timedelta(minutes=22), partial(operations.add_message, event, level, text))
        for level, text in MESSAGES
    ]
    posts.extend(
        (at - timedelta(minutes=20), _now(event, booking))
        for booking in list(left.values())[-STILL_POSTED:]
    )
    for number, booking in enumerate(running):
        since = at - timedelta(minutes=17 - number % 12)
        posts.append((max(since, booking.starts_at), _now(event, booking)))
        posts.extend(
            (max(since, booking.starts_at), partial(operations.add_next, event, booking.team, text))
            for text in _others(booking)[: number % 3]
        )
    for instant, post in sorted(posts, key=lambda each: each[0]):
        post(actor=MODERATOR, at=max(instant, began))
    for number, nick in enumerate(VISITORS if running else ()):
        team = running[number // 2 % len(running)].team
        people.check_in(event, nick, f"#{team.slug}", team, at=at)
        if number % 2 == 0:
            people.share(event, nick, True, at=at)


def _now(event: Event, booking: Booking) -> Callable[..., object]:
    text = booking.title or GENERAL_TOPICS[booking.team_id % len(GENERAL_TOPICS)]
    return partial(operations.set_now, event, booking.team, text)


def _others(booking: Booking) -> list[str]:
    return [text for text in TOPICS[booking.team.slug] if text != booking.title]
