"""Runs, the ledger of model calls, and the cache of model replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "school_0003"
down_revision = "school_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("tool_id", sa.Integer),
        *(sa.Column(name, sa.String, nullable=False) for name in ("owner", "tool")),
        sa.Column("version", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("kind", "outcome", "error_code", "error_message", "artifact_sha256", "arguments")
        ),
        sa.Column("rows", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Float, nullable=False) for name in ("wall_ms", "cpu_ms", "memory_mb")),
        sa.Column("requests", sa.Integer, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("bytes_in", "bytes_out")),
        sa.Column("started_at", sa.String, nullable=False),
    )
    op.create_index("ix_run_started_at", "run", ["started_at"])
    op.create_index("run_tool_time", "run", ["tool_id", "started_at"])
    op.create_index("run_owner_tool", "run", ["owner", "tool"])
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("at", "owner")),
        *(sa.Column(name, sa.String) for name in ("job_id", "tool")),
        *(sa.Column(name, sa.String, nullable=False) for name in ("provider", "model", "stage", "prompt_version")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("calls", "input_tokens", "output_tokens")),
        sa.Column("cost_usd", sa.Float, nullable=False),
        sa.Column("price_table", sa.String, nullable=False),
        sa.Column("latency_ms", sa.Float, nullable=False),
        sa.Column("cache_hit", sa.Boolean, nullable=False),
    )
    for name in ("at", "job_id", "tool"):
        op.create_index(f"ix_ledger_{name}", "ledger", [name])
    op.create_table(
        "reply",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("reply", sa.String, nullable=False),
    )
    op.create_index("ix_reply_at", "reply", ["at"])
