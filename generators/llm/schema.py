"""JSON Schema as both vendors take it in strict mode."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from domain.values import JsonObject

_DROPPED = frozenset(
    {
        "default",
        "title",
        "description",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "format",
    }
)


def strict_schema(shape: type[BaseModel]) -> JsonObject:
    """Return the schema of a reply: every property required, nothing else allowed, no bounds.

    Bounds are taken out because the vendors differ in which of them they accept; the reader checks them. So are our own
    docstrings: the prompt says what its reply is about, and every call pays for the schema.
    """
    schema = shape.model_json_schema()
    strict: JsonObject = _strict(schema)
    return strict


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    kept: dict[str, Any] = {}
    for key, value in node.items():
        if key in {"properties", "$defs"}:
            kept[key] = {name: _strict(part) for name, part in value.items()}
        elif key not in _DROPPED:
            kept[key] = _strict(value)
    if kept.get("type") == "object" and "properties" in kept:
        kept["required"] = list(kept["properties"])
        kept["additionalProperties"] = False
    return kept
