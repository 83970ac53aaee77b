"""What a schema says: one flat shape for all its combinations, the rows in an answer, and their columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from domain.observation import Column
from domain.plan import FieldType
from domain.values import JsonObject, JsonValue
from generators.openapi.document import Document
from generators.prompts import without_orders
from generators.sources.naming import column_names, snake

ONE: Final = "{}"
"""End of a records path whose value is one row, not a list of rows."""
_DEPTH: Final = 4
_MOST_COLUMNS: Final = 60
_LONGEST_TEXT: Final = 5_000
_ENVELOPES: Final = frozenset(
    {"data", "items", "results", "result", "records", "rows", "entries", "list", "content", "values", "hits", "docs"}
    | {"objects", "elements", "features", "collection", "response", "payload", "members", "value", "page"}
)
_ABOUT: Final = re.compile(
    r"page|total|count|limit|offset|size|next|prev|cursor|more|links?$|meta|status|success|error|message|code|token|"
    r"first|last|self|version|request|time|date|ok$|href|object|type|kind|embedded|warnings?",
    re.IGNORECASE,
)
_TYPES: Final = {
    "string": FieldType.STRING,
    "integer": FieldType.INTEGER,
    "number": FieldType.NUMBER,
    "boolean": FieldType.BOOLEAN,
    "array": FieldType.ARRAY,
    "object": FieldType.OBJECT,
}
_FORMATS: Final = {"date": FieldType.DATE, "date-time": FieldType.DATETIME, "uri": FieldType.URL, "url": FieldType.URL}
_PLAIN: Final = re.compile(r"[^.\[\]*{}\"']+")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Where an operation's answer has its rows, and what they hold.

    ``single``: one object is one row; ``whole``: the answer is taken as it comes, with its status and type;
    ``accept``: the content type to ask for, where the usual one would not do.
    """

    records: str
    columns: tuple[Column, ...]
    single: bool
    media: str = "application/json"
    whole: bool = False
    accept: str = ""


def shape(document: Document, schema: Any, depth: int = 0) -> JsonObject:
    """Return a schema with references followed and combinations merged; ``{}`` says nothing is known.

    Alternatives are united: what any of them may hold is among the properties, and none of it is required.
    """
    if not isinstance(schema, dict) or depth > _DEPTH + 4:
        return {}
    found = document.follow(schema)
    if not isinstance(found, dict):
        return {}
    known = document.shapes.get(id(found))
    if known is not None:
        return known
    document.shapes[id(found)] = {}  # a circle finds this and ends
    document.pins.append(found)
    merged: JsonObject = {k: v for k, v in found.items() if k not in ("allOf", "oneOf", "anyOf")}
    for part in _parts(found, "allOf"):
        _merge(merged, shape(document, part, depth + 1), required=True)
    for name in ("oneOf", "anyOf"):
        for part in _parts(found, name):
            other = shape(document, part, depth + 1)
            if other.get("type") != "null":
                _merge(merged, other, required=False)
    merged["type"] = _type_name(merged)
    document.shapes[id(found)] = merged
    return merged


def field_type(shaped: JsonObject) -> FieldType:
    """Return the type of a shape; text where nothing is said."""
    kind = _TYPES.get(str(shaped.get("type")), FieldType.STRING)
    if kind is FieldType.STRING:
        return _FORMATS.get(str(shaped.get("format")), kind)
    return kind


def choices_of(shaped: JsonObject) -> tuple[JsonValue, ...]:
    """Return the values that a shape admits, where it lists them."""
    values = shaped.get("enum", [shaped["const"]] if "const" in shaped else None)
    if not isinstance(values, list):
        return ()
    return tuple(dict.fromkeys(v for v in values if isinstance(v, str | int) and v is not None))


def answer_of(document: Document, schema: Any, last: str, *, item: bool) -> Answer:
    """Return where the rows of an answer are; ``last`` is the path's last name, ``item`` says it asks for one thing."""
    shaped = shape(document, schema)
    found = _rows(document, shaped, "", last, item=item, depth=0)
    if found is not None:
        path, rows = found
        return Answer(records=path, columns=columns_of_schema(document, rows), single=False)
    path, single = _one(document, shaped)
    return Answer(records=f"{path}{ONE}", columns=columns_of_schema(document, single), single=True)


def columns_of_schema(document: Document, shaped: JsonObject) -> tuple[Column, ...]:
    """Return the columns of rows of a shape, objects laid flat; one column for a row that is a single value."""
    paths: dict[str, tuple[JsonObject, bool]] = {}
    for path, leaf, required in _leaves(document, shaped, "", 0, required=True):
        paths.setdefault(path, (leaf, required))
        if len(paths) >= _MOST_COLUMNS:
            break
    if not paths:
        return (Column(name="content", locator=".", type=_untyped(shaped), fill=0.9, label="The answer"),)
    names = column_names(list(paths))
    return tuple(_column(names[p], p, leaf, required=required) for p, (leaf, required) in paths.items())


def _untyped(shaped: JsonObject) -> FieldType:
    kind = field_type(shaped)
    return kind if shaped.get("type") else FieldType.STRING


def _column(name: str, path: str, leaf: JsonObject, *, required: bool) -> Column:
    sample = leaf.get("example")
    return Column(
        name=name,
        locator=path,
        type=field_type(leaf),
        fill=0.99 if required else 0.9,
        label=one_line(str(leaf.get("description") or leaf.get("title") or ""), 80),
        samples=(str(sample),) if isinstance(sample, str | int | float) and str(sample) else (),
        values=tuple(str(c) for c in choices_of(leaf))[:40],
    )


def one_line(text: str, most: int) -> str:
    """Return a text without markup and without orders to its reader, on one line, cut at a word."""
    bare = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in without_orders(text[:_LONGEST_TEXT]))
    plain = " ".join(re.sub(r"<[^>]{1,80}>|[`*#|]", " ", bare).split())
    return plain if len(plain) <= most else plain[:most].rsplit(" ", 1)[0] + " …"


def _parts(schema: JsonObject, name: str) -> list[Any]:
    value = schema.get(name)
    return value[:12] if isinstance(value, list) else []


def _merge(into: JsonObject, other: JsonObject, *, required: bool) -> None:
    for name, value in other.items():
        if name == "properties" and isinstance(value, dict):
            own = into.get("properties")
            into["properties"] = {**value, **(own if isinstance(own, dict) else {})}
        elif name == "required" and isinstance(value, list):
            mine = into.get("required")
            into["required"] = [*(mine if isinstance(mine, list) else []), *value] if required else mine or []
        elif name == "enum" and not required and isinstance(value, list):
            mine = into.get("enum")
            into["enum"] = [*(mine if isinstance(mine, list) else []), *value]
        else:
            into.setdefault(name, value)


def _type_name(shaped: JsonObject) -> str:
    kind = shaped.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "")
    listed = shaped.get("enum")
    if kind in ("object", "array", "", None) and isinstance(listed, list) and listed:
        return "string" if all(isinstance(c, str) or c is None for c in listed) else str(kind or "")
    if isinstance(kind, str) and kind:
        return kind
    if "properties" in shaped:
        return "object"
    return "array" if "items" in shaped else ""


def _properties(shaped: JsonObject) -> dict[str, Any]:
    found = shaped.get("properties")
    return {k: v for k, v in found.items() if _PLAIN.fullmatch(k)} if isinstance(found, dict) else {}


def _rows(
    document: Document, shaped: JsonObject, path: str, last: str, *, item: bool, depth: int
) -> tuple[str, JsonObject] | None:
    """The path to the list of rows, and the shape of one; None when the answer is one thing."""
    if shaped.get("type") == "array":
        return path, shape(document, shaped.get("items"))
    if depth > 2:
        return None
    members = {name: shape(document, member) for name, member in _properties(shaped).items()}
    lists = {n: m for n, m in members.items() if m.get("type") == "array"}
    about = [n for n in members if n not in lists and not _ABOUT.search(n) and n.lower() not in _ENVELOPES]
    chosen = _best_list(lists, last, lonely=not about and not item)
    if chosen and (not item or (len(about) <= 1 and chosen.lower() in _ENVELOPES)):
        return _joined(path, chosen), shape(document, lists[chosen].get("items"))
    for name, member in members.items():
        if member.get("type") == "object" and (name.lower().strip("_") in _ENVELOPES | {"embedded", last.lower()}):
            deeper = _rows(document, member, _joined(path, name), last, item=item, depth=depth + 1)
            if deeper is not None:
                return deeper
    return None


def _best_list(lists: dict[str, JsonObject], last: str, *, lonely: bool) -> str:
    for name in lists:
        if snake(name) == snake(last):
            return name
    for name in lists:
        if name.lower() in _ENVELOPES:
            return name
    telling = [n for n in lists if not re.search(r"error|warning|message|links?$", n, re.IGNORECASE)]
    return telling[0] if lonely and len(telling) == 1 else ""


def _one(document: Document, shaped: JsonObject) -> tuple[str, JsonObject]:
    """The path to the one thing in an answer: what its only envelope holds."""
    members = _properties(shaped)
    wraps = [n for n in members if n.lower() in _ENVELOPES]
    others = [n for n in members if n not in wraps and not _ABOUT.search(n)]
    if len(wraps) == 1 and not others:
        inner = shape(document, members[wraps[0]])
        if inner.get("type") == "object" and _properties(inner):
            return wraps[0], inner
    return "", shaped


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _leaves(
    document: Document, shaped: JsonObject, path: str, depth: int, *, required: bool
) -> Iterator[tuple[str, JsonObject, bool]]:
    """Paths of a shape's values, the outer ones first."""
    inner: list[tuple[str, JsonObject, bool]] = []
    listed = shaped.get("required")
    needed = set(map(str, listed)) if isinstance(listed, list) else set()
    for name, member in _properties(shaped).items():
        below = shape(document, member)
        sure = required and name in needed
        if below.get("type") == "object" and _properties(below) and depth < _DEPTH - 1:
            inner.append((_joined(path, name), below, sure))
        else:
            yield _joined(path, name), below, sure
    for name, below, sure in inner:
        yield from _leaves(document, below, name, depth + 1, required=sure)
