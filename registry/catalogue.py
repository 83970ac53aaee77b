"""Reading tools: one version, pages of tools, histories. A damaged row is refused, reported and left out of lists."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson

from domain.errors import IntegrityBroken, InvalidArguments, UnknownTool
from domain.plan import SourceKind
from domain.tool import Tool
from domain.workflow import Status, WorkflowVersion
from registry import audit
from registry.database import Row
from registry.own import WITH_TOOL, entry_of
from registry.seals import require_listed, sealed_version
from registry.shelf import Shelf
from registry.values import ToolEntry, ToolPage, VersionEntry
from registry.visibility import VISIBLE, plain, require_name

LONGEST_PAGE = 1000


def tool(shelf: Shelf, name: str, owner: str, version: int | None = None) -> WorkflowVersion:
    """Return a version of a tool that the owner sees: the one with the number, else the one that can be called.

    That is the published version or, of a tool that was never published, its newest draft.

    Raises:
        UnknownTool: nothing of this name and number is visible to this owner.
        IntegrityBroken: the row was changed outside the registry; it is reported in the audit log.
    """
    require_name(name)
    callable_head = "v.number = t.head_number AND v.status IN ('published', 'draft')"
    which = callable_head if version is None else "v.number = :number"
    row = shelf.database.one(
        f"{WITH_TOOL} WHERE t.name = :name AND {VISIBLE} AND {which}", name=name, owner=owner, number=version
    )
    if row is None:
        number = "callable version" if version is None else f"version {version}"
        raise UnknownTool(f"There is no {number} of a tool {name[:80]!r} for this owner.")
    try:
        return sealed_version(row, shelf.verifier)
    except IntegrityBroken as error:
        report(shelf, row, error)
        raise


def tools(
    shelf: Shelf, owner: str, *, after: str | None = None, limit: int = 50, status: Status = Status.PUBLISHED
) -> ToolPage:
    """Return one page of the tools that the owner sees, most-used first, in an order that is stable.

    Use is counted in powers of two for the order, so that single calls do not move tools between pages.

    Raises:
        InvalidArguments: the cursor is not one of ours.
    """
    limit = max(1, min(limit, LONGEST_PAGE))
    start, values = "", {}
    if after is not None:
        popularity, name, tool_id = read_cursor(after)
        start = (
            "AND (t.popularity < :popularity OR (t.popularity = :popularity AND (t.name > :name "
            "OR (t.name = :name AND t.id > :id)))) "
        )
        values = {"popularity": popularity, "name": name, "id": tool_id}
    rows = shelf.database.all(
        "SELECT t.id, t.owner, t.name, t.shared, t.kind, t.calls, t.popularity, t.status, "  # noqa: S608 fixed parts, bound values
        "t.head_number, t.states, t.seal, t.seal_key, v.number, v.content_hash, v.sums, v.signature, v.key_id, v.face "
        "FROM tool t JOIN version v ON v.tool_id = t.id AND v.number = t.head_number "
        f"WHERE t.status = :status AND {VISIBLE} {start}"
        "ORDER BY t.popularity DESC, t.name, t.id LIMIT :limit",
        owner=owner,
        status=status.value,
        limit=limit + 1,
        **values,
    )
    shown = rows[:limit]
    entries = tuple(entry for row in shown if (entry := intact_entry(shelf, row)) is not None)
    return ToolPage(entries=entries, next=cursor(shown[-1]) if len(rows) > limit else None)


def names(shelf: Shelf, owner: str, beginning: str, *, limit: int = 100) -> tuple[str, ...]:
    """Return the names that begin so among the tools that the owner sees, in whatever state they are."""
    rows = shelf.database.all(
        f"SELECT t.name FROM tool t WHERE {VISIBLE} AND t.name LIKE :beginning ESCAPE '!' ORDER BY t.name LIMIT :limit",  # noqa: S608 fixed parts, bound values
        owner=owner,
        beginning=re.sub(r"[!%_]", r"!\g<0>", plain(beginning)) + "%",
        limit=limit,
    )
    return tuple(str(row["name"]) for row in rows)


def intact_entry(shelf: Shelf, row: Row) -> ToolEntry | None:
    """Return the row as an entry, or report it and return None: one damaged tool must not hide the others."""
    try:
        require_listed(shelf.verifier, row)
    except IntegrityBroken as error:
        report(shelf, row, error)
        return None
    return ToolEntry(
        tool=Tool.model_validate_json(row["face"]),
        owner=row["owner"],
        version=row["number"],
        status=Status(row["status"]),
        kind=SourceKind(row["kind"]),
        shared=bool(row["shared"]),
        calls=row["calls"],
    )


def versions(shelf: Shelf, name: str, owner: str) -> tuple[VersionEntry, ...]:
    """Return the history of a tool that the owner sees, newest first.

    Raises:
        UnknownTool: there is none.
    """
    require_name(name)
    rows = shelf.database.all(
        "SELECT v.number, v.status, v.content_hash, v.key_id, v.created_at, "  # noqa: S608 fixed parts, bound values
        "v.created_by, v.published_at "
        f"FROM version v JOIN tool t ON t.id = v.tool_id WHERE t.name = :name AND {VISIBLE} ORDER BY v.number DESC",
        name=name,
        owner=owner,
    )
    if not rows:
        raise UnknownTool(f"There is no tool {name[:80]!r} for this owner.")
    return tuple(entry_of(row) for row in rows)


def report(shelf: Shelf, row: Row, error: IntegrityBroken) -> None:
    """Write the refused use of a damaged row to the audit log, once per version and day of the log's retention."""
    with shelf.database.write() as session:
        known = session.one(
            "SELECT 1 AS found FROM audit WHERE action = 'integrity' AND owner = :owner AND tool = :tool "
            "AND version = :number AND facts = :facts",
            owner=row["owner"],
            tool=row["name"],
            number=row["number"],
            facts=orjson.dumps({"message": error.message}).decode(),
        )
        if known is None:
            audit.write(
                session,
                at=shelf.now(),
                actor="registry",
                action="integrity",
                owner=row["owner"],
                tool=row["name"],
                version=row["number"],
                outcome="refused",
                facts={"message": error.message},
            )


def cursor(row: Row) -> str:
    """Return the place after a row."""
    return urlsafe_b64encode(orjson.dumps([row["popularity"], row["name"], row["id"]])).decode()


def read_cursor(text: str) -> tuple[int, str, int]:
    """Return the place that a cursor names.

    Raises:
        InvalidArguments: the cursor is not one of ours.
    """
    try:
        popularity, name, tool_id = orjson.loads(urlsafe_b64decode(text.encode("ascii")))
    except (binascii.Error, ValueError, TypeError):
        popularity, name, tool_id = None, None, None
    if isinstance(name, str) and isinstance(popularity, int) and isinstance(tool_id, int):
        return popularity, name, tool_id
    raise InvalidArguments("The cursor is not one that this server gave.", remedy="Begin without one.")
