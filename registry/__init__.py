"""The store of tools: versions one can trust, search that scales, runs, costs, replay bundles.

``open_registry`` is the door. Importing this package loads neither SQLAlchemy nor alembic nor a driver but SQLite's.
"""

from __future__ import annotations

from registry.profiles import FieldProfile, Profile, profile
from registry.replay import ReplayBundle, ReplayCase, StoredReplay
from registry.retention import Retention
from registry.store import Registry, open_registry
from registry.values import (
    AuditEntry,
    Collected,
    Difference,
    Imported,
    KeyEntry,
    Resigned,
    RunEntry,
    SearchHit,
    ToolEntry,
    ToolPage,
    ToolStats,
    VersionEntry,
)

__all__ = [
    "AuditEntry",
    "Collected",
    "Difference",
    "FieldProfile",
    "Imported",
    "KeyEntry",
    "Profile",
    "Registry",
    "ReplayBundle",
    "ReplayCase",
    "Resigned",
    "Retention",
    "RunEntry",
    "SearchHit",
    "StoredReplay",
    "ToolEntry",
    "ToolPage",
    "ToolStats",
    "VersionEntry",
    "open_registry",
    "profile",
]
