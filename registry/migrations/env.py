"""Alembic's entry: runs the revisions on the connection that ``upgrade`` hands in."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import registry.tables  # noqa: F401 declares the metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata, transactional_ddl=True
)
context.run_migrations()
