from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import NameRefused
from registry import Registry
from registry.gate import SCHEMA_DEPTH, require_schema
from tests.registry.making import make_version
from tests.requirements import requirement


def nested(depth: int) -> dict:
    schema: dict = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"x": schema}}
    return schema


NAMES = [
    "",
    "A",
    "List",
    "a" * 65,
    "a b",
    "a.b",
    "a/b",
    "../up",
    "-a",
    "_a",
    "search_tools",
    "naïve",
    "a\n",
    "a\u202eb",
    "аpple",  # a Cyrillic letter
    "a;drop",
    "%s",
    "a\x00",
]

SCHEMAS = {
    "array root": {"type": "array"},
    "no root type": {"properties": {}},
    "union root": {"type": ["object", "null"]},
    "unknown type": {"type": "object", "properties": {"a": {"type": "text"}}},
    "properties as list": {"type": "object", "properties": ["a"]},
    "required as text": {"type": "object", "required": "a"},
    "negative length": {"type": "object", "properties": {"a": {"type": "string", "maxLength": -1}}},
    "broken pattern": {"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}},
    "remote reference": {"type": "object", "properties": {"a": {"$ref": "https://evil.example/s.json"}}},
    "file reference": {"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}},
    "relative reference": {"type": "object", "properties": {"a": {"$ref": "other.json#/a"}}},
    "reference to nothing": {"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}},
    "older draft": {"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"},
    "own id": {"$id": "https://evil.example/", "type": "object"},
    "too deep": nested(SCHEMA_DEPTH + 2),
    "too large": {"type": "object", "properties": {f"field_{n}": {"type": "string"} for n in range(3000)}},
    "empty choices": {"type": "object", "properties": {"a": {"type": 5}}},
}


@requirement("MCP-3", "REG-2")
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_a_client_could_choke_on_is_refused(registry: Registry, name: str) -> None:
    with pytest.raises(NameRefused):
        registry.publish(make_version(name, title="T", description="D"), actor="ann")
    assert registry.audit() == ()


@requirement("MCP-3")
@pytest.mark.parametrize("which", ["input_schema", "output_schema"])
@pytest.mark.parametrize("case", SCHEMAS)
def test_a_schema_that_a_client_could_choke_on_is_refused(registry: Registry, case: str, which: str) -> None:
    schema: dict = {which: SCHEMAS[case]}
    with pytest.raises(NameRefused):
        registry.publish(make_version(**schema), actor="ann")
    with pytest.raises(NameRefused):
        registry.save_draft(make_version(passed=False, **schema), actor="ann")
    assert registry.tools("local").entries == ()


@requirement("MCP-3")
@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "hidden\u200b\u202e", "bell\x07", "\ud800"])
def test_a_description_that_is_empty_long_or_hides_something_is_refused(registry: Registry, text: str) -> None:
    with pytest.raises((NameRefused, ValueError)):
        registry.publish(make_version(description=text), actor="ann")


def test_code_beyond_its_bound_is_refused(registry: Registry) -> None:
    with pytest.raises(NameRefused, match="bytes"):
        registry.publish(make_version(code="# long\n" * 200_000), actor="ann")


def test_a_usual_schema_with_local_references_is_taken(registry: Registry) -> None:
    schema = {
        "type": "object",
        "$defs": {"row": {"type": "object", "properties": {"price": {"type": ["number", "null"]}}}},
        "properties": {"rows": {"type": "array", "items": {"$ref": "#/$defs/row"}}},
    }
    assert registry.publish(make_version(output_schema=schema), actor="ann").tool.output_schema == schema


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "properties", "items", "$ref", "$defs", "pattern", "enum", "required", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@requirement("MCP-3")
@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["type", "properties", "required", "allOf", "$ref", "x"]), json_values))
def test_any_schema_is_either_refused_by_name_or_works_in_a_validator(schema: dict) -> None:
    try:
        require_schema(schema, "schema")
    except NameRefused:
        return
    jsonschema_rs.Draft202012Validator(schema).is_valid({})
