"""Imported drafts over MCP: not listed, callable by name, published and announced by their first call."""

from __future__ import annotations

import asyncio
from pathlib import Path

import mcp_types as types
import pytest

from tests.conftest import Command, one_object
from tests.flows.api import ticket_api
from tests.mcp_server.test_stdio import MODES, connected
from tests.requirements import requirement


@pytest.mark.parametrize("mode", MODES)
@requirement("IMPORT-1", "MCP-2")
async def test_a_draft_is_not_listed_until_its_first_call_published_it(
    environment: dict[str, str], command: Command, tmp_path: Path, mode: str
) -> None:
    changed = asyncio.Event()

    async def on_message(message: object) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            changed.set()

    async with ticket_api(tmp_path) as (url, path):
        imported = ("learn", "--openapi", str(path), "--site", url, "--all", "--json")
        assert one_object(await asyncio.to_thread(command, *imported))["imported"] == 10
        async with connected(environment, mode, message_handler=on_message) as client:
            listening = client.listen(tools_list_changed=True) if mode == "auto" else None
            if listening is not None:
                await listening.__aenter__()
            before = {tool.name for tool in (await client.list_tools()).tools}
            call = {"name": "get_events_id", "arguments": {"id": "e1"}}
            called = await client.call_tool("call_tool", call)
            await asyncio.wait_for(changed.wait(), 20)
            after = {tool.name for tool in (await client.list_tools()).tools}
            if listening is not None:
                await listening.__aexit__(None, None, None)
    assert called.structured_content is not None
    assert called.structured_content["rows"][0]["id"] == "e1"
    assert after - before == {"get_events_id"}
