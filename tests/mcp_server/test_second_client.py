"""FastMCP's client, which nobody here wrote, lists, searches and calls over stdio and over HTTP."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from mcp.shared.exceptions import MCPError

from mcp_server.meta_tools import META_TOOLS
from registry import open_registry
from tests.conftest import ROOT
from tests.mcp_server.serving import ECHO, INPUT, Running
from tests.registry.making import make_version
from tests.requirements import requirement


@asynccontextmanager
async def over_stdio(environment: dict[str, str], database: Path) -> AsyncIterator[Client[StdioTransport]]:
    with open_registry(database) as registry:
        registry.publish(make_version("echo", code=ECHO, input_schema=INPUT, description="Echo."), actor="test")
    transport = StdioTransport(
        sys.executable, [str(ROOT / "main.py"), "serve"], env=environment, cwd=str(ROOT), keep_alive=False
    )
    async with Client(transport) as client:
        yield client


async def use(client: Client[StdioTransport] | Client[StreamableHttpTransport]) -> None:
    names = {tool.name for tool in await client.list_tools()}
    assert {tool.name for tool in META_TOOLS} <= names
    assert "echo" in names
    found = await client.call_tool("search_tools", {"query": "echo"})
    assert "echo" in {tool["name"] for tool in found.structured_content["tools"]}
    done = await client.call_tool("echo", {"text": "tea"})
    assert done.structured_content["rows"] == [{"text": "tea"}]
    wrong = await client.call_tool("echo", {"text": 5}, raise_on_error=False)
    assert wrong.is_error
    assert wrong.structured_content["error"]["code"] == "invalid_arguments"
    code = await client.read_resource("tool://echo/code")
    assert "async def run(" in code[0].text
    assert "design_tool" in {prompt.name for prompt in await client.list_prompts()}


@requirement("MCP-1", "MCP-2")
async def test_a_second_client_lists_and_calls_over_stdio(environment: dict[str, str], tmp_path: Path) -> None:
    async with over_stdio(environment, tmp_path / "home" / "registry.sqlite") as client:
        await use(client)


@requirement("MCP-1", "MCP-6")
async def test_a_second_client_lists_and_calls_over_http_with_a_key(server: Running) -> None:
    async with Client(StreamableHttpTransport(server.url, auth=server.made["ada"])) as client:
        await use(client)


@requirement("MCP-6")
async def test_a_second_client_without_a_key_gets_nowhere(server: Running) -> None:
    with pytest.raises(MCPError):
        async with Client(StreamableHttpTransport(server.url)) as client:
            await client.list_tools()
