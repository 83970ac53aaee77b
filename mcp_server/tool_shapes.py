"""What the definitions of stable tools share."""

from __future__ import annotations

from typing import Any

import mcp_types as types

READ = types.ToolAnnotations(read_only_hint=True, open_world_hint=False)
RUN = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=True)
LEARN = types.ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=True)
CONCISE, FULL = "concise", "full"


def detail_of(more: str, *, default: str = CONCISE) -> dict[str, Any]:
    """Return the schema of the argument that says how much an answer tells; ``more`` names what full adds."""
    return {"enum": [CONCISE, FULL], "default": default, "description": f"full adds {more}."}


def object_of(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """Return the schema of an object with these properties and no others."""
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def wants_all(arguments: dict[str, Any], *, default: str = CONCISE) -> bool:
    """Return whether the arguments ask for everything."""
    return bool(arguments.get("detail", default) == FULL)
