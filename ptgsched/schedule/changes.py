"""Reading an event's journal in order: the changes feed and the event stream show the same.

A cursor is given out under the event's lock, which is held until the commit.  So commits come in
the order of cursors: whoever sees one sees all before it, and a follower that asks for what comes
after its last cursor misses nothing and gets nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select

from ptgsched.db import db
from ptgsched.errors import Invalid
from ptgsched.events.models import Event, Room
from ptgsched.schedule.joining import etherpad_link, room_target, team_link
from ptgsched.schedule.models import Change
from ptgsched.schedule.shapes import rfc3339, with_links
from ptgsched.teams.models import Team
from ptgsched.web.links import Links

MOST = 500
Facts = Mapping[str, Any]
Named = TypeVar("Named", Team, Room)


class UnknownCursor(Invalid):
    """A cursor that this event has not reached."""

    code = "unknown_cursor"

    def __init__(self, since: int, last: int) -> None:
        said = f"This event has no change {since}; its last one is {last}. Begin again from 0."
        super().__init__(said, fields={"since": [said]}, last=last)


@dataclass(frozen=True, slots=True)
class Page:
    """Changes in order; `cursor` is the one to go on after, `more` whether there are others now."""

    cursor: int
    changes: list[dict[str, Any]]
    more: bool

    @property
    def shape(self) -> dict[str, Any]:
        """As `/changes` answers it."""
        return {"cursor": self.cursor, "changes": self.changes, "more": self.more}


def require_known(event: Event, since: int) -> None:
    """Raises UnknownCursor for a cursor that is still to come."""
    if since > event.cursor:
        raise UnknownCursor(since, event.cursor)


def page(event: Event, since: int, links: Links, *, most: int = MOST) -> Page:
    """The changes after the cursor `since`, `most` of them, with the links of today.

    Raises UnknownCursor for one that is still to come.
    """
    require_known(event, since)
    rows = db.session.scalars(
        select(Change)
        .where(Change.event_id == event.id, Change.cursor > since)
        .order_by(Change.cursor)
        .limit(most + 1)
    ).all()
    shown = rows[:most]
    linked = _Linked(event, shown, links)
    return Page(
        cursor=shown[-1].cursor if shown else since,
        changes=[linked.shape(change) for change in shown],
        more=len(rows) > most,
    )


class _Linked:
    """Shapes of changes of one event; all teams and rooms they name are read at once."""

    def __init__(self, event: Event, changes: Sequence[Change], links: Links) -> None:
        self._event = event
        self._links = links
        facts = [
            state
            for change in changes
            if change.booking_uid
            for state in (change.before, change.after)
            if state is not None
        ]
        teams = {state["team"] for state in facts} | _subjects(changes, "team")
        rooms = {state["room"] for state in facts} | _subjects(changes, "room")
        self._teams = _by_slug(Team, event, teams)
        self._rooms = _by_slug(Room, event, rooms)

    def shape(self, change: Change) -> dict[str, Any]:
        """The change of CONTRACT.md: the actor by label, never an account or a token."""
        return {
            "cursor": change.cursor,
            "at": rfc3339(change.at),
            "actor": change.actor,
            "action": change.action,
            **_concerned(change),
            "before": self._state(change, change.before),
            "after": self._state(change, change.after),
        }

    def _state(self, change: Change, facts: Facts | None) -> Facts | None:
        if facts is None:
            return None
        if change.booking_uid:
            return with_links(facts, self._links, self._event, self._teams, self._rooms)
        about = _about(change)
        if about == "room":
            return {**facts, **self._room_links(self._rooms.get(change.subject or ""))}
        if change.action.startswith("team."):
            return {**facts, **self._team_links(self._teams.get(change.subject or ""))}
        return facts

    def _room_links(self, room: Room | None) -> Facts:
        public = room is not None and room.link_is_public
        target = room_target(self._links, self._event, room) if room and public else None
        return {"join_url": target}

    def _team_links(self, team: Team | None) -> Facts:
        return {
            "join_url": team_link(self._links, self._event, team) if team else None,
            "etherpad_url": etherpad_link(self._links, self._event, team) if team else None,
        }


def _concerned(change: Change) -> dict[str, str]:
    """What it is about: a booking and its team, a team, a room, a project or a window."""
    found = {}
    if change.booking_uid:
        found["booking"] = change.booking_uid
    if change.subject:
        found[_about(change)] = change.subject
    return found


def _about(change: Change) -> str:
    kind = change.action.partition(".")[0]
    return kind if kind in {"room", "project", "window"} else "team"


def _subjects(changes: Sequence[Change], kind: str) -> set[str]:
    return {c.subject for c in changes if c.subject and c.action.startswith(f"{kind}.")}


def _by_slug(model: type[Named], event: Event, slugs: Iterable[str]) -> dict[str, Named]:
    named = list(slugs)
    if not named:
        return {}
    rows = db.session.scalars(
        select(model).where(model.event_id == event.id, model.slug.in_(named))
    )
    return {row.slug: row for row in rows}
