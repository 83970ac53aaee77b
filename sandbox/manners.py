"""Manners towards public sites: robots.txt and a request rate per host. Private hosts are their operator's business.

It does not stop a site from being asked by other programs, nor read anything but ``Allow`` and ``Disallow``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiolimiter import AsyncLimiter
from protego import Protego

REQUESTS_PER_S = 10.0
ROBOTS_BYTES = 512_000  # RFC 9309 section 2.5: at least 500 KiB are read
_KEPT_S, _FAILED_S = 3600.0, 60.0
_MOST = 2000

Fetched = tuple[int, bytes]
Fetch = Callable[[], Awaitable[Fetched]]


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How sites are treated. ``requests_per_s`` is per host (0: no bound), with bursts of a second's worth.

    ``private`` keeps to them at private hosts too.
    """

    requests_per_s: float = REQUESTS_PER_S
    private: bool = False


class Rates:
    """Lets requests to one host go at the rate."""

    def __init__(self, requests_per_s: float) -> None:
        self._rate = requests_per_s
        self._limiters: dict[str, AsyncLimiter] = {}

    async def turn(self, host: str) -> None:
        """Wait until the next request to the host may go."""
        if self._rate <= 0:
            return
        limiter = self._limiters.get(host)
        if limiter is None:
            if len(self._limiters) >= _MOST:
                self._limiters.clear()
            limiter = self._limiters[host] = AsyncLimiter(max(self._rate, 1.0), max(1.0, 1.0 / self._rate))
        await limiter.acquire()


@dataclass(frozen=True, kw_only=True)
class _Rules:
    until: float
    parsed: Protego | None
    otherwise: bool


class Robots:
    """What each origin's robots.txt allows, read once an hour for each owner of runs."""

    def __init__(self, agent: str) -> None:
        self._agent = agent.partition("/")[0]
        self._known: dict[tuple[str, str], asyncio.Task[_Rules]] = {}

    async def allow(self, owner: str, origin: str, url: str, fetch: Fetch) -> bool:
        """Return whether the origin lets robots ask for the address; what ``fetch`` raises goes through.

        Source: RFC 9309: a missing file allows everything, one that the server fails to give nothing.
        """
        key = (owner, origin)
        reading = self._known.get(key)
        if reading is None or (reading.done() and not _fresh(reading)):
            if len(self._known) >= _MOST:
                self._known.clear()
            reading = self._known[key] = asyncio.ensure_future(_read(fetch))
        rules = await asyncio.shield(reading)
        return rules.otherwise if rules.parsed is None else bool(rules.parsed.can_fetch(url, self._agent))


def _fresh(reading: asyncio.Task[_Rules]) -> bool:
    failed = reading.cancelled() or reading.exception() is not None
    return not failed and reading.result().until > time.monotonic()


async def _read(fetch: Fetch) -> _Rules:
    status, body = await fetch()
    now = time.monotonic()
    if 200 <= status < 300:
        parsed = Protego.parse(body[:ROBOTS_BYTES].decode("utf-8", "replace"))
        return _Rules(until=now + _KEPT_S, parsed=parsed, otherwise=True)
    refused = status >= 500 or status == 429
    return _Rules(until=now + (_FAILED_S if refused else _KEPT_S), parsed=None, otherwise=not refused)
