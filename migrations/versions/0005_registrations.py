"""registrations

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ptgsched.db import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INTERESTS = (
    ("registration_team", "team"),
    ("registration_project", "project"),
    ("registration_star", "booking"),
)


def upgrade() -> None:
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("registration_capacity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("registration_opens_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("registration_closes_at", UTCDateTime(), nullable=True))

    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), server_default="page", nullable=False),
        sa.Column("name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("affiliation", sa.String(length=120), server_default="", nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("role", sa.String(length=64), server_default="", nullable=False),
        sa.Column("chat_nick", sa.String(length=64), server_default="", nullable=False),
        sa.Column("access_needs", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("listed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("newsletter", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("registered_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("cancelled_at", UTCDateTime(), nullable=True),
        sa.Column("verified_at", UTCDateTime(), nullable=True),
        sa.Column("link_seed", sa.String(length=43), nullable=True),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("feed_seed", sa.String(length=43), nullable=True),
        sa.Column("feed_hash", sa.String(length=64), nullable=True),
        sa.Column("browser_hash", sa.String(length=64), nullable=True),
        sa.Column("proposal", sa.JSON(), nullable=True),
        sa.Column("proposed_at", UTCDateTime(), nullable=True),
        sa.Column("times_registered", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_registration_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("event_id", "email", name=op.f("uq_registration_event_id_email")),
        sa.UniqueConstraint("feed_hash", name=op.f("uq_registration_feed_hash")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_registration_link_hash")),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_email"), ["email"], unique=False)
        batch_op.create_index(
            "ix_registration_event_id_status_place",
            ["event_id", "status", "place"],
            unique=False,
        )

    for table, other in INTERESTS:
        _interest(table, other)


def _interest(table: str, other: str) -> None:
    column = f"{other}_id"
    op.create_table(
        table,
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(column, sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f(f"fk_{table}_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            [column],
            [f"{other}.id"],
            name=op.f(f"fk_{table}_{column}_{other}"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", column, name=op.f(f"pk_{table}")),
    )
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def downgrade() -> None:
    for table, other in reversed(INTERESTS):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_{other}_id"))
        op.drop_table(table)
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index("ix_registration_event_id_status_place")
        batch_op.drop_index(batch_op.f("ix_registration_email"))
    op.drop_table("registration")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_column("registration_closes_at")
        batch_op.drop_column("registration_opens_at")
        batch_op.drop_column("registration_capacity")
