"""The published face of a workflow, in MCP's own field names, and the rules that clients need."""

from __future__ import annotations

import re

from domain.errors import NameRefused
from domain.values import JsonObject, Value

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
RESERVED_NAMES = frozenset(
    {
        "search_tools",
        "describe_tool",
        "call_tool",
        "learn_tool",
        "get_job",
        "answer_job",
        "cancel_job",
        "observe_source",
        "check_workflow",
        "try_workflow",
        "publish_workflow",
    }
)
DESCRIPTION_CHARACTERS = 2000  # longer ones are cut or refused by known clients
SCHEMA_BYTES = 60_000


class Annotations(Value):
    """MCP tool annotations: hints for clients, never a boundary."""

    title: str = ""
    read_only_hint: bool = True
    destructive_hint: bool = False
    idempotent_hint: bool = True
    open_world_hint: bool = True


class Tool(Value):
    """A tool as ``tools/list`` shows it."""

    name: str
    title: str
    description: str
    input_schema: JsonObject
    output_schema: JsonObject
    annotations: Annotations = Annotations()


def require_publishable(tool: Tool) -> None:
    """Refuse a definition that some client would choke on.

    The schemas' own validity against the metaschema is checked by the registry, which has the library.

    Raises:
        NameRefused: name, description or schema shape is outside what every client takes.
    """
    if not NAME.fullmatch(tool.name) or tool.name in RESERVED_NAMES:
        raise NameRefused(
            f"Tool name {tool.name[:80]!r} cannot be published.",
            remedy="Use 1 to 64 of a-z, 0-9, _ and -, beginning with one of a-z or 0-9; some are taken.",
        )
    if not tool.description.strip() or len(tool.description) > DESCRIPTION_CHARACTERS:
        raise NameRefused(
            f"The description of {tool.name} is empty or longer than {DESCRIPTION_CHARACTERS} characters.",
            remedy="Write one or two sentences.",
        )
    for label, schema in (("input", tool.input_schema), ("output", tool.output_schema)):
        if schema.get("type") != "object":
            raise NameRefused(f"The {label} schema of {tool.name} has no object root.", remedy='Set "type": "object".')


def properties_of(schema: JsonObject) -> JsonObject:
    """Return the properties of an object's schema, none where it names none."""
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}
