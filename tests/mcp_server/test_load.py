"""Many at once: nothing is lost or mixed up, who is slow or gone holds up nobody. Short here: a hundred callers
for a minute beside a thousand sessions are ``python -m benchmarks crowd``, which also looks what is left over.
"""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import psutil

from tests.mcp_server.serving import MODES, Running, connected, numbers, running, until
from tests.requirements import requirement

CALLERS = 40
CALLS_EACH = 3
SESSIONS = 200


def headers(key: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {key}",
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": "2025-11-25",
    }


def call(number: int, **arguments: Any) -> bytes:
    params = {"name": "echo", "arguments": arguments}
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}).encode()


def initialize() -> bytes:
    client = {"name": "load", "version": "1"}
    params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).encode()


def rows_of(answer: httpx2.Response) -> list[dict[str, str]]:
    data = next(line for line in answer.text.splitlines() if line.startswith("data: {"))
    rows: list[dict[str, str]] = json.loads(data[6:])["result"]["structuredContent"]["rows"]
    return rows


async def opened(http: httpx2.AsyncClient, server: Running) -> str:
    """Open a session of the older revision and return its id."""
    answer = await http.post(server.url, content=initialize())
    assert answer.status_code == 200
    return str(answer.headers["mcp-session-id"])


@requirement("MCP-6")
async def test_many_callers_of_both_revisions_get_each_their_own_answers(server: Running) -> None:
    async def caller(number: int) -> list[str]:
        owner = ("ada", "bea")[number % 2]
        tool = {"ada": "echo", "bea": "echo_bea"}[owner]
        got: list[str] = []
        async with connected(server, MODES[number // 2 % 2], server.made[owner]) as client:
            for turn in range(CALLS_EACH):
                result = await client.call_tool(tool, {"text": f"{number}/{turn}"})
                got += [row["text"] for row in result.structured_content["rows"]]
        return got

    answers = await asyncio.gather(*(caller(number) for number in range(CALLERS)))
    assert answers == [[f"{number}/{turn}" for turn in range(CALLS_EACH)] for number in range(CALLERS)]


@requirement("MCP-5")
async def test_clients_that_vanish_in_mid_call_leave_nothing_at_work_and_others_are_served(server: Running) -> None:
    key = server.made["ada"]
    async with httpx2.AsyncClient(headers=headers(key), timeout=60, limits=httpx2.Limits(max_connections=None)) as http:
        session = {"mcp-session-id": await opened(http, server)}
        gone = [
            asyncio.create_task(http.post(server.url, content=call(n, text="x", wait_s=50), headers=session))
            for n in range(2, 32)
        ]
        while (await numbers(server)).get("school_tool_calls_at_work", 0) < len(gone):
            continue  # the test's own time-out bounds it
        for task in gone:
            task.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        assert rows_of(await http.post(server.url, content=call(99, text="here"), headers=session)) == [
            {"text": "here"}
        ]
    await until(server, "school_tool_calls_at_work", 0)


@requirement("MCP-6")
async def test_clients_that_read_and_write_slowly_hold_up_nobody(server: Running) -> None:
    host, port = server.base.removeprefix("http://").split(":")
    key = server.made["ada"]
    async with AsyncExitStack() as stack, httpx2.AsyncClient(headers=headers(key), timeout=60) as http:
        for _ in range(50):
            _reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
            stack.callback(writer.close)
            # Half a request: the server waits for the rest of it, for a while.
            writer.write(f"POST /mcp HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {key}\r\n".encode())
            writer.write(b"Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
            await writer.drain()
        for _ in range(20):  # whole requests whose large answers nobody reads
            _reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
            stack.callback(writer.close)
            body = call(1, text="t" * 900, count=1000)
            head = "".join(f"{name}: {value}\r\n" for name, value in headers(key).items())
            writer.write(
                f"POST /mcp HTTP/1.1\r\nHost: {host}:{port}\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode()
            )
            writer.write(body)
            await writer.drain()
        session = {"mcp-session-id": await opened(http, server)}
        for number in range(10):
            answer = await http.post(server.url, content=call(number, text=f"n{number}"), headers=session)
            assert rows_of(answer) == [{"text": f"n{number}"}]


@requirement("MCP-6")
async def test_many_idle_sessions_are_held_and_the_next_caller_is_served(server: Running) -> None:
    async with httpx2.AsyncClient(headers=headers(server.made["ada"]), timeout=60) as http:
        limit = asyncio.Semaphore(20)

        async def idle() -> str:
            async with limit:
                return await opened(http, server)

        sessions = await asyncio.gather(*(idle() for _ in range(SESSIONS)))
        assert len(set(sessions)) == SESSIONS
        for session in (sessions[0], sessions[-1]):
            answer = await http.post(server.url, content=call(2, text="still"), headers={"mcp-session-id": session})
            assert rows_of(answer) == [{"text": "still"}]
    async with connected(server, "auto", server.made["bea"]) as client:
        assert (await client.call_tool("echo_bea", {"text": "next"})).structured_content["rows"] == [{"text": "next"}]


@requirement("MCP-6")
async def test_a_server_that_is_stopped_under_load_finishes_what_is_at_work_and_leaves_no_process(tmp_path) -> None:
    with running(tmp_path / "home") as server:
        server.publish("echo", owner="ada")
        key = server.add_key("ada")
        async with httpx2.AsyncClient(headers=headers(key), timeout=60) as http:
            session = {"mcp-session-id": await opened(http, server)}
            calls = [
                asyncio.create_task(http.post(server.url, content=call(n, text=f"n{n}", wait_s=2), headers=session))
                for n in range(2, 12)
            ]
            while (await numbers(server)).get("school_tool_calls_at_work", 0) < len(calls):
                continue  # the test's own time-out bounds it
            children = psutil.Process(server.process.pid).children(recursive=True)
            assert await asyncio.to_thread(server.stop) == 0
            answers = await asyncio.gather(*calls)
        assert [rows_of(answer) for answer in answers] == [[{"text": f"n{n}"}] for n in range(2, 12)]
        _, alive = psutil.wait_procs(children, timeout=10)
        assert not [child for child in alive if child.pid != os.getpid()]
