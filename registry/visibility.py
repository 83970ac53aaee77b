"""Who sees which tool, as a condition on the table ``tool`` (alias ``t``) with the value ``owner``."""

from __future__ import annotations

VISIBLE = (
    "(t.owner = :owner OR (t.shared AND NOT EXISTS (SELECT 1 FROM tool o WHERE o.name = t.name "
    "AND (o.owner = :owner OR (o.shared AND o.id < t.id)))))"
)
"""A name means one tool: one's own first, then whichever of the shared ones is the oldest."""
