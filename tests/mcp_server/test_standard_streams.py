"""The wire of stdio: odd lines, large ones, clients that read late or not at all, and output that must miss it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.requirements import requirement

HANDSHAKE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
TALKATIVE = """
import os, sys
import anyio
from mcp_server.stdio import standard_streams

async def main():
    async with standard_streams() as (reader, writer):
        print("stray", flush=True)
        os.system("echo from a child; cat")  # reads no request
        async for item in reader:
            await writer.send(item)
    print("given back", flush=True)

anyio.run(main, backend_options={"use_uvloop": sys.argv[1] == "uvloop"})
"""


def line(number: int, method: str, **params: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode() + b"\n"


def search(number: int, query: str = "lamps") -> bytes:
    return line(number, "tools/call", name="search_tools", arguments={"query": query})


def beginning() -> bytes:
    return line(0, "initialize", **HANDSHAKE) + b'{"jsonrpc": "2.0", "method": "notifications/initialized"}\n'


async def serving(environment: dict[str, str], **streams: Any) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "main.py"), "serve"),
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, **streams},
        env=environment,
        cwd=ROOT,
        limit=2**24,
    )


async def ids(process: asyncio.subprocess.Process, count: int) -> list[int]:
    assert process.stdout is not None
    async with asyncio.timeout(60):
        return sorted([json.loads(await process.stdout.readline())["id"] for _ in range(count)])


async def ended(process: asyncio.subprocess.Process) -> int:
    async with asyncio.timeout(60):
        return await process.wait()


@requirement("MCP-1")
async def test_lines_that_are_no_messages_cost_nothing_but_themselves(environment: dict[str, str]) -> None:
    process = await serving(environment)
    assert process.stdin is not None
    process.stdin.write(beginning() + b"no json\n\n[1]\n" + search(1) + b'{"jsonrpc": "2.0", "id": 2\xff}\n')
    process.stdin.write(search(3).replace(b"lamps", b"\xff\xfe"))  # no UTF-8: replaced, and searched for
    assert await ids(process, 3) == [0, 1, 3]
    process.stdin.close()
    assert await ended(process) == 0


@requirement("MCP-1")
async def test_a_request_that_comes_in_pieces_and_is_larger_than_any_buffer_is_answered(
    environment: dict[str, str],
) -> None:
    process = await serving(environment)
    assert process.stdin is not None
    process.stdin.write(beginning())
    assert await ids(process, 1) == [0]
    whole = search(1, "lamp " * 400_000)
    for start in range(0, len(whole), 100_001):
        process.stdin.write(whole[start : start + 100_001])
        await process.stdin.drain()
    assert await ids(process, 1) == [1]
    process.stdin.close()
    assert await ended(process) == 0


@requirement("MCP-1")
async def test_a_client_that_reads_late_gets_every_answer(environment: dict[str, str]) -> None:
    process = await serving(environment)
    assert process.stdin is not None
    process.stdin.write(beginning())
    process.stdin.writelines(line(number, "tools/list") for number in range(1, 201))  # megabytes of answers
    await process.stdin.drain()
    assert await ids(process, 201) == list(range(201))
    process.stdin.close()
    assert await ended(process) == 0


@requirement("MCP-6")
async def test_the_server_ends_when_nobody_reads_its_answers_any_more(environment: dict[str, str]) -> None:
    theirs, ours = os.pipe()
    process = await serving(environment, stdout=ours)
    os.close(ours)
    os.close(theirs)
    assert process.stdin is not None
    process.stdin.write(beginning())
    await ended(process)  # although its standard input is open


@requirement("MCP-1")
async def test_files_are_served_too(environment: dict[str, str], tmp_path: Path) -> None:
    asked, answered = tmp_path / "asked", tmp_path / "answered"
    asked.write_bytes(beginning())
    with asked.open("rb") as source, answered.open("wb") as sink:
        process = await serving(environment, stdin=source, stdout=sink)
        assert await ended(process) == 0
    assert json.loads(answered.read_bytes())["id"] == 0


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@requirement("MCP-1")
def test_stray_output_misses_the_wire_and_the_streams_are_given_back(loop: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TALKATIVE, loop],
        input=line(1, "ping"),
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    echoed, after = done.stdout.splitlines()
    assert json.loads(echoed) == {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {}}
    assert after == b"given back"
    assert done.stderr.splitlines() == [b"stray", b"from a child"]
