from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from domain.policy import Limits, Policy
from sandbox.runner import Level, RunnerOptions, open_runner
from tests.attacks.jail.raw import HARMLESS, compile_unchecked, execute
from tests.requirements import requirement

pytestmark = requirement("BOX-6")

BRIEF = Policy(limits=Limits(wall_s=0.3, cpu_s=1, memory_mb=64))
ENDS = ("return {}", "raise ValueError", "import os; os._exit(0)", "import time; time.sleep(3600)")
SERVER = """
import asyncio, sys
from sandbox.runner import Level, RunnerOptions, open_runner
from tests.attacks.jail.raw import LIMITS, Policy, compile_unchecked, execute
SPIN = "async def run(arguments, http):\\n    while True: pass"
async def main():
    async with open_runner(RunnerOptions(level=Level(sys.argv[1])), compiler=compile_unchecked) as runner:
        spinning = asyncio.ensure_future(execute(runner, SPIN, Policy(limits=LIMITS.model_copy(update={"cpu_s": 60}))))
        sleeping = SPIN.replace("while True: pass", "import time; time.sleep(999)")
        waiting = asyncio.ensure_future(execute(runner, sleeping))
        await execute(runner, SPIN.replace("while True: pass", "return {}"))
        print("running", flush=True)
        await asyncio.gather(spinning, waiting)
asyncio.run(main())
"""


def _descriptors() -> list[str]:
    links = (path for path in Path("/proc/self/fd").iterdir())
    return sorted(str(link.readlink()).split("[")[0] for link in links if link.is_symlink())


def _ours(besides: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in psutil.Process().children(recursive=True) if process not in besides]


@pytest.mark.parametrize("level", [Level.PROCESS, Level.PARANOID])
async def test_no_process_and_no_descriptor_is_left_after_any_end(level: Level) -> None:
    before, others = _descriptors(), _ours([])
    async with open_runner(RunnerOptions(spare=2, level=level), compiler=compile_unchecked) as runner:
        for end in ENDS:
            await execute(runner, f"async def run(arguments, http):\n    {end}", BRIEF)
        box = _ours(others)
        assert box
    _, alive = psutil.wait_procs(box, timeout=10)
    assert not alive
    assert _descriptors() == before


async def test_calls_do_not_gather_descriptors_or_processes() -> None:
    others = _ours([])
    async with open_runner(RunnerOptions(spare=2), compiler=compile_unchecked) as runner:
        counts = []
        for _ in range(3):
            for end in ENDS[:3]:
                await execute(runner, f"async def run(arguments, http):\n    {end}", BRIEF)
            await execute(runner, HARMLESS)
            counts.append((len(_descriptors()), len(_ours(others))))
        descriptors, processes = zip(*counts, strict=True)
        assert max(descriptors) - min(descriptors) <= 12  # spare children come and go between the looks
        assert max(processes) <= 24


@pytest.mark.parametrize("level", [Level.PROCESS, Level.PARANOID])
def test_nothing_survives_a_kill_9_of_the_server(level: Level) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, level.value],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "running\n"
        started = psutil.Process(server.pid).children(recursive=True)
        assert len(started) >= 3
        server.send_signal(signal.SIGKILL)
        server.wait(timeout=10)
        _, alive = psutil.wait_procs(started, timeout=10)
        assert not alive
    finally:
        server.kill()
        server.wait(timeout=10)
        if server.stdout is not None:
            server.stdout.close()
