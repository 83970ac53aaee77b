"""What goes back to a client: structured content plus a short text, or an error with code and remedy."""

from __future__ import annotations

from typing import Any

import mcp_types as types
import orjson

from domain.errors import NeedsInput, SchoolError

TEXT_CHARACTERS = 6000  # clients put the text before their model; the whole is in the structured content


def given(value: dict[str, Any]) -> types.CallToolResult:
    """Return a result with its rows cut, in the text only, to what a model should read at once."""
    return types.CallToolResult(content=[types.TextContent(text=text_of(value))], structured_content=value)


def failed(problem: SchoolError) -> types.CallToolResult:
    """Return an error result: code, message and remedy, or the question that must be answered."""
    if isinstance(problem, NeedsInput):
        value: dict[str, Any] = {
            "status": "needs_input",
            "question": {"text": problem.message, "field": problem.field, "choices": list(problem.choices)},
        }
    else:
        value = {"status": "error", "error": problem.as_json()}
    return types.CallToolResult(content=[types.TextContent(text=_dump(value))], structured_content=value, is_error=True)


def text_of(value: dict[str, Any]) -> str:
    """Return JSON text of at most TEXT_CHARACTERS: whole rows are left out at the end, and counted."""
    whole = _dump(value)
    rows = value.get("rows")
    if len(whole) <= TEXT_CHARACTERS or not isinstance(rows, list):
        return (
            whole
            if len(whole) <= TEXT_CHARACTERS
            else whole[:TEXT_CHARACTERS] + " … (the rest is in the structured content)"
        )
    kept: list[Any] = []
    size = 0
    for row in rows:
        size += len(_dump(row)) + 1
        if size > TEXT_CHARACTERS - 400 and kept:
            break
        kept.append(row)
    short = {"count": value.get("count"), "truncated": value.get("truncated"), "rows": kept}
    return _dump(short) + f"\n… {len(rows) - len(kept)} more rows are in the structured content."


def _dump(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()
