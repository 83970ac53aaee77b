from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from domain.policy import Limits, Policy
from domain.run import Outcome, Run
from sandbox.runner import Runner, RunnerOptions, open_runner
from tests.attacks.jail.raw import HARMLESS, compile_unchecked, execute
from tests.requirements import requirement
from tests.sandbox.sites import Site, serve

pytestmark = [pytest.mark.asyncio(loop_scope="module"), requirement("BOX-6")]

RUN = "async def run(arguments, http):\n    "
SMALL = Limits(wall_s=2, cpu_s=1, memory_mb=64, output_bytes=10_000, rows=10)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runner() -> AsyncIterator[Runner]:
    async with open_runner(RunnerOptions(spare=1), compiler=compile_unchecked) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with serve() as running:
        yield running


def _code(run: Run) -> str:
    return run.error.code if run.error else ""


async def _ended(runner: Runner, body: str, limits: Limits = SMALL) -> Run:
    """Run it, and see that the server lives on."""
    run = await execute(runner, RUN + body, Policy(limits=limits))
    assert (await execute(runner, HARMLESS)).outcome is Outcome.OK
    return run


async def test_a_busy_loop_meets_the_cpu_limit(runner: Runner) -> None:
    run = await _ended(runner, "while True: pass", SMALL.model_copy(update={"wall_s": 20}))
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "cpu")


async def test_a_busy_loop_that_catches_everything_meets_the_hard_cpu_limit(runner: Runner) -> None:
    body = "while True:\n        try:\n            while True: pass\n        except BaseException: pass"
    run = await _ended(runner, body, SMALL.model_copy(update={"wall_s": 20}))
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "cpu")


async def test_native_code_that_spins_meets_the_wall_deadline(runner: Runner) -> None:
    run = await _ended(runner, "return pow(3, 10 ** 9)", SMALL.model_copy(update={"cpu_s": 60, "memory_mb": 2048}))
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "wall")


async def test_waiting_for_ever_meets_the_wall_deadline(runner: Runner) -> None:
    run = await _ended(runner, "import time; time.sleep(3600)")
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "wall")


async def test_awaiting_for_ever_meets_the_wall_deadline(runner: Runner) -> None:
    run = await _ended(runner, "from sandbox import driver; await driver.sleep(3600)")
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "wall")


async def test_a_memory_bomb_meets_the_memory_limit(runner: Runner) -> None:
    run = await _ended(runner, "x = []\n    while True: x.append(bytes(1 << 20))")
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "memory")


async def test_a_fork_bomb_makes_no_process(runner: Runner) -> None:
    run = await _ended(runner, "import os\n    while True: os.fork()")
    assert run.outcome is Outcome.FAILED
    assert run.error is not None
    assert run.error.message.startswith("PermissionError")


async def test_a_large_result_meets_the_output_limit(runner: Runner) -> None:
    run = await _ended(runner, "return {'rows': ['x' * 20_000]}")
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "output")


async def test_a_huge_frame_is_never_read_to_its_end(runner: Runner) -> None:
    body = "import os, struct\n    os.write(3, struct.pack('!II', 10, 4_000_000_000))\n    "
    body += "while True: os.write(3, bytes(65536))"
    run = await _ended(runner, body)
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "output")


async def test_too_many_rows_meet_the_row_limit(runner: Runner) -> None:
    run = await _ended(runner, "return {'rows': [{}] * 11, 'count': 11}")
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "rows")


async def test_a_deeply_nested_result_is_invalid(runner: Runner) -> None:
    body = "import os, struct\n    body = b'[' * 5000 + b']' * 5000\n    "
    body += 'meta = b\'{"t":"result","e":%d}\' % arguments[\'e\']\n    '
    body += "os.write(3, struct.pack('!II', len(meta), len(body)) + meta + body)"
    code = RUN.replace("arguments, http", "arguments, http, seen=[]") + "import sys\n    frame = sys._getframe()\n    "
    code += (
        "while 'job' not in frame.f_locals: frame = frame.f_back\n    arguments = frame.f_locals['job']\n    " + body
    )
    run = await execute(runner, code, Policy(limits=SMALL.model_copy(update={"output_bytes": 100_000})))
    assert (run.outcome, _code(run)) == (Outcome.INVALID, "output_invalid")


async def test_questions_without_end_end_the_child(runner: Runner, site: Site) -> None:
    body = f"while True:\n        try: await http.get({site.url('/x')!r})\n        except Exception: pass"
    run = await execute(runner, RUN + body, site.policy(requests=3, cpu_s=60))
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "flood")
    assert run.spent.requests == 3


async def test_more_requests_than_allowed_end_the_run(runner: Runner, site: Site) -> None:
    run = await execute(runner, RUN + f"while True: await http.get({site.url('/x')!r})", site.policy(requests=3))
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "limit")


async def test_an_endless_answer_meets_the_byte_limit_and_its_connection_is_closed(runner: Runner, site: Site) -> None:
    site.closed.clear()
    run = await execute(
        runner, RUN + f"await http.get({site.url('/endless')!r})", site.policy(response_bytes=1_000_000)
    )
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "limit")
    async with asyncio.timeout(5):
        await site.closed.wait()


async def test_a_silent_answer_meets_the_time_limit(runner: Runner, site: Site) -> None:
    run = await execute(runner, RUN + f"await http.get({site.url('/silent')!r})", site.policy(request_s=0.3))
    assert run.outcome is Outcome.FAILED
    assert run.error is not None
    assert "did not answer within 0.3 s" in run.error.message


@pytest.mark.parametrize("kind", ["gzip", "deflate", "br"])
async def test_a_compression_bomb_meets_the_byte_limit(runner: Runner, site: Site, kind: str) -> None:
    run = await execute(
        runner,
        RUN + f"await http.get({site.url('/bomb/' + kind)!r})",
        site.policy(response_bytes=1_000_000, request_s=30, wall_s=40),  # the site packs 64 MB first
    )
    assert (run.outcome, _code(run)) == (Outcome.KILLED, "limit")


async def test_cancelling_a_run_kills_its_child_at_once(runner: Runner, site: Site) -> None:
    site.closed.clear()
    code = RUN + f"await http.get({site.url('/silent')!r})"
    site.asked.clear()
    task = asyncio.ensure_future(execute(runner, code, site.policy()))
    async with asyncio.timeout(10):
        await site.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await site.closed.wait()


async def test_a_cancelled_run_is_kept_as_cancelled(site: Site) -> None:
    kept: list[Run] = []
    options = RunnerOptions(spare=0, keep_cancelled=kept.append)
    async with open_runner(options, compiler=compile_unchecked) as runner:
        site.asked.clear()
        code = RUN + f"await http.get({site.url('/silent')!r})"
        task = asyncio.ensure_future(execute(runner, code, site.policy()))
        async with asyncio.timeout(10):
            await site.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [(run.outcome, _code(run), run.spent.requests) for run in kept] == [(Outcome.CANCELLED, "cancelled", 1)]
