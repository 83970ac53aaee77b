"""``tools/call`` shaped for the wire once.

The SDK walks a handler's result three times before it is written: into a plain value, through the revision's model, and
out of that again, which for twenty rows takes longer than the call's own work. What this server makes is text beside
JSON that it has parsed itself, so its shape on the wire is known; everything else goes the SDK's way. Requests are
validated as the SDK validates them.
"""

from __future__ import annotations

from typing import Any

import mcp_types as types
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel import Server
from mcp_types import methods
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

CALL = "tools/call"
SHAPED = frozenset({"2025-06-18", "2025-11-25", *MODERN_PROTOCOL_VERSIONS})  # all have structured content and links


class Shaping:
    """The innermost middleware: runs the handler of ``tools/call`` and returns its result as it goes out."""

    def __init__(self, server: Server[Any]) -> None:
        self._server = server
        self._stamp = {"_meta": {types.SERVER_INFO_META_KEY: server.server_info_stamp}}

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Serve one message."""
        entry = self._server.get_request_handler(CALL)
        # Before the handshake the SDK has the right refusal; the connection behind a session is what knows.
        if ctx.method != CALL or entry is None or not ctx.session._connection.initialize_accepted:
            return await call_next(ctx)
        methods.validate_client_request(CALL, ctx.protocol_version, ctx.params)
        params = entry.params_type.model_validate({} if ctx.params is None else ctx.params, by_name=False)
        result = await entry.handler(ctx, params)
        return self._shaped(result, ctx.protocol_version)

    def _shaped(self, result: Any, version: str) -> dict[str, Any]:
        shaped = plainly(result) if version in SHAPED else None
        if shaped is None:
            dumped = result.model_dump(by_alias=True, mode="json", exclude_none=True)
            shaped = methods.serialize_server_result(CALL, version, dumped)
        elif version in MODERN_PROTOCOL_VERSIONS:
            shaped["resultType"] = "complete"
        return {**shaped, **self._stamp} if version in MODERN_PROTOCOL_VERSIONS else shaped


def plainly(result: Any) -> dict[str, Any] | None:
    """Return the wire form of a result of texts, links and structured content, or None for any other."""
    if type(result) is not types.CallToolResult or result.meta is not None:
        return None
    content = []
    for block in result.content:
        if type(block) is types.TextContent and block.annotations is None and block.meta is None:
            content.append({"type": "text", "text": block.text})
        elif type(block) is types.ResourceLink:
            content.append(block.model_dump(by_alias=True, mode="json", exclude_none=True))
        else:
            return None
    shaped: dict[str, Any] = {"content": content, "isError": bool(result.is_error)}
    if result.structured_content is not None:
        shaped["structuredContent"] = result.structured_content
    return shaped
