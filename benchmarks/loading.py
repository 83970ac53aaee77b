"""Loading a server with calls: so many callers at once for some seconds, what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.calls import Groups

HANDSHAKE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
One = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Load:
    """Result of one load: calls a second, latencies in ms, CPU-ms a call by group (zero without control groups)."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float


async def load(one: One, groups: Groups | None, seconds: float, concurrency: int) -> Load:
    """Call for some seconds from so many callers at once."""
    latencies: list[float] = []
    before = groups.cpu_ms("server") if groups else 0.0
    started_at = time.perf_counter()

    async def caller(number: int) -> None:
        while time.perf_counter() - started_at < seconds:
            begun = time.perf_counter()
            await one(number)
            latencies.append((time.perf_counter() - begun) * 1000)
            number += concurrency

    await asyncio.gather(*(caller(number) for number in range(concurrency)))
    elapsed, count = time.perf_counter() - started_at, len(latencies)
    latencies.sort()
    return Load(
        rate=count / elapsed,
        p50_ms=latencies[count // 2],
        p99_ms=latencies[min(count - 1, count * 99 // 100)],
        cpu_ms=(groups.cpu_ms("server") - before) / count if groups else 0.0,
    )
