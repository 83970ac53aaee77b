"""Calls over Streamable HTTP, the school's server beside the SDK's echo server: one session each, SSE answers."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.figures import Figure
from benchmarks.loading import HANDSHAKE, Load, One, load

ROOT = Path(__file__).resolve().parent.parent
ACCEPT = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
LEVELS = (1, 10, 100)


@asynccontextmanager
async def serving(*line: str, env: dict[str, str]) -> AsyncIterator[tuple[str, str]]:
    """Run a server and give its address and first key (empty for a server without keys)."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *line, stdout=asyncio.subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().split()[-1]
        key = "" if "benchmarks.echo_server" in line else (await process.stdout.readline()).decode().split()[-1]
        yield url, key
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 30)


class Session:
    """One session of the 2025-11-25 revision."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, url

    async def open(self) -> None:
        """Shake hands."""
        async with self._http.post(self._url, json=message(0, "initialize", HANDSHAKE)) as answer:
            answer.raise_for_status()
            if "mcp-session-id" in answer.headers:
                self._http.headers["mcp-session-id"] = answer.headers["mcp-session-id"]
            await answer.read()
        note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        async with self._http.post(self._url, json=note) as answer:
            await answer.read()

    async def call(self, number: int, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call a tool and return its structured content."""
        params = {"name": name, "arguments": arguments}
        async with self._http.post(self._url, json=message(number + 1, "tools/call", params)) as answer:
            text = await answer.text()
        data = next(line for line in text.splitlines() if line.startswith("data: {"))
        found: dict[str, Any] = json.loads(data[6:])["result"]["structuredContent"]
        return found


def message(number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


async def measure_http(seconds: float, env: dict[str, str]) -> list[Figure]:
    """Measure both servers at each level, one after the other, and return the figures."""
    async with serving("-m", "benchmarks.echo_server", "--http", env=env) as (url, key):
        echo = await _levels(url, key, "echo", seconds)
    async with serving(str(ROOT / "main.py"), "serve", "--http", "--port", "0", env=env) as (url, key):
        own = await _levels(url, key, "widgets", seconds)
    return [
        Figure(
            what=f"HTTP calls at {level}, a process each",
            measured=f"{own[level].rate:.0f}/s, p50 {own[level].p50_ms:.1f} ms, p99 {own[level].p99_ms:.1f} ms",
            peer=f"echo {echo[level].rate:.0f}/s, p50 {echo[level].p50_ms:.1f} ms",
        )
        for level in LEVELS
    ]


async def _levels(url: str, key: str, tool: str, seconds: float) -> dict[int, Load]:
    headers = ACCEPT | ({"Authorization": f"Bearer {key}"} if key else {})
    async with aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(limit=0)) as http:
        session = Session(http, url)
        await session.open()
        one = _echoed(session) if tool == "echo" else _listed(session)
        await load(one, None, 1.0, 10)
        return {level: await load(one, None, seconds, level) for level in LEVELS}


def _echoed(session: Session) -> One:
    async def one(number: int) -> None:
        if (await session.call(number, "echo", {"text": f"k{number}"}))["text"] != f"k{number}":
            raise RuntimeError("the echo was another's")

    return one


def _listed(session: Session) -> One:
    async def one(number: int) -> None:
        rows = (await session.call(number, "widgets", {"word": f"k{number}"}))["rows"]
        if len(rows) != 20 or not all(row["name"].startswith(f"k{number} ") for row in rows):
            raise RuntimeError("a call failed or got another's rows")

    return one
