"""The search index: which words of a version it holds, on either engine. Searching it is in ``search.py``."""

from __future__ import annotations

from typing import Any

from domain.workflow import WorkflowVersion
from registry.database import Dialect, Session
from registry.words import text_of, unique

RULES = 1  # raise it when what is indexed changes: the index is then rebuilt at the next opening
KEYS: dict[Dialect, str] = {"sqlite": "rowid", "postgresql": "id"}
COLUMNS = ("name", "title", "description", "examples", "labels", "fields")


def write(session: Session, dialect: Dialect, tool_id: int, version: WorkflowVersion) -> None:
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
            "INSERT INTO tool_search (id, name, title, description, examples, labels, fields, words) "
            "VALUES (:id, :name, :title, :description, :examples, :labels, :fields, "
            "array_to_tsvector(CAST(:words AS text[])))",
            id=tool_id,
            words=sorted(terms_in(texts)),
            **texts,
        )
    count(session, dialect, terms_in(texts), 1)
    session.run("DELETE FROM tool_label WHERE tool_id = :id", id=tool_id)
    labels = [("tag", tag.lower()) for tag in version.plan.tags]
    labels += [("host", host.lower()) for host in hosts_of(version)]
    session.many(
        "INSERT INTO tool_label (tool_id, label, value) VALUES (:id, :label, :value)",
        [{"id": tool_id, "label": label, "value": value} for label, value in dict.fromkeys(labels)],
    )


def remove(session: Session, dialect: Dialect, tool_id: int) -> None:
    """Forget what the index says about a tool."""
    key = KEYS[dialect]
    row = session.one(f"SELECT * FROM tool_search WHERE {key} = :id", id=tool_id)  # noqa: S608 fixed parts only
    if row is None:
        return
    count(session, dialect, terms_in({column: row[column] for column in COLUMNS}), -1)
    session.run(f"DELETE FROM tool_search WHERE {key} = :id", id=tool_id)  # noqa: S608 fixed parts only


def count(session: Session, dialect: Dialect, terms: set[str], change: int) -> None:
    """Count terms up or down, in their order, so that two writers never wait for each other in turn."""
    add = "ON CONFLICT (term) DO UPDATE SET documents = search_term.documents + excluded.documents"
    if dialect == "postgresql":
        session.run(
            "INSERT INTO search_term (term, documents) SELECT unnest(CAST(:terms AS text[])), :change " + add,
            terms=sorted(terms),
            change=change,
        )
        return
    session.many(
        "INSERT INTO search_term (term, documents) VALUES (:term, :change) " + add,  # noqa: S608 fixed parts
        [{"term": term, "change": change} for term in sorted(terms)],
    )


def terms_in(texts: dict[str, str]) -> set[str]:
    """Return the distinct terms of a document."""
    return {term for text in texts.values() for term in text.split()}


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
