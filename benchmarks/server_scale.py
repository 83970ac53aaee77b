"""What grows with use: memory over many calls, listing and searching with many tools published."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import psutil

from benchmarks.figures import Figure
from benchmarks.loading import One

TOOLS = 10_000
REPEATS = 200
WARM_CALLS = 1000
AT_ONCE = 50
QUESTIONS = ("lamps of a shop", "teas", "find bicycles", "concerts near me", "recipes", "flats to let", "jobs")
Ask = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


async def measure_memory(one: One, pid: int, calls: int) -> list[Figure]:
    """Return how the server's own memory stands after many calls; what its first calls load is not counted."""
    await _many(one, min(WARM_CALLS, calls))
    before = psutil.Process(pid).memory_info().rss
    await _many(one, calls)
    grown = psutil.Process(pid).memory_info().rss - before
    return [
        Figure(
            what=f"memory of the server over {calls} calls",
            measured=f"{before / 2**20:.0f} MB, then {grown / 2**20:+.1f} MB ({grown / calls:.0f} bytes a call)",
            asked="flat",
            reached=grown < 16 * 2**20,
        )
    ]


async def measure_scale(ask: Ask) -> list[Figure]:
    """Return the times of a page of the list and of a search, p50 over many, with TOOLS published."""
    pages = await _times(ask, [("tools/list", {})])
    searches = await _times(
        ask, [("tools/call", {"name": "search_tools", "arguments": {"query": text}}) for text in QUESTIONS]
    )
    return [
        Figure(
            what=f"{what} at {TOOLS} tools",
            measured=f"p50 {times[len(times) // 2]:.2f} ms, p99 {times[len(times) * 99 // 100]:.2f} ms",
            asked="p50 ≤ 10 ms",
            reached=times[len(times) // 2] <= 10,
        )
        for what, times in (("tools/list page", pages), ("search_tools", searches))
    ]


async def _times(ask: Ask, asked: list[tuple[str, dict[str, Any]]]) -> list[float]:
    times = []
    for number in range(REPEATS):
        method, params = asked[number % len(asked)]
        begun = time.perf_counter()
        answer = await ask(method, params)
        times.append((time.perf_counter() - begun) * 1000)
        if "result" not in answer or answer["result"].get("isError"):
            raise RuntimeError(f"{method} failed")
    return sorted(times[len(asked) :])


async def _many(one: One, calls: int) -> None:
    async def caller(first: int) -> None:
        for number in range(first, calls, AT_ONCE):
            await one(number)

    async with anyio.create_task_group() as tasks:
        for first in range(AT_ONCE):
            tasks.start_soon(caller, first)
