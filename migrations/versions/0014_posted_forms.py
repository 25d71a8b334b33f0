"""what forms of the Now page posted, so that a repeat posts nothing

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ptgsched.db import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_posted_form",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_live_posted_form_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_live_posted_form")),
    )
    op.create_index(op.f("ix_live_posted_form_event_id"), "live_posted_form", ["event_id"])
    op.create_index(op.f("ix_live_posted_form_at"), "live_posted_form", ["at"])


def downgrade() -> None:
    op.drop_table("live_posted_form")
