from __future__ import annotations

import asyncio
import marshal
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from domain.policy import Limits
from sandbox.children import Child
from sandbox.jail import this_machine
from sandbox.pool import Lease, Level, Pool, PoolOptions
from sandbox.zygotes import KEPT_AT_ONCE, Loadable, fork
from tests.requirements import requirement

pytestmark = [pytest.mark.asyncio(loop_scope="module"), requirement("BOX-3")]

IDLE_S = 900.0
KEY = ("artifact", "policy", "owner")
LOADABLE = Loadable(
    code=marshal.dumps(compile("async def run(request, http):\n    return {}\n", "workflow", "exec")),
    filename="workflow",
    restricted=False,
    profile="http",
    limits=Limits(),
)


class Held:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held() -> Held:
    return Held()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(held: Held) -> AsyncIterator[Pool]:
    opened = Pool(PoolOptions(machine=this_machine(), idle_s=IDLE_S, spare=1, clock=held))
    await opened.start()
    yield opened
    await opened.aclose()


async def test_a_version_ends_when_it_was_idle_for_long_and_not_before(pool: Pool, held: Held) -> None:
    version = await pool.version(KEY, LOADABLE, kept=False)
    held.now += IDLE_S - 1
    pool.sweep()
    assert version.alive
    held.now += 2
    pool.sweep()
    assert not version.alive


async def test_a_version_that_serves_a_call_is_never_idle(pool: Pool, held: Held) -> None:
    lease = await pool.take(KEY, LOADABLE, Level.PROCESS)
    held.now += 10 * IDLE_S
    pool.sweep()
    assert lease.version.alive
    pool.give_back(lease, reusable=False)
    held.now += IDLE_S + 1
    pool.sweep()
    assert not lease.version.alive


async def test_many_callers_of_the_fast_level_share_a_few_children(pool: Pool) -> None:
    answered = set()

    async def once(number: int) -> None:
        lease = await pool.take(KEY, LOADABLE, Level.FAST)
        meta, _ = await lease.child.call(number, {"arguments": {}, "now": "2027-05-12T00:00:00+00:00"}, body_bytes=1000)
        answered.add(lease.child)
        pool.give_back(lease, reusable=meta["t"] == "result" and not meta.get("fin"))

    await once(0)
    await asyncio.gather(*(once(number) for number in range(1, 101)))
    assert len(answered) < 50  # without a bound each of the hundred gets its own


async def test_a_caller_that_waits_long_gets_a_child_of_its_own(pool: Pool) -> None:
    leases = [await pool.take(KEY, LOADABLE, Level.FAST) for _ in range(KEPT_AT_ONCE)]
    async with asyncio.timeout(20):
        leases.append(await pool.take(KEY, LOADABLE, Level.FAST))
    assert len({lease.child for lease in leases}) == KEPT_AT_ONCE + 1
    for lease in leases:
        pool.give_back(lease, reusable=False)


@requirement("BOX-6", "MCP-5")
@pytest.mark.parametrize("kept", [False, True])
async def test_a_caller_that_leaves_as_its_child_comes_leaves_no_process(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    loop = asyncio.get_running_loop()
    # Of a version of its own, no child is left or still on its way from what other callers waited for.
    alone = ("of one caller", "policy", "owner")
    version = await pool.version(alone, LOADABLE, kept=kept)
    level = Level.FAST if kept else Level.PROCESS
    held = [await pool.take(alone, LOADABLE, level) for _ in range(2)]  # no child waits now
    made: list[Child] = []
    leaving: list[asyncio.Task[Lease]] = []

    def forked(*given: Any) -> Child:
        child = fork(*given)
        made.append(child)
        # Between the child's coming and the caller's next step: the caller has been given it and does not know yet.
        child.ready.add_done_callback(lambda _: loop.call_soon(leaving[0].cancel))
        return child

    with monkeypatch.context() as patched:
        patched.setattr("sandbox.zygotes.fork", forked)
        leaving.append(asyncio.create_task(pool.take(alone, LOADABLE, level)))
        await asyncio.wait(leaving)
    assert leaving[0].cancelled()
    for lease in held:
        pool.give_back(lease, reusable=False)
    assert version.in_use == 0
    version.close()
    assert made
    assert not [child for child in made if child.usable]
