"""What must hold before a version may be kept: a definition that no client chokes on, of bounded size.

Source: JSON Schema 2020-12 core and validation; the MCP specification's rules for tools.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import jsonschema_rs
import orjson

from domain.errors import NameRefused
from domain.tool import SCHEMA_BYTES, Tool, require_publishable
from domain.values import JsonObject, JsonValue
from domain.workflow import WorkflowVersion

SCHEMA_DEPTH = 40  # nested levels; beyond, clients' own recursive validators fail
CODE_BYTES = 1_000_000
CONTENT_BYTES = 4_000_000
TITLE_CHARACTERS = 200
DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema"
REFERENCES = ("$ref", "$dynamicRef")
STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # invisible or direction-changing characters
LAYOUT = frozenset("\n\t")


def require_acceptable(version: WorkflowVersion) -> None:
    """Refuse what may not be kept.

    Raises:
        NameRefused: the definition, or the size of what stands behind it, is outside what every client takes.
    """
    tool = version.tool
    require_publishable(tool)
    require_plain_text(tool)
    for label, schema in (("input", tool.input_schema), ("output", tool.output_schema)):
        require_schema(schema, f"{label} schema of {tool.name}")
    code_bytes = len(version.artifact.code.encode())
    if code_bytes > CODE_BYTES:
        raise NameRefused(f"The code of {tool.name} has {code_bytes} bytes; at most {CODE_BYTES} are kept.")
    if not version.owner or len(version.owner) > 200:
        raise NameRefused("The owner's name is empty or longer than 200 characters.")


def require_plain_text(tool: Tool) -> None:
    """Refuse texts with control or direction characters, which show a person other words than a model reads."""
    if len(tool.title) > TITLE_CHARACTERS:
        raise NameRefused(f"The title of {tool.name} is longer than {TITLE_CHARACTERS} characters.")
    for label, text in (("title", tool.title), ("description", tool.description)):
        if any(unicodedata.category(c) in STEERING and c not in LAYOUT for c in text):
            raise NameRefused(
                f"The {label} of {tool.name} has invisible or control characters.", remedy="Write plain text."
            )


def require_schema(schema: JsonObject, what: str) -> None:
    """Refuse a schema that is no valid JSON Schema 2020-12, reaches out of itself, is too large or too deep."""
    if schema.get("$schema", DRAFT_2020_12) not in (DRAFT_2020_12, DRAFT_2020_12 + "#"):
        raise NameRefused(f"The {what} names another draft than 2020-12.", remedy="Leave $schema out.")
    for depth, key, value in walk(schema):
        if depth > SCHEMA_DEPTH:
            raise NameRefused(f"The {what} is nested deeper than {SCHEMA_DEPTH} levels.")
        if key in REFERENCES and isinstance(value, str) and not value.startswith("#"):
            raise NameRefused(f"The {what} refers to another document.", remedy="Write the part itself, under $defs.")
        if key in REFERENCES and isinstance(value, str) and value != "#" and not value.startswith("#/"):
            # An anchor may stand in a schema (the protocol says so); clients differ in following one.
            raise NameRefused(f"The {what} refers by an anchor.", remedy="Refer by place, such as #/$defs/name.")
        if key in ("$id", "$dynamicAnchor") and isinstance(value, str):
            raise NameRefused(f"The {what} uses {key}, which clients resolve differently.", remedy=f"Leave {key} out.")
    if len(orjson.dumps(schema)) > SCHEMA_BYTES:
        raise NameRefused(f"The {what} has more than {SCHEMA_BYTES} bytes.", remedy="Shorten descriptions or choices.")
    try:
        jsonschema_rs.meta.validate({**schema, "$schema": DRAFT_2020_12})
        jsonschema_rs.Draft202012Validator(schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        reason = str(error).splitlines()[0][:200]
        raise NameRefused(f"The {what} is not valid JSON Schema 2020-12: {reason}") from error


def walk(value: JsonValue, depth: int = 0) -> Iterator[tuple[int, str, JsonValue]]:
    """Yield depth, key and value of everything inside; goes one level past the bound and no further."""
    if depth > SCHEMA_DEPTH + 1:
        return
    inside = (
        value.items() if isinstance(value, dict) else (("", item) for item in value) if isinstance(value, list) else ()
    )
    for key, item in inside:
        yield depth, key, item
        yield from walk(item, depth + 1)
