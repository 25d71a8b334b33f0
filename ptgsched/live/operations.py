"""What moderators do: set what is on now and next, clean, place teams, post messages.

Each goes through the board's door; a change that changes nothing writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.models import Event
from ptgsched.live import queries
from ptgsched.live.board import board_of, live_door, sweep
from ptgsched.live.models import Level, Message, Place, Topic, TopicKind
from ptgsched.live.shapes import message_facts, team_facts
from ptgsched.schedule.journal import Journal
from ptgsched.teams.models import Team
from ptgsched.text import clean_line

LONGEST_TEXT = 512  # a whole chat line
MOST_NEXT = 20


class NextFull(Conflict):
    """A team's list of what comes next has no room for more."""

    code = "next_full"

    def __init__(self, team: str) -> None:
        super().__init__(
            f"{team} has {MOST_NEXT} next topics already; set one as now, or clean the list.",
            team=team,
            most=MOST_NEXT,
        )


class NoSuchMessage(Invalid):
    """A number that no message of the day has."""

    code = "no_such_message"

    def __init__(self, number: int) -> None:
        said = f"There is no message of the day number {number}."
        super().__init__(said, fields={"number": [said]}, number=number)


@dataclass(frozen=True, slots=True)
class Posted:
    """A topic that was set, as subscribers are told of it."""

    team: str
    kind: TopicKind
    text: str
    place: str | None
    has_room: bool  # whether the team has a room on the schedule today


def set_now(event: Event, team: Team, text: str, *, actor: Actor, at: datetime) -> Posted:
    """What is on at the team: its next list is dropped, its place is today's room if none is set.

    Raises Invalid (field ``text``) for a blank or overlong text, as `add_next` does.
    """
    text = topic_text(text)
    with live_door(event, actor=actor, at=at) as journal:
        room = queries.room_of_today(event, team, at)
        with _recorded(journal, team, "live.now"):
            now, following = queries.topics(team)
            for topic in following:
                db.session.delete(topic)
            _set_now(event, team, now, text, actor=actor, at=at)
            if room is not None and _place(team) is None:
                db.session.add(Place(event_id=event.id, team_id=team.id, text=room))
        return _posted(team, TopicKind.NOW, text, room)


def add_next(event: Event, team: Team, text: str, *, actor: Actor, at: datetime) -> Posted:
    """One more topic that comes next.  Raises NextFull too."""
    text = topic_text(text)
    with live_door(event, actor=actor, at=at) as journal:
        room = queries.room_of_today(event, team, at)
        with _recorded(journal, team, "live.next"):
            _, following = queries.topics(team)
            if len(following) >= MOST_NEXT:
                raise NextFull(team.slug)
            position = following[-1].position + 1 if following else 1
            _add(event, team, TopicKind.NEXT, position, text, actor=actor, at=at)
        return _posted(team, TopicKind.NEXT, text, room)


def put_topics(
    event: Event,
    team: Team,
    *,
    now: str | None,
    following: Sequence[str],
    actor: Actor,
    at: datetime,
) -> None:
    """Let `now` be on and `following` come next, and nothing else; the team's place stays.

    What is there already stays as it is, with its hour, and comes before what is new.  Raises
    Invalid and NextFull.
    """
    now = None if now is None else topic_text(now)
    missing = [topic_text(text) for text in following]
    if len(missing) > MOST_NEXT:
        raise NextFull(team.slug)
    with live_door(event, actor=actor, at=at) as journal, _recorded(journal, team, "live.now"):
        current, listed = queries.topics(team)
        if current is not None and now is None:
            db.session.delete(current)
        elif now is not None and (current is None or current.text != now):
            _set_now(event, team, current, now, actor=actor, at=at)
        for topic in listed:
            if topic.text in missing:
                missing.remove(topic.text)
            else:
                db.session.delete(topic)
        db.session.flush()  # a position is free only once its topic is gone
        last = listed[-1].position if listed else 0
        for position, text in enumerate(missing, last + 1):
            _add(event, team, TopicKind.NEXT, position, text, actor=actor, at=at)


def start_next(event: Event, team: Team, text: str, *, actor: Actor, at: datetime) -> Posted:
    """Make one of the next topics what is on; the others still come next.

    Raises Invalid (field ``text``) when it is none of them.
    """
    with live_door(event, actor=actor, at=at):
        texts = [topic.text for topic in queries.topics(team)[1]]
        if text not in texts:
            said = f"{team.name} has no such topic next any more."
            raise Invalid(said, fields={"text": [said]})
        texts.remove(text)
        put_topics(event, team, now=text, following=texts, actor=actor, at=at)
        return _posted(team, TopicKind.NOW, text, queries.room_of_today(event, team, at))


def clear_next(event: Event, team: Team, *, actor: Actor, at: datetime) -> None:
    """Empty the list of what comes next; what is on stays."""
    with live_door(event, actor=actor, at=at) as journal, _recorded(journal, team, "live.next"):
        for topic in queries.topics(team)[1]:
            db.session.delete(topic)


def clean(event: Event, teams: Sequence[Team], *, actor: Actor, at: datetime) -> None:
    """Drop now and next of each of `teams`."""
    with live_door(event, actor=actor, at=at) as journal:
        for team in teams:
            with _recorded(journal, team, "live.cleaned"):
                now, following = queries.topics(team)
                for topic in (now, *following):
                    if topic is not None:
                        db.session.delete(topic)


def new_day(event: Event, *, actor: Actor, at: datetime) -> None:
    """Drop now, next, places and check-ins of all; subscriptions and messages stay."""
    with live_door(event, actor=actor, at=at) as journal:
        sweep(journal)


def set_place(event: Event, team: Team, text: str, *, actor: Actor, at: datetime) -> None:
    """Where the team is today, in free text."""
    text = topic_text(text)
    with live_door(event, actor=actor, at=at) as journal, _recorded(journal, team, "live.location"):
        place = _place(team)
        if place is None:
            place = Place(event_id=event.id, team_id=team.id)
            db.session.add(place)
        place.text = text


def require_voice(event: Event, required: bool, *, actor: Actor, at: datetime) -> None:
    """Whether team commands in chat need voice."""
    with live_door(event, actor=actor, at=at) as journal:
        before = queries.requires_voice(event)
        if before != required:
            board_of(event, at).voice_required = required
            journal.append("live.voice", before={"voice": before}, after={"voice": required})


def add_message(event: Event, level: Level, text: str, *, actor: Actor, at: datetime) -> None:
    """One more message of the day, below the others."""
    text = topic_text(text)
    with live_door(event, actor=actor, at=at) as journal:
        known = queries.messages(event)
        position = known[-1].position + 1 if known else 1
        message = Message(event_id=event.id, position=position, level=level, text=text)
        db.session.add(message)
        _record_messages(journal, known, [*known, message])


def keep_messages(event: Event, numbers: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """Keep the messages with these numbers (from 1) in this order, and no others.

    Raises NoSuchMessage.
    """
    with live_door(event, actor=actor, at=at) as journal:
        known = queries.messages(event)
        kept = [_message(known, number) for number in dict.fromkeys(numbers)]
        _record_messages(journal, known, kept)


def delete_message(event: Event, number: int, *, actor: Actor, at: datetime) -> None:
    """Take off the message with this number (from 1).  Raises NoSuchMessage."""
    with live_door(event, actor=actor, at=at) as journal:
        known = queries.messages(event)
        gone = _message(known, number)
        _record_messages(journal, known, [row for row in known if row is not gone])


def topic_text(text: str) -> str:
    """One line of at most 512 characters.  Raises Invalid (field ``text``)."""
    line = clean_line(text)
    if not 1 <= len(line) <= LONGEST_TEXT:
        said = f"Give a text of 1 to {LONGEST_TEXT} characters."
        raise Invalid(said, fields={"text": [said]})
    return line


def _set_now(
    event: Event, team: Team, now: Topic | None, text: str, *, actor: Actor, at: datetime
) -> None:
    if now is None:
        _add(event, team, TopicKind.NOW, 0, text, actor=actor, at=at)
    else:
        now.text, now.at, now.by = text, at, actor.label


def _add(
    event: Event,
    team: Team,
    kind: TopicKind,
    position: int,
    text: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    topic = Topic(event_id=event.id, team=team, kind=kind, position=position)
    topic.text, topic.at, topic.by = text, at, actor.label
    db.session.add(topic)


@contextmanager
def _recorded(journal: Journal, team: Team, action: str) -> Iterator[None]:
    """Write the journal's line of a change to what is on at `team`, if there is any."""
    before = _facts(team)
    yield
    db.session.flush()
    after = _facts(team)
    if after != before:
        journal.append(action, before=before, after=after, subject=team.slug)


def _facts(team: Team) -> dict[str, object]:
    place = _place(team)
    return team_facts(team.slug, *queries.topics(team), place.text if place else None)


def _place(team: Team) -> Place | None:
    return db.session.get(Place, team.id)


def _posted(team: Team, kind: TopicKind, text: str, room: str | None) -> Posted:
    place = _place(team)
    return Posted(team.slug, kind, text, place.text if place else None, room is not None)


def _message(known: Sequence[Message], number: int) -> Message:
    if not 1 <= number <= len(known):
        raise NoSuchMessage(number)
    return known[number - 1]


def _record_messages(journal: Journal, known: Sequence[Message], kept: Sequence[Message]) -> None:
    """Let `kept` be the messages, in this order, and write the journal's line if they differ."""
    before, after = message_facts(known), message_facts(kept)
    for message in known:
        if message not in kept:
            db.session.delete(message)
    for position, message in enumerate(kept, 1):
        message.position = position
    if before != after:
        journal.append("live.message", before=before, after=after)
