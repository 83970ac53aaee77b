"""Results of tools are shaped for the wire once, and exactly as the SDK would shape them."""

from __future__ import annotations

from typing import Any

import mcp_types as types
import pytest
from hypothesis import given as any_of
from hypothesis import strategies
from mcp_types import methods

from domain.errors import InvalidArguments, NeedsInput
from mcp_server.large import Results
from mcp_server.results import failed, given
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


def test_what_is_no_text_or_link_is_left_to_the_sdk() -> None:
    picture = types.ImageContent(data="AAAA", mime_type="image/png")
    marked = types.TextContent(text="x", annotations=types.Annotations(priority=1.0))
    for block in (picture, marked):
        assert plainly(types.CallToolResult(content=[block])) is None
