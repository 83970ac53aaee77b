"""Cache and ledger in memory, for one process that has no registry (benchmarks, recordings, tests)."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.cost import LedgerEntry, Usage
from domain.ports import Clock

KEPT = timedelta(hours=1)


class MemoryCache:
    """Keeps replies for an hour of the given clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[datetime, str]] = {}

    def get(self, key: str) -> str | None:
        """Return a kept reply that is not too old."""
        at, reply = self._kept.get(key, (None, None))
        return reply if at is not None and self._clock.now() - at < KEPT else None

    def put(self, key: str, reply: str) -> None:
        """Keep a reply."""
        self._kept[key] = (self._clock.now(), reply)


class MemoryLedger:
    """Keeps entries in a list."""

    def __init__(self) -> None:
        self.entries: list[LedgerEntry] = []

    def record(self, entry: LedgerEntry) -> None:
        """Keep one entry."""
        self.entries.append(entry)

    def spent(self, *, job_id: str | None = None, since: datetime | None = None) -> Usage:
        """Return the sum of a job, or since a time."""
        total = Usage()
        for entry in self.entries:
            if (job_id is None or entry.job_id == job_id) and (since is None or entry.at >= since):
                total = total.plus(entry.usage)
        return total
