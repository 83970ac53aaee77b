"""What a process holds, so that growth can be told."""

from __future__ import annotations

from dataclasses import dataclass

import psutil


@dataclass(frozen=True, kw_only=True)
class Held:
    """Processes beside its own, descriptors, resident bytes."""

    processes: int
    descriptors: int
    resident: int

    @property
    def memory_mb(self) -> float:
        """The resident bytes in MiB."""
        return self.resident / 2**20


def held(pid: int | None = None) -> Held:
    """Look at a process, this one when none is given; those that it started are counted as processes only."""
    process = psutil.Process(pid)
    return Held(
        processes=len(process.children(recursive=True)),
        descriptors=process.num_fds(),
        resident=process.memory_info().rss,
    )
