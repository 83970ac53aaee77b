"""Ten thousand calls in a row: processes, memory and descriptors before and after.

Run: python -m benchmarks.growth [calls]
"""

from __future__ import annotations

import asyncio
import sys
import time

import uvloop

from benchmarks.calls import WORKFLOW, jailed, start_site
from benchmarks.figures import Figure, print_figures
from benchmarks.holding import held
from domain.policy import HostRule, Policy
from domain.workflow import Artifact
from sandbox.runner import Level, Runner, RunnerOptions, open_runner

CALLS = 10_000
AT_ONCE = 10
WARM_CALLS = 500
GROWTH_MB = 10.0


async def calls(runner: Runner, artifact: Artifact, policy: Policy, count: int) -> None:
    """Make so many calls, some at a time; each is checked."""
    call, numbers = jailed(runner, artifact, policy), iter(range(count))

    async def caller() -> None:
        for number in numbers:
            await call(number)

    await asyncio.gather(*(caller() for _ in range(AT_ONCE)))


async def measure(level: Level, count: int) -> Figure:
    """Return the growth over the calls at one level."""
    site = start_site()
    try:
        port = int(site.stdout.readline()) if site.stdout else 0
        artifact = Artifact(code=WORKFLOW.replace("PORT", str(port)))
        policy = Policy(hosts=(HostRule(host="127.0.0.1", port=port),), private_hosts=("127.0.0.1",))
        async with open_runner(RunnerOptions(level=level)) as runner:
            await calls(runner, artifact, policy, WARM_CALLS)
            before, begun = held(), time.perf_counter()
            await calls(runner, artifact, policy, count)
            took, after = time.perf_counter() - begun, held()
    finally:
        site.kill()
        site.wait()
        if site.stdout:
            site.stdout.close()
    grown = after.memory_mb - before.memory_mb
    return Figure(
        what=f"{count} calls in a row, {level.value}",
        measured=f"processes {before.processes} → {after.processes}, descriptors {before.descriptors} → "
        f"{after.descriptors}, memory {before.memory_mb:.1f} → {after.memory_mb:.1f} MB, {count / took:.0f}/s",
        asked="no growth",
        reached=after.processes <= before.processes + 8 and after.descriptors <= before.descriptors + 16
        and grown <= GROWTH_MB,
    )  # fmt: skip


async def both(count: int) -> list[Figure]:
    """Measure a process per call, and kept children."""
    return [await measure(level, count) for level in (Level.PROCESS, Level.FAST)]


def main(count: int = CALLS) -> None:
    """Measure and print."""
    print_figures("Growth", uvloop.run(both(count)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS)
