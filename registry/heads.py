"""What every change of tools has in common: its transaction, the version that stands for a tool, the audit entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import orjson

from domain.errors import IntegrityBroken
from domain.values import JsonObject
from registry import audit, index
from registry.database import Row, Session
from registry.own import WITH_TOOL
from registry.rows import timestamp, version_of
from registry.seals import seal
from registry.shelf import Shelf

TOOLS = "tools"  # the lock of everything that changes them


@contextmanager
def changing(shelf: Shelf) -> Iterator[Session]:
    """Open a transaction that changes tools: one at a time, in all processes.

    Tools share the counts of the search index and the generation, so two changes, even of different tools, would
    wait for each other in the end, and on PostgreSQL perhaps in turn for ever.
    """
    with shelf.database.write() as session:
        session.lock(TOOLS)
        yield session


def set_head(session: Session, shelf: Shelf, tool_id: int) -> None:
    """Let lists and search show the published version, else the newest that is not quarantined, else the newest.

    A damaged version is passed over; when all are, search forgets the tool.
    """
    rows = session.all(
        f"{WITH_TOOL} WHERE v.tool_id = :id ORDER BY CASE v.status WHEN 'published' THEN 0 WHEN 'quarantined' THEN 2 "
        "ELSE 1 END, v.number DESC",
        id=tool_id,
    )
    for row in rows:
        try:
            version = version_of(row, shelf.verifier)
        except IntegrityBroken:
            continue  # reported when it is read; a change of its neighbours must not fail for it
        write_head(session, shelf, tool_id, row)
        index.write(session, shelf.database.dialect, tool_id, version)
        return
    write_head(session, shelf, tool_id, rows[0])
    index.remove(session, shelf.database.dialect, tool_id)


def write_head(session: Session, shelf: Shelf, tool_id: int, row: Row) -> None:
    """Write which version stands for a tool, and seal the states of all its versions."""
    session.run(
        "UPDATE tool SET head_number = :number, status = :status, kind = :kind, updated_at = :now WHERE id = :id",
        id=tool_id,
        number=row["number"],
        status=row["status"],
        kind=orjson.loads(row["content"])["plan"]["source"]["kind"],
        now=timestamp(shelf.now()),
    )
    seal(session, shelf, tool_id)


def advance(session: Session) -> None:
    """Tell all processes that the set of tools changed."""
    session.run("UPDATE counter SET value = value + 1 WHERE name = 'generation'")


def log_row(session: Session, shelf: Shelf, row: Row, *, action: str, actor: str, facts: JsonObject) -> None:
    """Write the audit entry of a change of a version."""
    log(
        session,
        shelf,
        action=action,
        actor=actor,
        owner=row["owner"],
        tool=row["name"],
        version=row["number"],
        facts=facts,
    )


def log(
    session: Session,
    shelf: Shelf,
    *,
    action: str,
    actor: str,
    owner: str = "",
    tool: str = "",
    version: int = 0,
    facts: JsonObject | None = None,
) -> None:
    """Write the audit entry of a change."""
    audit.write(
        session, at=shelf.now(), actor=actor, action=action, owner=owner, tool=tool, version=version, facts=facts
    )
