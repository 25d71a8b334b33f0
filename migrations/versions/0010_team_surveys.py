"""team surveys: windows that suit, wishes with regard to other teams

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ptgsched.db import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team_survey",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("windows", sa.JSON(), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=True),
        sa.Column("reminded_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_team_survey_team_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_team_survey")),
    )
    op.create_table(
        "team_wish",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_team_wish_team_id_team"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["team.id"], name=op.f("fk_team_wish_other_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "other_id", "kind", name=op.f("pk_team_wish")),
    )
    with op.batch_alter_table("team_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_wish_other_id"), ["other_id"], unique=False)


def downgrade() -> None:
    op.drop_table("team_wish")
    op.drop_table("team_survey")
