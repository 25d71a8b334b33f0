"""texts of the moment: what was imported from ptgbot goes onto the live board

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from ptgsched.db import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BY = "import"
event = sa.table(
    "event",
    sa.column("id", sa.Integer),
    sa.column("starts_on", sa.Date),
    sa.column("changed_at", UTCDateTime()),
    sa.column("ptgbot", sa.JSON),
)
team = sa.table(
    "team",
    sa.column("id", sa.Integer),
    sa.column("event_id", sa.Integer),
    sa.column("ptgbot", sa.JSON),
)
board = sa.table(
    "live_board",
    sa.column("event_id", sa.Integer),
    sa.column("day", sa.Date),
    sa.column("changed_at", UTCDateTime()),
    sa.column("voice_required", sa.Boolean),
)
message = sa.table(
    "live_message",
    sa.column("event_id", sa.Integer),
    sa.column("position", sa.Integer),
    sa.column("level", sa.String),
    sa.column("text", sa.Text),
)
topic = sa.table(
    "live_topic",
    sa.column("event_id", sa.Integer),
    sa.column("team_id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("position", sa.Integer),
    sa.column("text", sa.Text),
    sa.column("at", UTCDateTime()),
    sa.column("by", sa.String),
)
place = sa.table(
    "live_place",
    sa.column("team_id", sa.Integer),
    sa.column("event_id", sa.Integer),
    sa.column("text", sa.Text),
)


def upgrade() -> None:
    """Where the board is in use already, what is posted there counts, and the import is old."""
    bind = op.get_bind()
    used = set(bind.scalars(sa.select(board.c.event_id)))
    teams = bind.execute(sa.select(team)).all()
    for row in bind.execute(sa.select(event)).all():
        own = [each for each in teams if each.event_id == row.id]
        if row.id not in used:
            _post(bind, row, own)
        for each in own:
            kept = {key: text for key, text in (each.ptgbot or {}).items() if key == "track"}
            if kept != each.ptgbot:
                bind.execute(team.update().where(team.c.id == each.id).values(ptgbot=kept))
    op.drop_column("event", "ptgbot")


def downgrade() -> None:
    """The column comes back empty: the board keeps what is on it."""
    op.add_column(
        "event", sa.Column("ptgbot", sa.JSON(), server_default=sa.text("'{}'"), nullable=False)
    )


def _post(bind: sa.Connection, row: Any, teams: list[Any]) -> None:
    whole: Mapping[str, Any] = row.ptgbot or {}
    messages = [each for each in whole.get("motd", []) if each.get("message")]
    topics, places = [], []
    for each in teams:
        facts: Mapping[str, Any] = each.ptgbot or {}
        texts = [("now", 0, facts.get("now"))]
        texts += [("next", number, text) for number, text in enumerate(facts.get("next", []), 1)]
        topics += [
            {
                "event_id": row.id,
                "team_id": each.id,
                "kind": kind,
                "position": position,
                "text": text,
                "at": row.changed_at,
                "by": BY,
            }
            for kind, position, text in texts
            if text
        ]
        if facts.get("location"):
            places.append({"team_id": each.id, "event_id": row.id, "text": facts["location"]})
    if not (messages or topics or places or whole.get("voice")):
        return
    facts_of_board = {
        "event_id": row.id,
        "day": max(row.starts_on, row.changed_at.date()),
        "changed_at": row.changed_at,
        "voice_required": bool(whole.get("voice")),
    }
    bind.execute(board.insert(), facts_of_board)
    if messages:
        rows = [
            {"event_id": row.id, "position": n, "level": each["level"], "text": each["message"]}
            for n, each in enumerate(messages, 1)
        ]
        bind.execute(message.insert(), rows)
    if topics:
        bind.execute(topic.insert(), topics)
    if places:
        bind.execute(place.insert(), places)
