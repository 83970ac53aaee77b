"""How long the stages of a piece of work take, and which of them are its steps."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from school.steps import STRAIGHT, Steps
from school.tracing import span

T = TypeVar("T")


@dataclass
class Stopwatch:
    """Milliseconds by stage, in the order the stages began."""

    ms: dict[str, float] = field(default_factory=dict)
    steps: Steps = STRAIGHT

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of the block to a stage."""
        start = time.perf_counter()
        try:
            with span(name):
                yield
        finally:
            self.ms[name] = round(self.ms.get(name, 0.0) + (time.perf_counter() - start) * 1000, 1)

    async def step(self, name: str, kind: Any, work: Callable[[], Awaitable[T]]) -> T:
        """Do a stage as one step, whose result a job remembers; see ``Steps.do``."""
        with self.stage(name):
            return await self.steps.do(name, kind, work)
