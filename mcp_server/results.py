"""What goes back to a client: structured content plus a short text, or an error with code and remedy."""

from __future__ import annotations

from typing import Any

import mcp_types as types
import orjson

from domain.errors import NeedsApproval, NeedsInput, SchoolError
from mcp_server.large import Results
from mcp_server.questions import question_of

TEXT_CHARACTERS = 6000  # clients put the text before their model; the whole is in the structured content
STRUCTURED_BYTES = 2 * 2**20  # beyond, rows are cut here too, and the whole is a resource


def given(value: dict[str, Any], results: Results | None = None, owner: str = "") -> types.CallToolResult:
    """Return a result whose text is cut to what a model should read at once.

    With ``results`` the whole of a cut result is kept for the owner, and a link to it stands beside the text.
    """
    whole = orjson.dumps(value, default=str)
    if len(whole) <= TEXT_CHARACTERS:
        return types.CallToolResult(content=[types.TextContent(text=whole.decode())], structured_content=value)
    content: list[types.ContentBlock] = [types.TextContent(text=text_of(value, whole))]
    if results is not None:
        content.append(_link(results.keep(owner, whole), len(whole)))
    return types.CallToolResult(
        content=content, structured_content=value if len(whole) <= STRUCTURED_BYTES else _cut(value)
    )


def failed(problem: SchoolError) -> types.CallToolResult:
    """Return an error result: code, message and remedy, or the question that must be answered."""
    if isinstance(problem, NeedsInput):
        value: dict[str, Any] = {"status": "needs_input", "question": question_of(problem)}
        if isinstance(problem, NeedsApproval):
            value["remedy"] = problem.remedy
    else:
        value = {"status": "error", "error": problem.as_json()}
    text = orjson.dumps(value, default=str).decode()
    return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=value, is_error=True)


def text_of(value: dict[str, Any], whole: bytes) -> str:
    """Return JSON text of about TEXT_CHARACTERS: whole rows are left out at the end, and counted."""
    rows = value.get("rows")
    if not isinstance(rows, list):
        return whole.decode()[:TEXT_CHARACTERS] + " … (the rest is in the structured content)"
    kept = _first(rows, TEXT_CHARACTERS - 400)
    short = {"count": value.get("count"), "truncated": value.get("truncated"), "rows": kept}
    return orjson.dumps(short, default=str).decode() + (
        f"\n… {len(rows) - len(kept)} more rows are in the structured content."
    )


def _cut(value: dict[str, Any]) -> dict[str, Any]:
    rows = value.get("rows")
    if not isinstance(rows, list):
        return value
    kept = _first(rows, STRUCTURED_BYTES)
    counted = {"count": len(kept)} if "count" in value else {}
    return {**value, **counted, "rows": kept, "truncated": True}


def _first(rows: list[Any], most: int) -> list[Any]:
    kept: list[Any] = []
    size = 0
    for row in rows:
        size += len(orjson.dumps(row, default=str)) + 1
        if size > most and kept:
            break
        kept.append(row)
    return kept


def _link(uri: str, size: int) -> types.ResourceLink:
    return types.ResourceLink(
        uri=uri,
        name="whole result",
        description="The whole result as JSON, kept for a while.",
        mime_type="application/json",
        size=size,
    )
