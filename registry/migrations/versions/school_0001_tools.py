"""Tools, their immutable versions, labels, counters and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "school_0001"
down_revision = None
branch_labels = None
depends_on = None

FROZEN = "A version never changes once it is made."


def upgrade() -> None:
    op.create_table(
        "tool",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("head_number", sa.Integer, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("popularity", sa.Integer, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("updated_at", sa.String, nullable=False),
        sa.UniqueConstraint("owner", "name", name="tool_owner_name"),
    )
    op.create_index("ix_tool_name", "tool", ["name"])
    op.create_index("tool_listing", "tool", [sa.text("popularity DESC"), "name", "id"])
    op.create_table(
        "version",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tool_id", sa.Integer, sa.ForeignKey("tool.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("content_hash", sa.String, nullable=False),
        sa.Column("sums", sa.String, nullable=False),
        sa.Column("signature", sa.String, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("idempotency_key", sa.String),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("published_at", sa.String),
        sa.Column("face", sa.String, nullable=False),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("evidence", sa.String, nullable=False),
        sa.UniqueConstraint("tool_id", "number", name="version_tool_number"),
        sa.UniqueConstraint("tool_id", "idempotency_key", name="version_idempotency"),
    )
    op.create_index("ix_version_content_hash", "version", ["content_hash"])
    published = sa.text("status = 'published'")
    op.create_index(
        "version_one_published",
        "version",
        ["tool_id"],
        unique=True,
        sqlite_where=published,
        postgresql_where=published,
    )
    op.create_table(
        "tool_label",
        sa.Column("tool_id", sa.Integer, sa.ForeignKey("tool.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("label", sa.String, primary_key=True),
        sa.Column("value", sa.String, primary_key=True),
    )
    op.create_index("ix_tool_label_value", "tool_label", ["value"])
    op.create_table(
        "counter",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
    op.execute("INSERT INTO counter (name, value) VALUES ('generation', 0), ('search_rules', 0)")
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("tool", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("facts", sa.String, nullable=False),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    freeze_versions()


def freeze_versions() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER version_frozen BEFORE UPDATE OF tool_id, number, face, content, content_hash, created_at, "
            f"created_by ON version BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
        )
        op.execute(
            "CREATE TRIGGER evidence_frozen BEFORE UPDATE OF evidence, sums, signature ON version "
            f"WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{FROZEN}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER version_frozen BEFORE UPDATE OF tool_id, number, face, content, content_hash, created_at, "
        "created_by ON version FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER evidence_frozen BEFORE UPDATE OF evidence, sums, signature ON version FOR EACH ROW "
        "WHEN (OLD.status <> 'draft') EXECUTE FUNCTION refuse_change()"
    )
