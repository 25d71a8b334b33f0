"""live board

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ptgsched.db import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_board",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("voice_required", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_live_board_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_live_board")),
    )
    op.create_table(
        "live_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_live_message_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_message")),
    )
    with op.batch_alter_table("live_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_message_event_id"), ["event_id"], unique=False)

    op.create_table(
        "live_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("to", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_live_notice_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_notice")),
    )
    with op.batch_alter_table("live_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_notice_event_id"), ["event_id"], unique=False)

    op.create_table(
        "live_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("nick", sa.String(length=64), nullable=False),
        sa.Column("shares", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("subscription", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_live_person_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_person")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_live_person_event_id_key")),
    )
    op.create_table(
        "live_check_in",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("in_at", UTCDateTime(), nullable=False),
        sa.Column("out_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_live_check_in_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["live_person.id"],
            name=op.f("fk_live_check_in_person_id_live_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["team.id"],
            name=op.f("fk_live_check_in_team_id_team"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_live_check_in")),
    )
    with op.batch_alter_table("live_check_in", schema=None) as batch_op:
        batch_op.create_index(
            "ix_live_check_in_event_id_team_id", ["event_id", "team_id"], unique=False
        )

    op.create_table(
        "live_place",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_live_place_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_live_place_team_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_live_place")),
    )
    with op.batch_alter_table("live_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_place_event_id"), ["event_id"], unique=False)

    op.create_table(
        "live_topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_live_topic_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_live_topic_team_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_topic")),
        sa.UniqueConstraint(
            "team_id", "kind", "position", name=op.f("uq_live_topic_team_id_kind_position")
        ),
    )
    with op.batch_alter_table("live_topic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_topic_event_id"), ["event_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("live_topic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_topic_event_id"))

    op.drop_table("live_topic")
    with op.batch_alter_table("live_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_place_event_id"))

    op.drop_table("live_place")
    with op.batch_alter_table("live_check_in", schema=None) as batch_op:
        batch_op.drop_index("ix_live_check_in_event_id_team_id")

    op.drop_table("live_check_in")
    op.drop_table("live_person")
    with op.batch_alter_table("live_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_notice_event_id"))

    op.drop_table("live_notice")
    with op.batch_alter_table("live_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_message_event_id"))

    op.drop_table("live_message")
    op.drop_table("live_board")
