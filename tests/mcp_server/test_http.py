"""The server over Streamable HTTP with the official SDK's client, on both protocol revisions."""

from __future__ import annotations

import asyncio
import json

import httpx2
import mcp_types as types
import pytest
from mcp.shared.exceptions import MCPError

from tests.mcp_server.serving import MODES, Running, connected, numbers, running, until
from tests.mcp_server.test_stdio import QUESTION, STABLE
from tests.requirements import requirement


@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-1", "MCP-2", "MCP-6")
async def test_each_key_lists_finds_and_calls_its_own_and_shared_tools_only(server: Running, mode: str) -> None:
    async with connected(server, mode, server.made["ada"]) as ada, connected(server, mode, server.made["bea"]) as bea:
        hers = [tool.name for tool in (await ada.list_tools()).tools]
        assert (hers[: len(STABLE)], set(hers[len(STABLE) :])) == (STABLE, {"echo", "echo_shared"})
        theirs = {tool.name for tool in (await bea.list_tools()).tools[len(STABLE) :]}
        assert theirs == {"echo_bea", "echo_shared"}
        found = (await bea.call_tool("search_tools", {"query": "echo"})).structured_content
        assert {tool["name"] for tool in found["tools"]} == {"echo_bea", "echo_shared"}
        assert (await ada.call_tool("echo", {"text": "mine"})).structured_content["rows"] == [{"text": "mine"}]
        assert (await bea.call_tool("echo_shared", {"text": "ours"})).structured_content["rows"] == [{"text": "ours"}]
        with pytest.raises(MCPError, match="Unknown tool"):
            await bea.call_tool("echo", {})
        through = await bea.call_tool("call_tool", {"name": "echo"})
        assert through.structured_content["error"]["code"] == "unknown_tool"


@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-6", "REG-5")
async def test_runs_of_one_key_are_not_shown_to_another(server: Running, mode: str) -> None:
    async with connected(server, mode, server.made["ada"]) as ada, connected(server, mode, server.made["bea"]) as bea:
        await ada.call_tool("echo_shared", {"text": f"secret of ada {mode}"})
        await bea.call_tool("echo_shared", {"text": f"secret of bea {mode}"})
        shown = (await bea.read_resource("tool://echo_shared/runs")).contents[0].text
        assert f"secret of bea {mode}" in shown
        assert "secret of ada" not in shown
        with pytest.raises(MCPError, match="not found"):
            await bea.read_resource("tool://echo/code")


@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-7")
async def test_resources_completions_and_the_prompt_are_there(server: Running, mode: str) -> None:
    async with connected(server, mode, server.made["ada"]) as client:
        listed = {str(resource.uri) for resource in (await client.list_resources()).resources}
        assert {"tool://echo/code", "tool://echo/evidence", "tool://echo/runs"} <= listed
        templates = [each.uri_template for each in (await client.list_resource_templates()).resource_templates]
        assert templates == ["tool://{name}/code", "tool://{name}/evidence", "tool://{name}/runs"]
        assert "async def run" in (await client.read_resource("tool://echo/code")).contents[0].text
        evidence = json.loads((await client.read_resource("tool://echo/evidence")).contents[0].text)
        assert evidence["verdict"]["passed"] is True
        reference = types.ResourceTemplateReference(uri="tool://{name}/code")
        done = await client.complete(reference, {"name": "name", "value": "echo_"})
        assert done.completion.values == ["echo_shared"]
        prompt = await client.get_prompt("design_tool", {"wish": "find concerts"})
        assert "find concerts" in prompt.messages[0].content.text
        for uri in ("tool://echo/secrets", "tool://../code", "result://nothing", "file:///etc/passwd"):
            with pytest.raises(MCPError, match="not found"):
                await client.read_resource(uri)


@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-7")
async def test_a_large_result_is_cut_in_the_text_and_whole_behind_its_link(server: Running, mode: str) -> None:
    async with connected(server, mode, server.made["ada"]) as ada, connected(server, mode, server.made["bea"]) as bea:
        result = await ada.call_tool("echo", {"text": "x" * 100, "count": 500})
        text, link = result.content
        assert len(text.text) < 7000
        assert "more rows" in text.text
        assert len(result.structured_content["rows"]) == 500
        whole = json.loads((await ada.read_resource(str(link.uri))).contents[0].text)
        assert whole == result.structured_content
        with pytest.raises(MCPError, match="not found"):
            await bea.read_resource(str(link.uri))


@pytest.mark.browser
@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-2", "MCP-5")
async def test_learning_reports_progress_and_every_client_hears_of_the_new_tool(
    server: Running, events_site: str, mode: str
) -> None:
    heard = {mode: asyncio.Event() for mode in MODES}
    steps: list[float] = []

    def hearing(mode: str):
        async def on_message(message: object) -> None:
            if isinstance(message, types.ToolListChangedNotification):
                heard[mode].set()

        return on_message

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        del total, message
        steps.append(progress)

    learner = server.add_key(f"learner.{mode}")
    async with (
        connected(server, mode, learner) as client,
        connected(server, "legacy", server.made["bea"], message_handler=hearing("legacy")),
        connected(server, "auto", server.made["bea"], message_handler=hearing("auto")) as modern,
        modern.listen(tools_list_changed=True),
    ):
        learned = await client.call_tool(
            "learn_tool", {**QUESTION, "site": f"{events_site}/sf"}, progress_callback=on_progress
        )
        assert learned.is_error is False, learned.structured_content
        async with asyncio.timeout(10):
            await asyncio.gather(*(event.wait() for event in heard.values()))
        name = learned.structured_content["tool"]["name"]
        assert (await client.call_tool(name, {})).structured_content["rows"] == learned.structured_content["rows"]
    assert steps == sorted(steps)
    assert steps[-1] == 100


@requirement("MCP-5", "BOX-4")
async def test_learning_over_http_cannot_reach_private_addresses_that_the_settings_do_not_name(
    server: Running,
) -> None:
    async with connected(server, "auto") as client:
        for site in ("http://127.0.0.1:9/", "http://localhost:9/", "http://169.254.169.254/", "http://[::1]:9/"):
            result = await client.call_tool("learn_tool", {**QUESTION, "site": site})
            assert result.structured_content["error"]["code"] in {"egress_denied", "source_unreachable"}, site


@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-5")
async def test_a_call_that_the_client_cancels_ends(server: Running, mode: str) -> None:
    begun = await numbers(server)
    ended = 'school_tool_calls_total{outcome="cancelled",tool="published"}'
    async with connected(server, mode, server.made["ada"]) as client:
        call = asyncio.create_task(client.call_tool("echo", {"wait_s": 50}))
        async with asyncio.timeout(30):
            await until(server, "school_tool_calls_at_work", 1)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await until(server, ended, begun.get(ended, 0) + 1)
        assert (await client.call_tool("echo", {"text": "next"})).structured_content["count"] == 1


@pytest.mark.parametrize("version", ["2025-11-25", "2026-07-28"])
@requirement("MCP-5")
async def test_a_call_whose_client_vanishes_ends(server: Running, version: str) -> None:
    begun = await numbers(server)
    ended = 'school_tool_calls_total{outcome="cancelled",tool="published"}'
    headers = {
        "Authorization": f"Bearer {server.made['ada']}",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": version,
    }
    async with httpx2.AsyncClient(headers=headers) as http:
        params: dict = {"name": "echo", "arguments": {"wait_s": 50}}
        more: dict[str, str] = {"Mcp-Method": "tools/call", "Mcp-Name": "echo"}
        if version == "2025-11-25":
            more = {"Mcp-Session-Id": await _session(http, server)}
        else:
            params["_meta"] = {
                "io.modelcontextprotocol/protocolVersion": version,
                "io.modelcontextprotocol/clientCapabilities": {},
            }
        body = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}
        call = asyncio.create_task(http.post(server.url, json=body, headers=more))
        async with asyncio.timeout(30):
            await until(server, "school_tool_calls_at_work", 1)
            call.cancel()  # closes the connection and says nothing
            with pytest.raises(asyncio.CancelledError):
                await call
            await until(server, ended, begun.get(ended, 0) + 1)


async def _session(http: httpx2.AsyncClient, server: Running) -> str:
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    opened = await http.post(server.url, json={"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
    session = {"Mcp-Session-Id": opened.headers["mcp-session-id"]}
    await http.post(server.url, json={"jsonrpc": "2.0", "method": "notifications/initialized"}, headers=session)
    return session["Mcp-Session-Id"]


@pytest.mark.parametrize("mode", MODES)
@requirement("MCP-5")
async def test_a_call_past_the_servers_own_deadline_is_an_error_result(tmp_path, mode: str) -> None:
    with running(tmp_path / "home", call_timeout_s="0.5") as strict:
        strict.publish("echo", owner="local")
        async with connected(strict, mode) as client:
            late = await client.call_tool("echo", {"wait_s": 40})
            assert late.structured_content["error"] == {
                "code": "run_killed",
                "message": "echo took longer than 0.5 seconds.",
                "remedy": "Ask for less, such as a smaller limit, or try later.",
            }


@requirement("OPS-3")
async def test_a_server_that_is_stopped_finishes_the_call_at_work(tmp_path) -> None:
    with running(tmp_path / "home") as stopping:
        stopping.publish("echo", owner="local")
        async with connected(stopping, "auto") as client:
            await client.call_tool("echo", {})
            call = asyncio.create_task(client.call_tool("echo", {"text": "finished", "wait_s": 3}))
            async with asyncio.timeout(30):
                await until(stopping, "school_tool_calls_at_work", 1)
                ended = asyncio.create_task(asyncio.to_thread(stopping.stop))
                assert (await call).structured_content["rows"] == [{"text": "finished"}]
                assert await ended == 0


@requirement("MCP-1", "MCP-5", "OPS-3", "MCP-6")
async def test_json_mode_over_tls_serves_ends_vanished_calls_and_logs_with_ids(tmp_path, certificate) -> None:
    chain, key, context = certificate
    arguments = ("--json-response", "--tls-certificate", str(chain), "--tls-key", str(key))
    with running(tmp_path / "home", *arguments, log_level="info") as secure:
        assert secure.url.startswith("https://")
        secure.publish("echo", owner="local")
        for mode in MODES:
            async with connected(secure, mode, verify=context) as client:
                assert (await client.call_tool("echo", {"text": mode})).structured_content["rows"] == [{"text": mode}]
        ended = 'school_tool_calls_total{outcome="cancelled",tool="published"}'
        for number, mode in enumerate(MODES, start=1):
            async with connected(secure, mode, verify=context) as client:
                call = asyncio.create_task(client.call_tool("echo", {"wait_s": 50}))
                async with asyncio.timeout(30):
                    await until(secure, "school_tool_calls_at_work", 1, verify=context)
                    call.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await call
                    await until(secure, ended, number, verify=context)
        assert secure.stop() == 0
        lines = [json.loads(line) for line in secure.errors.read_text().splitlines()]
    called = [line for line in lines if line["event"] == "tool_called"]
    assert {(line["tool"], line["owner"], line["outcome"]) for line in called} == {
        ("echo", "local", "ok"),
        ("echo", "local", "cancelled"),
    }
    assert all(line["request"] and line["key"] for line in called)
    assert all(bool(line["run"]) == (line["outcome"] == "ok") for line in called)
    assert secure.key.split("_", 2)[2] not in secure.errors.read_text()
