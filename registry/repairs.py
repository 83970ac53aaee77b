"""What the audit log says of a repair, beside the publishing of the new version."""

from __future__ import annotations

import orjson

from domain.values import JsonObject
from registry import audit
from registry.database import Session
from registry.own import owned
from registry.shelf import Shelf

ACTION = "repair"


def note_repair(
    shelf: Shelf, name: str, owner: str, number: int, *, actor: str, job_id: str | None, facts: JsonObject
) -> None:
    """Note that a version was made to repair an earlier one; ``facts`` say which, why and at what price.

    Of one job it is noted once, however often the job's step ran.

    Raises:
        UnknownTool: the owner has no such version.
    """
    with shelf.database.write() as session:
        owned(session, name, owner, number)
        if job_id is not None and _is_noted(session, name, owner, number, job_id):
            return
        audit.write(
            session,
            at=shelf.now(),
            actor=actor,
            action=ACTION,
            owner=owner,
            tool=name,
            version=number,
            facts={**facts, "job": job_id},
        )


def _is_noted(session: Session, name: str, owner: str, number: int, job_id: str) -> bool:
    rows = session.all(
        "SELECT facts FROM audit WHERE action = :action AND owner = :owner AND tool = :tool AND version = :version",
        action=ACTION,
        owner=owner,
        tool=name,
        version=number,
    )
    return any(orjson.loads(row["facts"]).get("job") == job_id for row in rows)
