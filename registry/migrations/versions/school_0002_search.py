"""The full-text index. It is filled when the registry is opened next, since its rules are code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "school_0002"
down_revision = "school_0001"
branch_labels = None
depends_on = None

COLUMNS = ("name", "title", "description", "examples", "labels", "fields")


def upgrade() -> None:
    op.create_table(
        "search_term",
        sa.Column("term", sa.String, primary_key=True),
        sa.Column("documents", sa.Integer, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE VIRTUAL TABLE tool_search USING fts5({', '.join(COLUMNS)}, tokenize = 'unicode61')")
        return
    op.execute(
        "CREATE TABLE tool_search (id integer PRIMARY KEY REFERENCES tool (id) ON DELETE CASCADE, "
        + ", ".join(f"{column} text NOT NULL" for column in COLUMNS)
        + ", words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX tool_search_words ON tool_search USING gin (words)")
