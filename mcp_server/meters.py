"""What the server counts about itself, in Prometheus' own form. Each process of a server has its own numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import anyio
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180)


class Running(Protocol):
    """Knows how many jobs are at work."""

    @property
    def running(self) -> int:
        """How many jobs are at work."""


class Holding(Protocol):
    """Knows how many sessions are open."""

    @property
    def sessions(self) -> int:
        """How many sessions are open."""


class Meters:
    """The numbers of one server. Labels have few values: names of tools are in the registry's own statistics."""

    def __init__(self, jobs: Running, audience: Holding) -> None:
        self._registry = CollectorRegistry()
        self._calls = Counter(
            "school_tool_calls", "Calls of tools by stable tool (or 'published') and outcome.",
            ["tool", "outcome"], registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "school_tool_call_seconds", "Time of calls.", ["tool"], buckets=SECONDS, registry=self._registry
        )
        self._known: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self.at_work = 0
        self._idle = anyio.Event()
        working = Gauge("school_tool_calls_at_work", "Calls at work.", registry=self._registry)
        working.set_function(lambda: self.at_work)
        self.requests = Counter("school_http_requests", "HTTP requests by status.", ["status"], registry=self._registry)
        self.refused = Counter(
            "school_http_refused", "HTTP requests refused at the door, by reason.", ["reason"], registry=self._registry
        )
        Gauge("school_jobs_running", "Jobs at work.", registry=self._registry).set_function(lambda: jobs.running)
        held = Gauge("school_sessions", "Open sessions of the older revision.", registry=self._registry)
        held.set_function(lambda: audience.sessions)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count the block as a call at work."""
        self.at_work += 1
        try:
            yield
        finally:
            self.at_work -= 1
            if not self.at_work:
                self._idle.set()

    def ended(self, tool: str, outcome: str, took_s: float) -> None:
        """Count a call that has ended. What its labels stand for is looked up once: there are few of them."""
        known = self._known.get((tool, outcome))
        if known is None:
            calls, seconds = self._calls.labels(tool=tool, outcome=outcome), self._seconds.labels(tool=tool)
            known = self._known[tool, outcome] = calls, seconds
        known[0].inc()
        known[1].observe(took_s)

    async def idle(self) -> None:
        """Wait until no call is at work."""
        while self.at_work:
            self._idle = anyio.Event()
            await self._idle.wait()

    def page(self) -> bytes:
        """Return all numbers as Prometheus reads them."""
        return generate_latest(self._registry)
