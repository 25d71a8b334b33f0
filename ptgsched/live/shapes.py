"""The live board as JSON: the `live` of CONTRACT.md, and what the journal keeps of a change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from ptgsched.live.models import Message
from ptgsched.live.queries import Live
from ptgsched.schedule.shapes import rfc3339


class Words(Protocol):
    """A topic, read or stored."""

    @property
    def text(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def by(self) -> str: ...


def topic_shape(topic: Words) -> dict[str, str]:
    """Its text, when, and by whom."""
    return {"text": topic.text, "at": rfc3339(topic.at), "by": topic.by}


def live_shape(live: Live) -> dict[str, Any]:
    """All that is public; check-ins are counts."""
    return {
        "revision": live.revision,
        "messages": [{"level": level, "text": text} for level, text in live.messages],
        "now": {slug: topic_shape(said) for slug, said in live.now.items()},
        "next": {slug: [topic_shape(said) for said in row] for slug, row in live.next.items()},
        "locations": dict(live.places),
        "checkins": dict(live.counts),
    }


def ptgbot_parts(live: Live) -> dict[str, Any]:
    """The board's part of a ptgbot database, by its keys; check-ins of those who share only."""
    return {
        "voice": int(live.voice_required),
        "motd": [{"level": level, "message": text} for level, text in live.messages],
        "now": {slug: said.text for slug, said in live.now.items()},
        "next": {slug: [said.text for said in row] for slug, row in live.next.items()},
        "location": dict(live.places),
        "last_check_in": {
            person.nick.lower(): {
                "nick": person.nick,
                "location": person.place,
                "in": chat_time(person.in_at),
                "out": chat_time(person.out_at) if person.out_at else None,
            }
            for person in live.shared
        },
    }


def chat_time(at: datetime) -> str:
    """``2026-06-01 13:00:00 UTC``: how chat and ptg.json tell of check-ins."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def team_facts(
    slug: str, now: Words | None, following: Sequence[Words], place: str | None
) -> dict[str, Any]:
    """What is on at one team, for the journal."""
    return {
        "team": slug,
        "now": topic_shape(now) if now else None,
        "next": [topic_shape(topic) for topic in following],
        "location": place,
    }


def message_facts(messages: Sequence[Message]) -> dict[str, Any]:
    """All messages of the day, for the journal."""
    return {"messages": [{"level": row.level, "text": row.text} for row in messages]}
