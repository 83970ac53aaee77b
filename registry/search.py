"""Full-text search over tools: candidates from FTS5 or tsvector by the rare words, ranked here by all of them.

What of a tool is indexed is told by ``index.py``. Common words ("get", "list") match a large part of ten thousand
tools, so that scoring all matches costs tens of ms; they take part in ranking the best candidates only.
"""

from __future__ import annotations

import math
from typing import Any

import orjson

from domain.errors import IntegrityBroken
from domain.plan import SourceKind
from domain.workflow import Status
from registry.catalogue import report
from registry.database import Database, Dialect, Row
from registry.index import COLUMNS, KEYS
from registry.seals import require_listed
from registry.shelf import Shelf
from registry.values import SearchHit
from registry.visibility import VISIBLE, plain
from registry.words import query_terms

LONGEST = 100
CALLABLE = (Status.PUBLISHED, Status.DRAFT)

CANDIDATES = 30
MATCHES: dict[Dialect, int] = {"sqlite": 1000, "postgresql": 250}
"""Documents that the terms asked for may match together, unless the two rarest terms have more. PostgreSQL weighs each
match term by term, which costs some 10 µs."""
WEIGHTS = {"name": 2.0, "title": 3.0, "description": 1.0, "examples": 2.0, "labels": 2.0, "fields": 0.7}
USUAL_WORDS = {"name": 6, "title": 7, "description": 40, "examples": 12, "labels": 8, "fields": 6}
SATURATION = 1.2  # BM25's k1
LENGTH_SHARE = 0.5  # BM25's b

TYPO_CHARACTERS = 4  # shorter words have too many neighbours
TYPO_SCORE = 0.74  # similarity by edits and swaps: one swap in a word of four

SHOWN = (
    "t.id, t.owner, t.name, t.shared, t.status, t.kind, t.head_number, t.states, t.seal, t.seal_key, "
    "v.number, v.content_hash, v.sums, v.signature, v.key_id, v.face"
)
FACE = "JOIN version v ON v.tool_id = t.id AND v.number = t.head_number"


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
    limit = max(0, min(limit, LONGEST))
    terms = query_terms(text)
    if not terms:
        rows = shelf.database.all(
            f"SELECT {SHOWN} FROM tool t {FACE} WHERE {where} "  # noqa: S608 fixed parts, bound values
            "ORDER BY t.popularity DESC, t.name, t.id LIMIT :limit",
            limit=limit,
            **values,
        )
        return hits(shelf, {row["id"]: (0.0, row) for row in rows})
    weights = rarity(shelf.database, terms)
    found = candidates(shelf.database, weights, where, values)
    best = sorted(((score(row, weights), row["popularity"], -row["id"]) for row in found), reverse=True)[:limit]
    return faces(shelf, {-negative: points for points, _, negative in best})


def rarity(database: Database, terms: tuple[str, ...]) -> dict[str, tuple[int, float]]:
    """Return for each known term how many tools have it and its weight; an unknown word stands for its neighbour."""
    counts = documents(database, terms)
    for term in terms:
        if counts.get(term, 0) == 0 and len(term) >= TYPO_CHARACTERS:
            counts.update(neighbour(database, term))
    row = database.one("SELECT COUNT(*) AS tools FROM tool")
    total = row["tools"] if row else 0
    return {
        term: (count, math.log(1 + (total - count + 0.5) / (count + 0.5))) for term, count in counts.items() if count
    }


def documents(database: Database, terms: tuple[str, ...]) -> dict[str, int]:
    """Return in how many tools each term occurs."""
    names = {f"t{place}": term for place, term in enumerate(terms)}
    rows = database.all(
        f"SELECT term, documents FROM search_term WHERE term IN ({', '.join(':' + name for name in names)})",  # noqa: S608 placeholders only
        **names,
    )
    return {row["term"]: row["documents"] for row in rows}


def neighbour(database: Database, term: str) -> dict[str, int]:
    """Return the indexed term that a misspelt one most likely means, with its count, or nothing."""
    from rapidfuzz import process  # noqa: PLC0415 costs 60 ms, and most questions have no typo
    from rapidfuzz.distance import DamerauLevenshtein  # noqa: PLC0415 as above

    rows = database.all(
        "SELECT term, documents FROM search_term WHERE term >= :low AND term < :high AND documents > 0 "
        "AND LENGTH(term) BETWEEN :least AND :most",
        low=term[0],
        high=term[0] + "\uffff",
        least=len(term) - 2,
        most=len(term) + 2,
    )
    counts = {str(row["term"]): int(row["documents"]) for row in rows}
    near = process.extractOne(
        term, list(counts), scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=TYPO_SCORE
    )
    return {} if near is None else {near[0]: counts[near[0]]}


def candidates(
    database: Database, weights: dict[str, tuple[int, float]], where: str, values: dict[str, Any]
) -> list[Row]:
    """Return the documents that match the rarest terms best, before ranking."""
    chosen: list[str] = []
    matches = 0
    for term, (count, _) in sorted(weights.items(), key=lambda item: item[1][0]):
        if len(chosen) >= 2 and matches + count > MATCHES[database.dialect]:
            break
        chosen.append(term)
        matches += count
    if not chosen:
        return []
    shown = ", ".join(f"s.{column} AS words_{column}" for column in COLUMNS)
    if database.dialect == "sqlite":
        return database.all(
            f"SELECT t.id, t.popularity, {shown} FROM (SELECT x.rowid AS id, x.rank AS points FROM tool_search x "  # noqa: S608 fixed parts, bound values
            f"JOIN tool t ON t.id = x.rowid WHERE x.tool_search MATCH :match AND {where} "
            "ORDER BY x.rank LIMIT :candidates) f "
            f"JOIN tool t ON t.id = f.id JOIN tool_search s ON s.{KEYS['sqlite']} = f.id",
            match=" OR ".join(f'"{term}"' for term in chosen),
            candidates=CANDIDATES,
            **values,
        )
    points = " + ".join(
        f"CASE WHEN x.words @@ CAST(:w{place} AS tsquery) THEN {weights[term][1]:.4f}::float8 ELSE 0::float8 END"
        for place, term in enumerate(weights)
    )
    return database.all(
        f"SELECT t.id, t.popularity, {shown} FROM (SELECT t.id FROM tool_search x JOIN tool t ON t.id = x.id "  # noqa: S608 as above
        f"WHERE x.words @@ CAST(:match AS tsquery) AND {where} ORDER BY {points} DESC, t.id LIMIT :candidates) f "
        "JOIN tool t ON t.id = f.id JOIN tool_search s ON s.id = f.id",
        match=" | ".join(f"'{term}'" for term in chosen),
        candidates=CANDIDATES,
        **{f"w{place}": f"'{term}'" for place, term in enumerate(weights)},
        **values,
    )


def score(row: Row, weights: dict[str, tuple[int, float]]) -> float:
    """Return how well a document answers all terms: BM25 over weighted fields."""
    fields = [(WEIGHTS[column], USUAL_WORDS[column], row[f"words_{column}"].split()) for column in COLUMNS]
    total = 0.0
    for term, (_, weight) in weights.items():
        frequency = 0.0
        for field_weight, usual, words in fields:
            count = words.count(term)
            if count:
                frequency += field_weight * count / (1 - LENGTH_SHARE + LENGTH_SHARE * len(words) / usual)
        total += weight * frequency / (SATURATION + frequency)
    return total


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
                "EXISTS (SELECT 1 FROM tool_label l WHERE l.tool_id = t.id "  # noqa: S608 as above
                f"AND l.label = '{label}' AND l.value = :{label})"
            )
            values[label] = plain(value)
    return " AND ".join(parts), values


def faces(shelf: Shelf, points: dict[int, float]) -> tuple[SearchHit, ...]:
    """Return scored tools as hits, in their order."""
    if not points:
        return ()
    ids = ", ".join(str(int(each)) for each in points)
    rows = shelf.database.all(f"SELECT {SHOWN} FROM tool t {FACE} WHERE t.id IN ({ids})")  # noqa: S608 numbers only
    found = {row["id"]: row for row in rows}
    return hits(shelf, {each: (points[each], found[each]) for each in points if each in found})


def hits(shelf: Shelf, rows: dict[int, tuple[float, Row]]) -> tuple[SearchHit, ...]:
    """Return rows as hits, with their labels; a damaged row is reported and left out."""
    labels: dict[int, list[tuple[str, str]]] = {tool_id: [] for tool_id in rows}
    if labels:
        ids = ", ".join(str(int(each)) for each in labels)
        query = f"SELECT * FROM tool_label WHERE tool_id IN ({ids}) ORDER BY value"  # noqa: S608 numbers only
        for row in shelf.database.all(query):
            labels[row["tool_id"]].append((row["label"], row["value"]))
    return tuple(hit(row, labels[tool_id], points) for tool_id, (points, row) in rows.items() if intact(shelf, row))


def hit(row: Row, labels: list[tuple[str, str]], points: float) -> SearchHit:
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
        input_schema=face["input_schema"],
        hosts=tuple(value for label, value in labels if label == "host"),
        tags=tuple(value for label, value in labels if label == "tag"),
        shared=bool(row["shared"]),
        score=points,
    )


def intact(shelf: Shelf, row: Row) -> bool:
    """Return whether a row's face is what was signed; a row that is not is reported."""
    try:
        require_listed(shelf.verifier, row)
    except IntegrityBroken as error:
        report(shelf, row, error)
        return False
    return True
