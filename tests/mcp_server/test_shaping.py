"""Results of tools are shaped for the wire once, and exactly as the SDK would shape them."""

from __future__ import annotations

import json
from typing import Any

import mcp_types as types
import pytest
from hypothesis import given as any_of
from hypothesis import strategies
from mcp_types import methods

from domain.errors import InvalidArguments, NeedsInput
from mcp_server.large import Results
from mcp_server.results import TEXT_CHARACTERS, concise, failed, given
from mcp_server.shaping import SHAPED, plainly
from tests.requirements import requirement

JSON = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers(-(2**53), 2**53)
    | strategies.floats(allow_nan=False, allow_infinity=False)
    | strategies.text(strategies.characters(exclude_categories=("Cs",))),
    lambda inner: (
        strategies.lists(inner, max_size=4) | strategies.dictionaries(strategies.text("abc"), inner, max_size=4)
    ),
    max_leaves=12,
)


def as_the_sdk_does(result: types.CallToolResult, version: str) -> dict[str, Any]:
    dumped = result.model_dump(by_alias=True, mode="json", exclude_none=True)
    shaped = methods.serialize_server_result("tools/call", version, dumped)
    shaped.pop("resultType", None)  # the newest revision's, which the middleware adds
    return shaped


@pytest.mark.parametrize("version", sorted(SHAPED))
@any_of(rows=strategies.lists(strategies.dictionaries(strategies.text("abc"), JSON, max_size=4), max_size=4))
@requirement("MCP-3")
def test_any_rows_have_the_sdks_own_shape(version: str, rows: list[dict[str, Any]]) -> None:
    result = given({"rows": rows, "count": len(rows), "truncated": False})
    assert plainly(result) == as_the_sdk_does(result, version)


@pytest.mark.parametrize("version", sorted(SHAPED))
@requirement("MCP-3", "MCP-4", "MCP-7")
def test_large_results_errors_and_questions_have_it_too(version: str) -> None:
    rows = [{"number": number, "text": "x" * 90, "none": None} for number in range(200)]
    for result in (
        given({"rows": rows, "count": 200, "truncated": False}, Results(), "ada"),
        failed(InvalidArguments("limit: is too large", remedy="Ask for less.")),
        failed(NeedsInput("Which Oakland?", field="city", choices=("California", "Maryland"))),
    ):
        assert plainly(result) == as_the_sdk_does(result, version)


@requirement("MCP-2")
def test_the_text_of_an_answer_is_concise_and_its_structured_content_whole() -> None:
    answer = {
        "status": "ok",
        "tool": {"name": "events", "version": 3, "kind": "json", "input_schema": {}},
        "source": {"kind": "json", "url": "https://example.org/", "reason": "it answers", "rejected": []},
        "rows": [{"id": 1}],
        "question": None,
        "timings_ms": {"call": 4},
        "llm": {"calls": 0},
        "verdict": {"passed": True},
    }
    result = given(answer, told=concise(answer))
    assert json.loads(result.content[0].text) == {
        "status": "ok",
        "tool": {"name": "events", "version": 3},
        "source": {"kind": "json", "url": "https://example.org/"},
        "rows": [{"id": 1}],
    }
    assert result.structured_content == answer


@requirement("MCP-2", "MCP-7")
def test_a_text_that_is_cut_keeps_what_stands_beside_the_rows_while_it_is_short() -> None:
    rows = [{"number": number, "text": "x" * 90} for number in range(200)]
    short = given({"tool": {"name": "events"}, "rows": rows, "count": 200}).content[0].text
    assert short.startswith('{"tool":{"name":"events"},"count":200,"rows":[')
    assert len(short) < TEXT_CHARACTERS + 100
    long = given({"proof": "x" * 5000, "rows": rows, "count": 200}).content[0].text
    assert long.startswith('{"count":200,')


@requirement("MCP-7")
def test_a_short_text_beside_content_that_must_be_cut_still_links_to_the_whole() -> None:
    rows = [{"text": "x" * 1000} for _ in range(3000)]
    kept = Results()
    result = given({"rows": rows, "count": 3000}, kept, "ada", told={"count": 3000})
    assert result.content[0].text == '{"count":3000}'
    assert result.structured_content["truncated"] is True
    assert len(json.loads(kept.read("ada", result.content[1].uri) or "")["rows"]) == 3000


def test_what_is_no_text_or_link_is_left_to_the_sdk() -> None:
    picture = types.ImageContent(data="AAAA", mime_type="image/png")
    marked = types.TextContent(text="x", annotations=types.Annotations(priority=1.0))
    for block in (picture, marked):
        assert plainly(types.CallToolResult(content=[block])) is None
