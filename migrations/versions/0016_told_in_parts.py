"""how far people are being told of changes, some at a time

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("told_change") as batch:
        batch.add_column(sa.Column("until", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("told_change") as batch:
        batch.drop_column("until")
