"""Replay bundles and profiles of versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "school_0004"
down_revision = "school_0003"
branch_labels = None
depends_on = None


def key_columns() -> tuple[sa.Column[int], ...]:
    return (
        sa.Column("tool_id", sa.Integer, sa.ForeignKey("tool.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
    )


def upgrade() -> None:
    op.create_table(
        "replay",
        *key_columns(),
        sa.Column("bundle", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.String, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("obsolete", sa.String, nullable=False),
    )
    op.create_table("profile", *key_columns(), sa.Column("profile", sa.String, nullable=False))
