"""Rows of an owner's own tools and versions, found by name and number."""

from __future__ import annotations

from domain.errors import UnknownTool
from domain.workflow import Status
from registry.database import Reader, Row, Session
from registry.rows import moment
from registry.values import VersionEntry
from registry.visibility import require_name

WITH_TOOL = (
    "SELECT v.*, t.owner, t.name, t.shared, t.head_number, t.states, t.seal, t.seal_key "
    "FROM version v JOIN tool t ON t.id = v.tool_id"
)


def owned_tool(session: Reader, name: str, owner: str) -> Row:
    """Return the row of the owner's own tool.

    Raises:
        UnknownTool: there is none.
    """
    require_name(name)
    row = session.one("SELECT * FROM tool WHERE owner = :owner AND name = :name", owner=owner, name=name)
    if row is None:
        raise UnknownTool(f"There is no tool {name[:80]!r} of this owner.")
    return row


def owned(session: Session, name: str, owner: str, number: int | None) -> Row:
    """Return one version of the owner's own tool; the head without a number.

    Raises:
        UnknownTool: there is none.
    """
    tool = owned_tool(session, name, owner)
    wanted = tool["head_number"] if number is None else number
    row = session.one(f"{WITH_TOOL} WHERE v.tool_id = :id AND v.number = :number", id=tool["id"], number=wanted)
    if row is None:
        raise UnknownTool(f"{name} has no version {wanted}.", remedy=f"See: main.py tools versions {name}")
    return row


def reread(session: Session, row: Row) -> Row:
    """Return the row as it is now."""
    fresh = session.one(f"{WITH_TOOL} WHERE v.id = :id", id=row["id"])
    assert fresh is not None
    return fresh


def entry_of(row: Row) -> VersionEntry:
    """Return a row as an entry of a tool's history."""
    return VersionEntry(
        number=row["number"],
        status=Status(row["status"]),
        content_hash=row["content_hash"],
        key_id=row["key_id"],
        created_at=moment(row["created_at"]),
        created_by=row["created_by"],
        published_at=moment(row["published_at"]) if row["published_at"] else None,
    )
