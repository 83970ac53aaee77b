"""Arrays of like objects anywhere in a JSON value: the record candidates of JSON kinds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.observation import Column, RecordCandidate
from domain.plan import FieldType, RecordSource, RequestTemplate, SourceKind
from domain.values import JsonObject, JsonValue
from generators.sources.flatten import columns_of
from generators.sources.paths import join, read, records

_DEPTH: Final = 9
_MOST_GROUPS: Final = 12
_HEADS: Final = ("columns", "fields", "headers", "header", "cols", "keys", "columnNames", "column_names")
_EXEMPLARY: Final = 60
_LIKE: Final = 0.5
"""Share of keys that members of a map must have in common to be records."""


@dataclass(frozen=True, kw_only=True)
class RecordGroup:
    """Like records at a path; ``heads`` names the columns of array-shaped records."""

    path: str
    records: tuple[JsonValue, ...]
    heads: tuple[str, ...] = ()


def find_groups(value: JsonValue) -> tuple[RecordGroup, ...]:
    """Return the groups of like records in a JSON value, larger first; at most twelve."""
    found: dict[str, RecordGroup] = {}
    for group in _groups(value, "", _DEPTH):
        found.setdefault(group.path, group)
    ranked = sorted(found.values(), key=lambda g: -_weight(g))
    return tuple(ranked[:_MOST_GROUPS])


def find_candidates(
    value: JsonValue,
    request: RequestTemplate,
    *,
    kind: SourceKind = SourceKind.JSON,
    source: RecordSource | None = None,
) -> tuple[RecordCandidate, ...]:
    """Return record candidates of one JSON document that ``request`` brings, best first.

    ``source`` carries what else is needed to reach the document (the embedded element).
    """
    base = source or RecordSource(request=request, records="", format="json")
    candidates = []
    for group in find_groups(value):
        columns = columns_of(group.records, group.heads)
        if not columns:
            continue
        candidates.append(
            RecordCandidate(
                id=f"{kind}:{request.method}:{request.url}:{base.embedded_index}:{group.path}",
                kind=kind,
                source=base.model_copy(update={"records": group.path}),
                columns=columns,
                count=len(group.records),
                score=round(_weight(group) + _text_columns(columns), 4),
                exemplars=exemplars(group, columns),
                identity=identity_of(columns, group.records),
                url=request.url,
            )
        )
    return tuple(sorted(candidates, key=lambda c: -c.score))


def exemplars(group: RecordGroup, columns: Sequence[Column]) -> tuple[JsonObject, ...]:
    """Return the two records that fill most columns, as column name to value."""
    rows = [row_of(record, columns) for record in group.records[:_EXEMPLARY]]
    return tuple(sorted(rows, key=lambda r: -sum(v not in (None, "", []) for v in r.values()))[:2])


def row_of(record: JsonValue, columns: Sequence[Column]) -> JsonObject:
    """Read one record's columns."""
    row: JsonObject = {}
    for column in columns:
        value = record if column.locator == "." else read(record, column.locator)
        scaled = isinstance(value, int | float) and not isinstance(value, bool) and column.scale != 1.0
        row[column.name] = round(float(value) * column.scale, 6) if scaled and isinstance(value, int | float) else value
    return row


def identity_of(columns: Sequence[Column], members: Sequence[JsonValue]) -> tuple[str, ...]:
    """Return the columns that tell all records apart: an id if there is one, else an address, else what does."""
    unique = [c for c in columns if c.fill == 1.0 and _all_differ(c, members)]
    scalar = [c for c in unique if c.type not in (FieldType.ARRAY, FieldType.OBJECT, FieldType.BOOLEAN)]
    for test in (_is_id, _is_address, _is_name):
        for column in scalar:
            if test(column):
                return (column.name,)
    return _pair(columns, members) or tuple(c.name for c in scalar[:1])


def _pair(columns: Sequence[Column], members: Sequence[JsonValue]) -> tuple[str, ...]:
    names = [c for c in columns if _is_name(c) and c.fill == 1.0][:2]
    others = [c for c in columns if c.fill == 1.0 and c.type in (FieldType.DATE, FieldType.DATETIME, FieldType.URL)]
    for name in names:
        for other in others:
            keys = {(str(read(m, name.locator)), str(read(m, other.locator))) for m in members}
            if len(keys) == len(members):
                return (name.name, other.name)
    return ()


def _all_differ(column: Column, members: Sequence[JsonValue]) -> bool:
    values = [str(m if column.locator == "." else read(m, column.locator)) for m in members]
    return len(set(values)) == len(values)


def _is_id(column: Column) -> bool:
    return column.name in {"id", "uuid", "key", "slug", "api_id", "code", "sku", "isbn"} or column.name.endswith(
        ("_id", "_uuid", "_key")
    )


def _is_address(column: Column) -> bool:
    return column.type is FieldType.URL


def _is_name(column: Column) -> bool:
    return column.name in {"name", "title", "label"} or column.name.endswith(("_name", "_title"))


def _groups(value: JsonValue, path: str, depth: int) -> Iterator[RecordGroup]:
    if depth == 0:
        return
    if isinstance(value, list):
        yield from _list_groups(value, path, depth)
    elif isinstance(value, dict):
        yield from _map_groups(value, path)
        yield from _table_groups(value, path)
        for name, member in value.items():
            if isinstance(member, dict | list) and "." not in name and "[" not in name and "*" not in name:
                yield from _groups(member, join(path, name), depth - 1)


def _list_groups(value: list[JsonValue], path: str, depth: int) -> Iterator[RecordGroup]:
    members = [v for v in value if isinstance(v, dict)]
    if len(members) < len(value) or not members:
        return
    yield RecordGroup(path=path, records=tuple(members))
    inner = {k for m in members for k, v in m.items() if isinstance(v, list | dict)}
    for name in sorted(inner):
        for group in _groups(_merged(members, name), "", depth - 1):
            below = join(join(path, "*"), join(name, group.path) if group.path else name)
            united = tuple(records(value, below[len(path) :].lstrip(".") if path else below))
            if united and group.path.count("*") == 0:
                yield RecordGroup(path=below, records=united, heads=group.heads)


def _merged(members: list[dict[str, JsonValue]], name: str) -> JsonValue:
    """The first non-empty value of a member shows what is inside all of them."""
    for member in members:
        value = member.get(name)
        if isinstance(value, list | dict) and value:
            return value
    return None


def _table_groups(value: dict[str, JsonValue], path: str) -> Iterator[RecordGroup]:
    """Arrays of arrays whose column names stand beside them."""
    heads = next((h for h in (_head_names(value.get(k)) for k in _HEADS) if h), ())
    if not heads:
        return
    for name, rows in value.items():
        if isinstance(rows, list) and rows and all(isinstance(r, list) and len(r) == len(heads) for r in rows):
            yield RecordGroup(path=join(path, name), records=tuple(rows), heads=heads)


def _head_names(value: JsonValue) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        return ()
    names = [v.get("name") or v.get("label") if isinstance(v, dict) else v for v in value]
    return tuple(str(n) for n in names) if all(isinstance(n, str) and n for n in names) else ()


def _map_groups(value: dict[str, JsonValue], path: str) -> Iterator[RecordGroup]:
    members = [v for v in value.values() if isinstance(v, dict)]
    if len(members) < 2 or len(members) < len(value):
        return
    common = frozenset.intersection(*(frozenset(m) for m in members))
    widest = max(len(m) for m in members)
    if widest and len(common) / widest >= _LIKE and len(common) >= 2:
        yield RecordGroup(path=join(path, "*"), records=tuple(members))


def _weight(group: RecordGroup) -> float:
    keys = len(group.heads) or max((len(r) for r in group.records if isinstance(r, dict)), default=1)
    nested = 0.5 * group.path.count("*")
    return math.log2(1 + len(group.records)) + 0.5 * math.log2(1 + keys) - nested


def _text_columns(columns: Sequence[Column]) -> float:
    names = sum(1 for c in columns if _is_name(c))
    return min(names, 2) * 0.5 + (0.5 if any(c.type is FieldType.URL or _is_id(c) for c in columns) else 0.0)
