"""The audit log: every change with who, what and when, written in the same transaction as the change."""

from __future__ import annotations

from datetime import datetime

import orjson

from domain.values import JsonObject
from registry.database import Database, Session
from registry.rows import json_text, moment, timestamp
from registry.values import AuditEntry

LONGEST_LISTING = 1000


def write(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    owner: str = "",
    tool: str = "",
    version: int = 0,
    outcome: str = "done",
    facts: JsonObject | None = None,
) -> None:
    """Add one entry."""
    session.run(
        "INSERT INTO audit (at, actor, action, owner, tool, version, outcome, facts) "
        "VALUES (:at, :actor, :action, :owner, :tool, :version, :outcome, :facts)",
        at=timestamp(at),
        actor=actor,
        action=action,
        owner=owner,
        tool=tool,
        version=version,
        outcome=outcome,
        facts=json_text(facts or {}),
    )


def read(
    database: Database, *, tool: str | None = None, owner: str | None = None, limit: int = 100
) -> tuple[AuditEntry, ...]:
    """Return the newest entries first, of one tool or owner where given."""
    rows = database.all(
        "SELECT * FROM audit WHERE (CAST(:tool AS VARCHAR) IS NULL OR tool = :tool) "
        "AND (CAST(:owner AS VARCHAR) IS NULL OR owner = :owner) ORDER BY id DESC LIMIT :limit",
        tool=tool,
        owner=owner,
        limit=max(0, min(limit, LONGEST_LISTING)),
    )
    return tuple(
        AuditEntry(
            at=moment(row["at"]),
            actor=row["actor"],
            action=row["action"],
            owner=row["owner"],
            tool=row["tool"],
            version=row["version"],
            outcome=row["outcome"],
            facts=orjson.loads(row["facts"]),
        )
        for row in rows
    )
