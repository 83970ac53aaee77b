"""What a server frees goes back to the system."""

from __future__ import annotations

import subprocess
import sys

from mcp_server.memory import trimmer
from tests.requirements import requirement

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


@requirement("OPS-3")
def test_memory_between_what_is_still_used_goes_back() -> None:
    assert trimmer() is not None
    done = subprocess.run([sys.executable, "-c", HOLED], capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) > 2**20
