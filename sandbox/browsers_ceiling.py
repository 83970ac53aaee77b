"""What one browser may use: memory, processor time and processes, looked at from outside while it has contexts.

A renderer beyond its share is ended, and its page crashes alone; a browser beyond its own is ended whole, and the
next context gets a fresh one. Between two looks a page can go beyond by what it takes in that time; the hard bound of
one process is its data limit, set before the browser starts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass
from typing import Literal

import psutil

log = logging.getLogger(__name__)

Breach = Literal["memory", "cpu", "processes"]
LOOK_S = 0.3
_MB = 1 << 20
_GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


@dataclass(frozen=True, kw_only=True)
class Ceiling:
    """Private memory in MiB, processor time in seconds over a process's life, and a number of processes."""

    renderer_mb: int = 1024
    browser_mb: int = 3072
    renderer_cpu_s: float = 45.0
    processes: int = 64


class CeilingWatch:
    """Looks at one browser's processes; ``pid`` is its first one."""

    def __init__(self, pid: int, ceiling: Ceiling) -> None:
        self._pid, self._ceiling = pid, ceiling
        self._breaches: list[tuple[float, Breach]] = []
        self._renderers: dict[int, bool] = {}
        self._task: asyncio.Task[None] | None = None

    def breach_since(self, moment: float) -> Breach | None:
        """Return the last ceiling that something was ended for since a moment of ``time.monotonic``."""
        return next((kind for at, kind in reversed(self._breaches) if at >= moment), None)

    def start(self) -> None:
        """Begin to look, until ``stop`` or the browser's end."""
        if self._task is None:
            self._task = asyncio.ensure_future(self._look_again())

    def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _look_again(self) -> None:
        while await asyncio.to_thread(self._look):  # noqa: ASYNC110 - processes tell nobody how much they hold
            await asyncio.sleep(LOOK_S)

    def _look(self) -> bool:
        """End what is beyond; False when the browser is gone."""
        try:
            first = psutil.Process(self._pid)
            family = [first, *first.children(recursive=True)]
        except _GONE:
            return False
        used_mb = 0.0
        for process in family:
            with contextlib.suppress(*_GONE):
                used_mb += self._held(process)
        if used_mb > self._ceiling.browser_mb:
            self._end(first, "memory")
        elif len(family) > self._ceiling.processes:
            self._end(first, "processes")
        return True

    def _held(self, process: psutil.Process) -> float:
        """Return a process's private memory, having ended a renderer that is beyond its share."""
        memory = process.memory_info()
        private_mb = float(memory.rss - memory.shared) / _MB
        if self._is_renderer(process):
            times = process.cpu_times()
            if private_mb > self._ceiling.renderer_mb:
                self._end(process, "memory")
            elif times.user + times.system > self._ceiling.renderer_cpu_s:
                self._end(process, "cpu")
        return private_mb

    def _is_renderer(self, process: psutil.Process) -> bool:
        if process.pid not in self._renderers:
            line = process.cmdline()
            if not line:
                return False  # on its way to become one
            self._renderers[process.pid] = "--type=renderer" in line
        return self._renderers[process.pid]

    def _end(self, process: psutil.Process, why: Breach) -> None:
        self._breaches.append((time.monotonic(), why))
        log.warning("a browser process was ended: it went beyond its ceiling (%s)", why)
        process.kill()
