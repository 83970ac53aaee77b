"""What goes back to a client: structured content plus a short text, or an error with code and remedy."""

from __future__ import annotations

from typing import Any

import mcp_types as types
import orjson

from domain.errors import NeedsApproval, NeedsInput, SchoolError
from mcp_server.large import Results
from mcp_server.questions import question_of

TEXT_CHARACTERS = 6000  # clients put the text before their model; the whole is in the structured content
BESIDES = frozenset({"verdict", "timings_ms", "llm"})
STRUCTURED_BYTES = 2 * 2**20  # beyond, rows are cut here too, and the whole is a resource


def given(
    value: dict[str, Any], results: Results | None = None, owner: str = "", *, told: dict[str, Any] | None = None
) -> types.CallToolResult:
    """Return a result whose text is cut to what a model should read at once.

    With ``results`` the whole of a cut result is kept for the owner, and a link to it stands beside the text.
    ``told`` is what the text says where that is less than the structured content.
    """
    whole = orjson.dumps(value, default=str)
    text = whole if told is None else orjson.dumps(told, default=str)
    too_large = len(whole) > STRUCTURED_BYTES
    structured = _cut(value) if too_large else value
    if len(text) <= TEXT_CHARACTERS and not too_large:
        return types.CallToolResult(content=[types.TextContent(text=text.decode())], structured_content=structured)
    shown = text.decode() if len(text) <= TEXT_CHARACTERS else text_of(value if told is None else told, text)
    content: list[types.ContentBlock] = [types.TextContent(text=shown)]
    if results is not None:
        content.append(_link(results.keep(owner, whole), len(whole)))
    return types.CallToolResult(content=content, structured_content=structured)


def concise(answer: dict[str, Any]) -> dict[str, Any]:
    """Return of a question's answer what its asker needs: not how it was proved, timed and paid for."""
    tool, source = answer.get("tool"), answer.get("source")
    told = {name: value for name, value in answer.items() if name not in BESIDES and value is not None}
    if isinstance(tool, dict):
        told["tool"] = {name: tool[name] for name in ("name", "version") if name in tool}
    if isinstance(source, dict):
        told["source"] = {name: source[name] for name in ("kind", "url") if name in source}
    return told


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
    """Return JSON text of about TEXT_CHARACTERS: whole rows are left out at the end, and counted.

    What stands beside the rows stays, but for the longest parts where less than half of the text were left to rows.
    """
    rows = value.get("rows")
    if not isinstance(rows, list):
        return whole.decode()[:TEXT_CHARACTERS] + " … (the rest is in the structured content)"
    beside = {name: other for name, other in value.items() if name != "rows"}
    sizes = {name: len(orjson.dumps(other, default=str)) + len(name) + 4 for name, other in beside.items()}
    while (size := sum(sizes.values())) > TEXT_CHARACTERS // 2:
        longest = max(sizes, key=lambda name: sizes[name])
        del sizes[longest], beside[longest]
    kept = _first(rows, TEXT_CHARACTERS - 400 - size)
    return orjson.dumps({**beside, "rows": kept}, default=str).decode() + (
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
