"""Full-text search over tools: FTS5 with BM25 on SQLite, tsvector on PostgreSQL, one set of rules for both.

Owns what of a tool is indexed and how candidates are ranked. Which tools an owner sees is told by ``visible``.
"""

from __future__ import annotations

from typing import Any

import orjson

from domain.plan import SourceKind
from domain.workflow import Status, WorkflowVersion
from registry.database import Database, Row, Session
from registry.values import SearchHit
from registry.words import query_words, text_of, unique

RULES = 1  # raise it when what is indexed changes: the index is then rebuilt at the next opening
COLUMNS = ("name", "title", "description", "examples", "labels", "fields")
WEIGHTS = {"name": 6.0, "title": 4.0, "description": 2.0, "examples": 3.0, "labels": 1.5, "fields": 1.0}
LONGEST = 100
CALLABLE = (Status.PUBLISHED, Status.DRAFT)

VISIBLE = (
    "(t.owner = :owner OR (t.shared AND NOT EXISTS (SELECT 1 FROM tool o WHERE o.name = t.name "
    "AND (o.owner = :owner OR (o.shared AND o.id < t.id)))))"
)  # a name means one tool: one's own first, then whichever was shared first


def index(session: Session, dialect: str, tool_id: int, version: WorkflowVersion) -> None:
    """Replace what the index says about a tool."""
    remove(session, dialect, tool_id)
    texts = document(version)
    if dialect == "sqlite":
        session.run(
            "INSERT INTO tool_search (rowid, name, title, description, examples, labels, fields) "
            "VALUES (:id, :name, :title, :description, :examples, :labels, :fields)",
            id=tool_id,
            **texts,
        )
    else:
        session.run(
            "INSERT INTO tool_search (tool_id, words, texts) VALUES (:id, "
            "setweight(to_tsvector('english', :name || ' ' || :title), 'A') || "
            "setweight(to_tsvector('english', :examples), 'B') || "
            "setweight(to_tsvector('english', :description), 'C') || "
            "setweight(to_tsvector('english', :labels || ' ' || :fields), 'D'), :texts)",
            id=tool_id,
            texts=orjson.dumps(texts).decode(),
            **texts,
        )
    session.run("DELETE FROM tool_label WHERE tool_id = :id", id=tool_id)
    labels = [("tag", tag) for tag in version.plan.tags] + [("host", host) for host in hosts_of(version)]
    session.many(
        "INSERT INTO tool_label (tool_id, label, value) VALUES (:id, :label, :value)",
        [{"id": tool_id, "label": label, "value": value.lower()} for label, value in dict.fromkeys(labels)],
    )


def remove(session: Session, dialect: str, tool_id: int) -> None:
    """Forget what the index says about a tool."""
    column = "rowid" if dialect == "sqlite" else "tool_id"
    session.run(f"DELETE FROM tool_search WHERE {column} = :id", id=tool_id)


def document(version: WorkflowVersion) -> dict[str, str]:
    """Return the indexed words of a version by column."""
    tool, plan = version.tool, version.plan
    return {
        "name": text_of(tool.name),
        "title": text_of(tool.title),
        "description": text_of(tool.description),
        "examples": text_of(plan.query, *plan.example_queries),
        "labels": text_of(*plan.tags, *hosts_of(version)),
        "fields": text_of(*properties(tool.input_schema), *(field.name for field in plan.fields)),
    }


def properties(schema: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of a schema's own properties."""
    found = schema.get("properties")
    return tuple(found) if isinstance(found, dict) else ()


def hosts_of(version: WorkflowVersion) -> tuple[str, ...]:
    """Return every host the version may ask, in the policy's order."""
    return unique(rule.host for rule in version.policy.hosts)


def search(
    database: Database,
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
    return hits(database, rows)


SHOWN = "t.id, t.owner, t.name, t.shared, t.status, t.kind, t.head_number, v.face"
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


def hits(database: Database, rows: list[Row]) -> tuple[SearchHit, ...]:
    """Return rows as hits, with their labels."""
    labels: dict[int, list[tuple[str, str]]] = {row["id"]: [] for row in rows}
    if labels:
        ids = ", ".join(str(int(each)) for each in labels)
        for row in database.all(f"SELECT * FROM tool_label WHERE tool_id IN ({ids}) ORDER BY value"):
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
        version=row["head_number"],
        status=Status(row["status"]),
        kind=SourceKind(row["kind"]),
        hosts=tuple(value for label, value in labels if label == "host"),
        tags=tuple(value for label, value in labels if label == "tag"),
        shared=bool(row["shared"]),
        score=float(row["score"]),
    )
