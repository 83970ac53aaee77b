"""What a server frees goes back to the system."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from mcp_server import memory

HOLED = """
import random
from pathlib import Path
from mcp_server.memory import trimmer

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

kept = [bytes(random.Random(n).randrange(1000, 9000)) for n in range(20_000)]
del kept[::2]
del kept[1::2]
before = resident()
trim = trimmer()
trim(0)
print(before - resident())
"""


async def test_a_server_gives_back_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    trimmed, twice = [], asyncio.Event()

    def trim(kept: int) -> int:
        trimmed.append(kept)
        if len(trimmed) == 2:
            twice.set()
        return 1

    monkeypatch.setattr(memory, "EVERY_S", 0.0)
    monkeypatch.setattr(memory, "trimmer", lambda: trim)
    giving = asyncio.create_task(memory.give_back_freed())
    await asyncio.wait_for(twice.wait(), 10)
    giving.cancel()
    await asyncio.wait([giving])
    assert set(trimmed) == {0}


def test_memory_between_what_is_still_used_goes_back() -> None:
    assert memory.trimmer() is not None
    done = subprocess.run([sys.executable, "-c", HOLED], capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) > 2**20
