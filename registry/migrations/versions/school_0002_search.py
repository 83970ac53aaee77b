"""The full-text index. It is filled when the registry is opened next, since its rules are code."""

from __future__ import annotations

from alembic import op

revision = "school_0002"
down_revision = "school_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE tool_search USING fts5"
            "(name, title, description, examples, labels, fields, tokenize = 'porter unicode61')"
        )
        op.execute("CREATE VIRTUAL TABLE tool_search_words USING fts5vocab(tool_search, 'row')")
        return
    op.execute(
        "CREATE TABLE tool_search (tool_id integer PRIMARY KEY REFERENCES tool (id) ON DELETE CASCADE, "
        "words tsvector NOT NULL, texts text NOT NULL)"
    )
    op.execute("CREATE INDEX tool_search_words ON tool_search USING gin (words)")
