"""Limits per key and per address, in the memory of this process."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from school.settings import Settings


class Rates:
    """Counts requests per minute. A refused request counts too, so that asking on does not help."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._per_address = RateLimitItemPerMinute(settings.rate_per_address, namespace="address")
        self._per_key = RateLimitItemPerMinute(settings.rate_per_key, namespace="key")
        self._bad_keys = RateLimitItemPerMinute(settings.bad_keys_per_address, namespace="bad")

    async def address(self, address: str) -> int | None:
        """Count a request of an address; return the seconds to wait when it is one too many."""
        return await self._hit(self._per_address, address)

    async def key(self, key: str) -> int | None:
        """Count a request of a key; return the seconds to wait when it is one too many."""
        return await self._hit(self._per_key, key)

    async def bad_key(self, address: str) -> int | None:
        """Count a request with no key or a wrong one; return the seconds to wait when it is one too many."""
        return await self._hit(self._bad_keys, address)

    async def _hit(self, item: RateLimitItemPerMinute, who: str) -> int | None:
        if await self._limiter.hit(item, who):
            return None
        window = await self._limiter.get_window_stats(item, who)
        return max(1, math.ceil(window.reset_time - time.time()))
