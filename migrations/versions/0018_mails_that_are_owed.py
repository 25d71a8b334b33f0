"""mails that are owed to registered people, and last mails whose address goes with them

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("registration", sa.Column("owed", sa.String(length=16), nullable=True))
    op.create_index(op.f("ix_registration_owed"), "registration", ["owed"])
    last = sa.Column("is_last", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("outgoing_mail", last)


def downgrade() -> None:
    op.drop_column("outgoing_mail", "is_last")
    op.drop_index(op.f("ix_registration_owed"), table_name="registration")
    op.drop_column("registration", "owed")
