"""The store of tools: versions one can trust, search that scales, runs, costs, replay bundles.

``open_registry`` is the door. Importing this package loads neither SQLAlchemy nor alembic nor a driver but SQLite's.
"""

from __future__ import annotations

from registry.store import Registry, open_registry
from registry.values import AuditEntry, RunEntry, SearchHit, ToolEntry, ToolPage, VersionEntry

__all__ = [
    "AuditEntry",
    "Registry",
    "RunEntry",
    "SearchHit",
    "ToolEntry",
    "ToolPage",
    "VersionEntry",
    "open_registry",
]
