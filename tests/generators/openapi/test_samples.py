from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.openapi import Document, load
from generators.openapi.samples import sample
from tests.generators.openapi.documents import text
from tests.requirements import requirement

DOCUMENT: Document = load(text())
SCHEMAS: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "string", "format": "uuid"},
    {"type": "string", "format": "date-time", "example": "last week"},
    {"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"},
    {"type": "string", "minLength": 9, "maxLength": 12},
    {"type": "string", "enum": ["b", "a"], "example": "c"},
    {"type": "integer", "minimum": 5, "exclusiveMinimum": 7},
    {"type": "integer", "example": "12"},
    {"type": "integer", "multipleOf": 10, "minimum": 31},
    {"type": "number", "maximum": -2},
    {"type": "array", "items": {"type": "integer"}, "minItems": 3},
    {"type": "array", "items": {"enum": ["x", "y"]}, "uniqueItems": True, "minItems": 2},
    {
        "type": "object",
        "required": ["id", "when"],
        "properties": {"id": {"type": "integer"}, "when": {"type": "string", "format": "date"}, "more": {}},
    },
    {"allOf": [{"type": "object", "properties": {"n": {"type": "boolean"}}}, {"required": ["n"]}]},
]


@pytest.mark.parametrize("schema", SCHEMAS)
@requirement("IMPORT-1")
def test_a_sample_is_what_its_schema_admits(schema: dict[str, Any]) -> None:
    value = sample(DOCUMENT, schema)
    assert jsonschema_rs.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, value), value


def test_the_documents_own_example_goes_first_where_it_fits() -> None:
    assert sample(DOCUMENT, {"type": "string", "example": "Oakland"}) == "Oakland"
    assert sample(DOCUMENT, {"type": "integer", "default": 7}, "9") == 9
    assert sample(DOCUMENT, {"type": "integer", "maximum": 5}, 9) == 1


@given(pattern=st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_no_pattern_breaks_or_hangs_the_import(pattern: str) -> None:
    assert isinstance(sample(DOCUMENT, {"type": "string", "pattern": pattern}, "a" * 40 + "!"), str)


@pytest.mark.parametrize("pattern", ["(a+)+$", "((a{90}){90}){90}", "(?<x", "^(a|aa)+$", "\\p{L}+"])
def test_hostile_patterns_are_bounded(pattern: str) -> None:
    assert len(str(sample(DOCUMENT, {"type": "string", "pattern": pattern}, "a" * 40 + "!"))) <= 20_000
