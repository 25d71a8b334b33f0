"""who wants to be told of which topics

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ptgsched.db import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ping_mark",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_ping_mark_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_ping_mark")),
    )
    op.create_table(
        "ping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("pattern", sa.String(length=200), nullable=True),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(user_id IS NULL) <> (registration_id IS NULL)", name=op.f("ck_ping_one_person")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_ping_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_ping_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_ping_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ping")),
        sa.UniqueConstraint("event_id", "user_id", name=op.f("uq_ping_event_id_user_id")),
        sa.UniqueConstraint(
            "event_id", "registration_id", name=op.f("uq_ping_event_id_registration_id")
        ),
    )
    op.create_index(op.f("ix_ping_user_id"), "ping", ["user_id"])
    op.create_index(op.f("ix_ping_registration_id"), "ping", ["registration_id"])
    op.create_table(
        "ping_team",
        sa.Column("ping_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ping_id"], ["ping.id"], name=op.f("fk_ping_team_ping_id_ping"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_ping_team_team_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ping_id", "team_id", name=op.f("pk_ping_team")),
    )
    op.create_index(op.f("ix_ping_team_team_id"), "ping_team", ["team_id"])
    op.create_table(
        "ping_told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ping_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("team", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ping_id"], ["ping.id"], name=op.f("fk_ping_told_ping_id_ping"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ping_told")),
        sa.UniqueConstraint("ping_id", "key", name=op.f("uq_ping_told_ping_id_key")),
    )
    op.create_index(op.f("ix_ping_told_at"), "ping_told", ["at"])


def downgrade() -> None:
    for table in ("ping_told", "ping_team", "ping", "ping_mark"):
        op.drop_table(table)
