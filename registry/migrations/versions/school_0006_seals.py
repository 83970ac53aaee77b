"""What a tool's rows say of its versions' states, signed; a version may be signed anew by another key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "school_0006"
down_revision = "school_0005"
branch_labels = None
depends_on = None

FROZEN = "A version never changes once it is made."
CHANGED = "OLD.status <> 'draft' AND (NEW.evidence <> OLD.evidence OR NEW.sums <> OLD.sums OR NEW.key_id = OLD.key_id)"


def upgrade() -> None:
    for name in ("states", "seal", "seal_key"):
        op.add_column("tool", sa.Column(name, sa.String, nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER evidence_frozen")
        op.execute(
            "CREATE TRIGGER evidence_frozen BEFORE UPDATE OF evidence, sums, signature ON version "
            f"WHEN {CHANGED} BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
        )
        return
    op.execute("DROP TRIGGER evidence_frozen ON version")
    op.execute(
        "CREATE TRIGGER evidence_frozen BEFORE UPDATE OF evidence, sums, signature ON version FOR EACH ROW "
        f"WHEN ({CHANGED}) EXECUTE FUNCTION refuse_change()"
    )
