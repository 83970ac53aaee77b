"""Clients of a crowd: those that call, that idle, that vanish in mid-call, that read or write slowly.

They speak raw JSON-RPC over Streamable HTTP, so that a machine with two cores has some left for the server.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from benchmarks.loading import HANDSHAKE

OLDER, NEWER = "2025-11-25", "2026-07-28"
TOOL = "crowd"
PATIENCE_S = 60.0  # an answer that takes longer counts as lost
IDLE_AT_ONCE = 50
GONE = (aiohttp.ClientError, OSError, asyncio.TimeoutError)


@dataclass(kw_only=True)
class Tally:
    """What came of the calls: how many of each kind, and how long the answered ones took, ms."""

    counts: Counter[str] = field(default_factory=Counter)
    times_ms: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def bad(self, kind: str, told: str) -> None:
        """Count a call that went wrong; the first few are kept in words."""
        self.counts[kind] += 1
        if len(self.problems) < 5:
            self.problems.append(f"{kind}: {told[:300]}")


class Caller:
    """One client with a key: a session of the older revision, or none of the newer."""

    def __init__(self, http: aiohttp.ClientSession, url: str, key: str, revision: str = OLDER) -> None:
        self._http, self._url, self.revision = http, url, revision
        self.headers = {
            "Authorization": f"Bearer {key}",
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
            "MCP-Protocol-Version": revision,
        }
        self._numbers = itertools.count(1)

    async def open(self) -> None:
        """Shake hands, where the revision has that."""
        if self.revision == NEWER:
            return
        body = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": HANDSHAKE}
        async with self._http.post(self._url, json=body, headers=self.headers) as answer:
            answer.raise_for_status()
            self.headers["Mcp-Session-Id"] = answer.headers["mcp-session-id"]
            await answer.read()
        note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        async with self._http.post(self._url, json=note, headers=self.headers) as answer:
            answer.raise_for_status()

    async def close(self) -> None:
        """End the session, as a client that leaves politely does."""
        if "Mcp-Session-Id" in self.headers:
            async with self._http.delete(self._url, headers=self.headers) as answer:
                if answer.status != 404:  # a session that only sent half requests has ended by itself
                    answer.raise_for_status()

    def request(self, arguments: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        """Return the number, the body and the headers of one call."""
        number = next(self._numbers)
        params: dict[str, Any] = {"name": TOOL, "arguments": arguments}
        headers = self.headers
        if self.revision == NEWER:
            about = "io.modelcontextprotocol"
            params["_meta"] = {f"{about}/protocolVersion": NEWER, f"{about}/clientCapabilities": {}}
            headers = {**headers, "Mcp-Method": "tools/call", "Mcp-Name": TOOL}
        body = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
        return number, json.dumps(body).encode(), headers

    async def call(self, tally: Tally, word: str, **more: Any) -> None:
        """Call once; the answer must be this call's own, by its number and by the word in each of its rows."""
        number, body, headers = self.request({"word": word, **more})
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_S):
                async with self._http.post(self._url, data=body, headers=headers) as answer:
                    status, text = answer.status, await answer.text()
        except GONE as problem:
            tally.bad("lost", f"{type(problem).__name__} {problem}")
            return
        if status != 200:
            tally.bad(f"status {status}", text)
            return
        answers = [each for each in messages(text) if "result" in each or "error" in each]
        if not answers:
            tally.bad("lost", f"no answer in {text!r}")
        elif [each.get("id") for each in answers] != [number]:
            tally.bad("mixed up", f"{number} got {[each.get('id') for each in answers]}")
        elif "error" in answers[0] or answers[0]["result"].get("isError"):
            tally.bad("error", text)
        elif not own(answers[0]["result"], word):
            tally.bad("mixed up", f"{word} got {text}")
        else:
            tally.counts["ok"] += 1
            tally.times_ms.append((time.perf_counter() - begun) * 1000)


def own(result: dict[str, Any], word: str) -> bool:
    """Whether the rows are there and all carry a word."""
    rows = result["structuredContent"]["rows"]
    return len(rows) >= 20 and all(row["name"].startswith(f"{word} ") for row in rows)


def messages(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON-RPC messages of an answer, be it a stream of events or one object."""
    if text.startswith("{"):
        yield json.loads(text)
        return
    yield from (json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {"))


async def calling(caller: Caller, name: str, until: float, tally: Tally) -> None:
    """Call again and again until a time of the loop's clock, each time with a word that nobody else uses."""
    for turn in itertools.count():
        if asyncio.get_running_loop().time() >= until:
            return
        await caller.call(tally, f"{name}x{turn}")


def connections() -> aiohttp.ClientSession:
    """Return as many connections as are needed, all closed with the block."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout())


@asynccontextmanager
async def idling(
    http: aiohttp.ClientSession, url: str, keys: list[str], how_many: int
) -> AsyncIterator[tuple[list[Caller], list[Listener]]]:
    """Hold sessions open, each with the stream that a client listens on, as the SDK's own client does."""
    limit = asyncio.Semaphore(IDLE_AT_ONCE)

    async def begin(number: int) -> tuple[Caller, Listener]:
        caller = Caller(http, url, keys[number % len(keys)])
        async with limit:
            await caller.open()
            listener = Listener(http, url, caller)
            await listener.opened.wait()
        return caller, listener

    made = await asyncio.gather(*(begin(number) for number in range(how_many)))
    try:
        yield [caller for caller, _ in made], [listener for _, listener in made]
    finally:
        for _, listener in made:
            listener.task.cancel()
        await asyncio.gather(*(listener.task for _, listener in made), return_exceptions=True)


class Listener:
    """The open stream of an idle session, and the notifications that came on it."""

    def __init__(self, http: aiohttp.ClientSession, url: str, caller: Caller) -> None:
        self.opened, self.told = asyncio.Event(), asyncio.Event()
        self.broken = ""
        self.task = asyncio.create_task(self._listen(http, url, caller.headers))

    async def _listen(self, http: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> None:
        try:
            async with http.get(url, headers=headers, timeout=aiohttp.ClientTimeout()) as answer:
                answer.raise_for_status()
                self.opened.set()
                async for line in answer.content:
                    if b"notifications/tools/list_changed" in line:
                        self.told.set()
            self.broken = "the server closed the stream"
        except GONE as problem:
            self.broken = f"{type(problem).__name__} {problem}"
        finally:
            self.opened.set()


async def vanishing(caller: Caller, url: str, until: float, tally: Tally) -> None:
    """Begin calls that take long, and leave in the middle: with and without a word, before and after the first byte."""
    for turn in itertools.count():
        if asyncio.get_running_loop().time() >= until:
            return
        _, body, headers = caller.request({"word": f"gone{turn}", "wait_s": 40})
        async with connection(url, headers, body, len(body)) as (reader, writer):
            if turn % 4 < 2:
                with suppress(asyncio.TimeoutError):
                    async with asyncio.timeout(0.5):
                        await reader.read(64)
            if turn % 2:
                writer.transport.abort()
        tally.counts["vanished"] += 1
        await asyncio.sleep(0.05)  # the pace at which clients come, not a wait for anything


async def reading_slowly(caller: Caller, url: str, until: float, tally: Tally) -> None:
    """Ask for a large answer and take a little of it now and then."""
    _, body, headers = caller.request({"word": "slow", "times": 50})
    async with connection(url, headers, body, len(body)) as (reader, _):
        while (left := until - asyncio.get_running_loop().time()) > 0:
            with suppress(asyncio.TimeoutError):
                async with asyncio.timeout(left):
                    await reader.read(16)
            await asyncio.sleep(min(1.0, max(0.0, left)))
    tally.counts["read slowly"] += 1


async def writing_slowly(caller: Caller, url: str, until: float, tally: Tally) -> None:
    """Send half a request and wait; when the server gives up on it, send the next."""
    _, body, headers = caller.request({"word": "half"})
    while (left := until - asyncio.get_running_loop().time()) > 0:
        async with connection(url, headers, body[:40], len(body)) as (reader, _):
            with suppress(asyncio.TimeoutError):
                async with asyncio.timeout(left):
                    head = await reader.readuntil(b"\r\n")
                    tally.counts[f"half a request got {head.split()[1].decode()}"] += 1


@asynccontextmanager
async def connection(
    url: str, headers: dict[str, str], body: bytes, length: int
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Send a request with a body that may be shorter than it says, on a connection of its own."""
    place = URL(url)
    reader, writer = await asyncio.open_connection(place.host, place.port, limit=1024)
    try:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = (
            f"POST {place.path} HTTP/1.1\r\nHost: {place.host}:{place.port}\r\n{lines}Content-Length: {length}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        yield reader, writer
    finally:
        writer.close()
