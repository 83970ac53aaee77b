"""Full-text search over tools: FTS5 with BM25 on SQLite, tsvector on PostgreSQL, one ranking for both.

What of a tool is indexed is told by ``index.py``.
"""

from __future__ import annotations

from typing import Any

import orjson

from domain.errors import IntegrityBroken
from domain.plan import SourceKind
from domain.workflow import Status
from registry.catalogue import report
from registry.database import Row
from registry.index import COLUMNS
from registry.shelf import Shelf
from registry.values import SearchHit
from registry.visibility import VISIBLE
from registry.words import query_words

WEIGHTS = {"name": 6.0, "title": 4.0, "description": 2.0, "examples": 3.0, "labels": 1.5, "fields": 1.0}
LONGEST = 100
CALLABLE = (Status.PUBLISHED, Status.DRAFT)


def search(
    shelf: Shelf,
    text: str,
    owner: str,
    *,
    host: str | None = None,
    kind: SourceKind | None = None,
    tag: str | None = None,
    status: Status | None = None,
    limit: int = 10,
) -> tuple[SearchHit, ...]:
    """Return the best tools for a text, best first; with no words in it, the most-used ones.

    Without a status, tools that can be called are found: published ones and drafts.
    """
    where, values = filters(owner, host=host, kind=kind, tag=tag, status=status)
    found = query_words(text)
    limit = max(0, min(limit, LONGEST))
    database = shelf.database
    if not found:
        rows = database.all(
            f"SELECT {SHOWN}, 0.0 AS score FROM tool t {FACE} WHERE {where} "
            "ORDER BY t.popularity DESC, t.name, t.id LIMIT :limit",
            limit=limit,
            **values,
        )
    elif database.dialect == "sqlite":
        weights = ", ".join(str(WEIGHTS[column]) for column in COLUMNS)
        rows = database.all(
            f"SELECT {SHOWN}, -bm25(tool_search, {weights}) AS score FROM tool_search "
            f"JOIN tool t ON t.id = tool_search.rowid {FACE} WHERE tool_search MATCH :match AND {where} "
            "ORDER BY score DESC, t.popularity DESC, t.id LIMIT :limit",
            match=" OR ".join(f'"{word}"' for word in found),
            limit=limit,
            **values,
        )
    else:
        rows = database.all(
            f"SELECT {SHOWN}, ts_rank(tool_search.words, q.query, 1) AS score "
            "FROM to_tsquery('english', :match) AS q(query) JOIN tool_search ON tool_search.words @@ q.query "
            f"JOIN tool t ON t.id = tool_search.tool_id {FACE} WHERE {where} "
            "ORDER BY score DESC, t.popularity DESC, t.id LIMIT :limit",
            match=" | ".join(found),
            limit=limit,
            **values,
        )
    return hits(shelf, rows)


SHOWN = (
    "t.id, t.owner, t.name, t.shared, t.status, t.kind, v.number, v.content_hash, v.sums, v.signature, v.key_id, v.face"
)
FACE = "JOIN version v ON v.tool_id = t.id AND v.number = t.head_number"


def filters(
    owner: str, *, host: str | None, kind: SourceKind | None, tag: str | None, status: Status | None
) -> tuple[str, dict[str, Any]]:
    """Return the condition that a tool must meet, and its values."""
    parts, values = [VISIBLE], {"owner": owner}
    statuses = CALLABLE if status is None else (status,)
    parts.append("t.status IN (" + ", ".join(f"'{Status(each).value}'" for each in statuses) + ")")
    if kind is not None:
        parts.append("t.kind = :kind")
        values["kind"] = str(kind)
    for label, value in (("tag", tag), ("host", host)):
        if value is not None:
            parts.append(
                f"EXISTS (SELECT 1 FROM tool_label l WHERE l.tool_id = t.id AND l.label = '{label}' "
                f"AND l.value = :{label})"
            )
            values[label] = value.lower()
    return " AND ".join(parts), values


def hits(shelf: Shelf, rows: list[Row]) -> tuple[SearchHit, ...]:
    """Return rows as hits, with their labels; a damaged row is reported and left out."""
    rows = [row for row in rows if intact(shelf, row)]
    labels: dict[int, list[tuple[str, str]]] = {row["id"]: [] for row in rows}
    if labels:
        ids = ", ".join(str(int(each)) for each in labels)
        for row in shelf.database.all(f"SELECT * FROM tool_label WHERE tool_id IN ({ids}) ORDER BY value"):
            labels[row["tool_id"]].append((row["label"], row["value"]))
    return tuple(hit(row, labels[row["id"]]) for row in rows)


def hit(row: Row, labels: list[tuple[str, str]]) -> SearchHit:
    """Return one row as a hit."""
    face = orjson.loads(row["face"])
    return SearchHit(
        name=row["name"],
        owner=row["owner"],
        title=face["title"],
        description=face["description"],
        version=row["number"],
        status=Status(row["status"]),
        kind=SourceKind(row["kind"]),
        hosts=tuple(value for label, value in labels if label == "host"),
        tags=tuple(value for label, value in labels if label == "tag"),
        shared=bool(row["shared"]),
        score=float(row["score"]),
    )


def intact(shelf: Shelf, row: Row) -> bool:
    """Return whether a row's face is what was signed; a row that is not is reported."""
    try:
        shelf.verifier.require_face(row)
    except IntegrityBroken as error:
        report(shelf, row, error)
        return False
    return True
