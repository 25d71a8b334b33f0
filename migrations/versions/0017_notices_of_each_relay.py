"""how far each relay has said the notices of an event

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("live_notice", sa.Column("told_token_id", sa.Integer(), nullable=True))
    op.create_table(
        "live_notice_mark",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_live_notice_mark_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["api_token.id"],
            name=op.f("fk_live_notice_mark_token_id_api_token"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "token_id", name=op.f("pk_live_notice_mark")),
    )
    op.create_index(op.f("ix_live_notice_mark_token_id"), "live_notice_mark", ["token_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_live_notice_mark_token_id"), table_name="live_notice_mark")
    op.drop_table("live_notice_mark")
    # Not rebuilt: the table would lose where its numbers have come to.
    op.drop_column("live_notice", "told_token_id")
