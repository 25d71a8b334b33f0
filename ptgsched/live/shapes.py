"""The live board as JSON: the `live` of CONTRACT.md, and what the journal keeps of a change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
