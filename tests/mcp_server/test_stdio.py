"""The server over stdio with the official SDK's client, on both protocol revisions."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import mcp_types as types
import pytest
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError

from tests.conftest import ROOT, Command, one_object
from tests.requirements import requirement

MODES = ("legacy", "auto")
STABLE = [
    *("search_tools", "describe_tool", "call_tool", "learn_tool", "get_job", "answer_job", "cancel_job"),
    *("observe_source", "check_workflow", "try_workflow", "publish_workflow"),
]
QUESTION = {"query": "yoga in Oakland"}


@asynccontextmanager
async def connected(environment: dict[str, str], mode: str, **more: Any) -> AsyncIterator[Client]:
    server = StdioServerParameters(
        command=sys.executable, args=[str(ROOT / "main.py"), "serve"], env=environment, cwd=str(ROOT)
    )
    async with Client(server, mode=mode, **more) as client:  # type: ignore[arg-type]  # the SDK's literal of modes
        yield client


@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-1", "MCP-2")
async def test_the_stable_tools_come_first_and_have_object_schemas(environment: dict[str, str], mode: str) -> None:
    async with connected(environment, mode) as client:
        tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == STABLE
    assert all(tool.input_schema["type"] == "object" and tool.description for tool in tools)


@pytest.mark.browser
@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-2", "MCP-3", "MCP-5")
async def test_a_tool_is_learned_announced_listed_found_and_called(
    environment: dict[str, str], events_site: str, mode: str
) -> None:
    host = events_site.split("//")[1]
    changed = asyncio.Event()
    steps: list[float] = []

    async def on_message(message: object) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            changed.set()

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        del total, message
        steps.append(progress)

    async with connected(
        {**environment, "AGENT_SCHOOL_PRIVATE_HOSTS": host}, mode, message_handler=on_message
    ) as client:
        listening = client.listen(tools_list_changed=True) if mode == "auto" else None
        if listening is not None:
            await listening.__aenter__()
        learned = await client.call_tool(
            "learn_tool", {**QUESTION, "site": f"{events_site}/sf"}, progress_callback=on_progress
        )
        assert learned.is_error is False, learned.structured_content
        answer = learned.structured_content
        assert (answer["status"], answer["learned"]) == ("ok", True)
        await asyncio.wait_for(changed.wait(), 10)
        if listening is not None:
            await listening.__aexit__(None, None, None)
        name = answer["tool"]["name"]
        listed = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert name in listed
        found = (await client.call_tool("search_tools", {"query": "yoga classes"})).structured_content
        assert [tool["name"] for tool in found["tools"]] == [name]
        assert found["tools"][0]["input_schema"] == listed[name].input_schema
        direct = (await client.call_tool(name, {})).structured_content
        through = (await client.call_tool("call_tool", {"name": name, "arguments": {}})).structured_content
        assert direct["rows"] == through["rows"] == answer["rows"]
        described = (await client.call_tool("describe_tool", {"name": name})).structured_content
        assert described["may_ask"] == ["127.0.0.1"]
        await require_detail_on_demand(client, {**QUESTION, "site": f"{events_site}/sf"}, answer)
    assert steps == sorted(steps)
    assert steps[-1] == 100


async def require_detail_on_demand(client: Client, asked: dict[str, str], answer: dict[str, Any]) -> None:
    """Hold what each answer adds when everything is asked for, and that it is not there otherwise."""
    name, full = answer["tool"]["name"], {"detail": "full"}
    short = (await client.call_tool("describe_tool", {"name": name, "detail": "concise"})).structured_content
    assert set(short) == {"name", "version", "title", "description", "input_schema"}
    found = (await client.call_tool("search_tools", {"query": "yoga classes", **full})).structured_content["tools"][0]
    assert found["source"]["kind"] == answer["source"]["kind"]
    assert found["output_schema"]["type"] == "object"
    called = (await client.call_tool("call_tool", {"name": name, "arguments": {}, **full})).structured_content
    assert called["rows"] == answer["rows"]
    assert (called["run"]["tool"], called["run"]["version"]) == (name, answer["tool"]["version"])
    assert called["run"]["spent"]["requests"] >= 1
    assert "run" not in (await client.call_tool("call_tool", {"name": name, "arguments": {}})).structured_content
    for detail, timed in (("concise", False), ("full", True)):
        again = await client.call_tool("learn_tool", {**asked, "detail": detail})
        assert ("timings_ms" in again.content[0].text) is timed
        assert again.structured_content["verdict"]["passed"] is True


@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-4")
async def test_bad_input_is_a_result_with_code_and_remedy(environment: dict[str, str], mode: str) -> None:
    async with connected(environment, mode) as client:
        for name, arguments, code in (
            ("search_tools", {"query": ""}, "invalid_arguments"),
            ("search_tools", {"query": "x", "nonsense": 1}, "invalid_arguments"),
            ("call_tool", {"name": "not_there"}, "unknown_tool"),
            ("describe_tool", {"name": "not_there"}, "unknown_tool"),
            ("learn_tool", {"query": "events on June 31 2027", "site": "http://127.0.0.1:9/"}, "invalid_query"),
        ):
            result = await client.call_tool(name, arguments)
            assert result.is_error is True
            assert result.structured_content["error"]["code"] == code
            assert result.structured_content["error"]["remedy"]
        with pytest.raises(MCPError, match="Unknown tool"):
            await client.call_tool("not_there", {})


@requirement("MCP-5", "BOX-4")
async def test_a_client_cannot_reach_a_private_address_by_naming_it(
    environment: dict[str, str], events_site: str
) -> None:
    async with connected(environment, "auto") as client:
        result = await client.call_tool("learn_tool", {**QUESTION, "site": f"{events_site}/sf"})
    assert result.is_error is True
    assert result.structured_content["error"]["code"] in {"egress_denied", "source_unreachable"}


@requirement("PLAN-5")
async def test_what_must_not_be_guessed_is_asked_for(environment: dict[str, str]) -> None:
    async with connected(environment, "auto") as client:
        result = await client.call_tool("learn_tool", {"query": "good places for lunch"})
    assert result.structured_content["status"] == "needs_input"
    assert result.structured_content["question"]["field"] == "site"


@requirement("MCP-2")
async def test_a_cursor_that_was_never_given_is_refused(environment: dict[str, str]) -> None:
    async with connected(environment, "legacy") as client:
        with pytest.raises(MCPError, match="cursor"):
            await client.list_tools(cursor="bm9uc2Vuc2U=")


@pytest.mark.browser
@requirement("MCP-2")
async def test_a_tool_that_another_process_published_is_announced(
    environment: dict[str, str], events_site: str, command: Command
) -> None:
    changed = asyncio.Event()

    async def on_message(message: object) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            changed.set()

    async with connected(environment, "legacy", message_handler=on_message) as client:
        await client.list_tools()
        learned = await asyncio.to_thread(command, "ask", "yoga in Oakland", "--site", f"{events_site}/sf", "--json")
        name = one_object(learned)["tool"]["name"]
        await asyncio.wait_for(changed.wait(), 10)
        assert name in {tool.name for tool in (await client.list_tools()).tools}
