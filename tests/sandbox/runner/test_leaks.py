"""What one call leaves for the next, by level (the table of docs/reference/isolation.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from domain.policy import Policy
from domain.run import Outcome
from domain.workflow import Artifact
from sandbox.pool import KEPT_CALLS
from sandbox.runner import Compiled, Level, Runner, RunnerOptions, compile_checked, open_runner
from tests.attacks.jail.raw import compile_unchecked, execute
from tests.requirements import requirement
from tests.sandbox.runner.workflows import HEAD

pytestmark = [pytest.mark.asyncio(loop_scope="module"), requirement("BOX-3")]

RUN = "async def run(arguments, http):\n    "
# each returns what it found of the call before
LEAKS = {
    "a list of the module": "SEEN = []\n" + RUN + "SEEN.append(arguments['w'])\n    return SEEN[:-1]",
    "a dict of the module": "SEEN = {}\n"
    + RUN
    + "SEEN[arguments['w']] = 1\n    return [k for k in SEEN if k != arguments['w']]",
    "a default value": "def f(x, seen=[]):\n    seen.append(x)\n    return seen[:-1]\n"
    + RUN
    + "return f(arguments['w'])",
    "a global name": "LAST = None\n"
    + RUN
    + "global LAST\n    old, LAST = LAST, arguments['w']\n    return [old] if old else []",
    "a closure": (
        "def make():\n    last = []\n    def f(x):\n        nonlocal last\n"
        "        old, last = last, [x]\n        return old\n"
        "    return f\nF = make()\n" + RUN + "return F(arguments['w'])"
    ),
    "a class attribute": "class K:\n    last = None\n"
    + RUN
    + "old, K.last = K.last, arguments['w']\n    return [old] if old else []",
    "a kept client": "KEPT = []\n" + RUN + "KEPT.append(http)\n    return [1 for _ in KEPT[1:]]",
}
# what the fingerprint cannot see; the stateless rules keep such code away from the fast level
HIDDEN = {
    "an iterator": "IT = iter(['', 's'])\n" + RUN + "x = next(IT)\n    return [x] if x else []",
    "a generator": "def g():\n    yield ''\n    yield 's'\nG = g()\n"
    + RUN
    + "x = next(G)\n    return [x] if x else []",
    "a module of the interpreter": "import math\n"
    + RUN
    + "old = getattr(math, 'kept', [])\n    math.kept = [arguments['w']]\n    return old",
}
PID = "import os\n" + RUN + "return {'rows': [], 'count': os.getpid()}"


def _kept_unchecked(artifact: Artifact, policy: Policy) -> Compiled:
    """Compile with no rule and claim that the code is stateless."""
    return replace(compile_unchecked(artifact, policy), stateless=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=list(Level))
async def levels(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Level, Runner]]:
    async with open_runner(RunnerOptions(level=request.param, spare=1), compiler=_kept_unchecked) as runner:
        yield request.param, runner


@pytest.mark.parametrize("name", LEAKS)
async def test_nothing_in_the_module_reaches_the_next_call(levels: tuple[Level, Runner], name: str) -> None:
    for word in ("first", "second", "third"):
        run = await execute(levels[1], LEAKS[name], arguments={"w": word})
        assert (run.outcome, run.output) == (Outcome.OK, [])


@pytest.mark.parametrize("name", HIDDEN)
async def test_hidden_state_reaches_the_next_call_at_the_fast_level_alone(
    levels: tuple[Level, Runner], name: str
) -> None:
    level, runner = levels
    outputs = [(await execute(runner, HIDDEN[name], arguments={"w": word})).output for word in ("s", "t")]
    assert outputs == [[], ["s"] if level is Level.FAST else []]


async def test_the_stateless_rules_keep_state_away_from_the_fast_level() -> None:
    end = "    return Response(rows=[], count=0)\n"
    assert compile_checked(Artifact(code=HEAD + end), Policy()).stateless
    kept = HEAD.replace("class Request", "SEEN: list[str] = []\n\n\nclass Request", 1)
    code = kept + "    SEEN.append(request.word)\n" + end
    assert not compile_checked(Artifact(code=code), Policy()).stateless


async def test_the_fast_level_keeps_a_child_for_one_version_and_owner() -> None:
    async with open_runner(RunnerOptions(level=Level.FAST), compiler=_kept_unchecked) as runner:

        async def pid(owner: str = "local", code: str = PID) -> object:
            from domain.run import RunKind
            from tests.attacks.jail.raw import NOW, POLICY

            run = await runner.run(Artifact(code=code), {}, POLICY, kind=RunKind.CALL, now=NOW, owner=owner)
            assert isinstance(run.output, dict)
            return run.output["count"]

        first = await pid()
        assert [await pid() for _ in range(KEPT_CALLS - 1)] == [first] * (KEPT_CALLS - 1)
        second = await pid()
        assert second != first
        assert await pid("ann") not in (first, second)
        assert await pid(code=PID + "\n") not in (first, second)


async def test_a_kept_child_that_raised_is_replaced() -> None:
    code = "import os\n" + RUN + "if arguments.get('fail'): raise ValueError(os.getpid())\n    return os.getpid()"
    async with open_runner(RunnerOptions(level=Level.FAST), compiler=_kept_unchecked) as runner:
        before = (await execute(runner, code)).output
        failed = await execute(runner, code, arguments={"fail": True})
        assert failed.error is not None
        assert failed.error.message == f"ValueError: {before}"
        assert (await execute(runner, code)).output not in (None, before)


async def test_the_process_level_never_uses_a_child_twice() -> None:
    async with open_runner(compiler=compile_unchecked) as runner:
        pids = [(await execute(runner, PID)).output for _ in range(20)]
    assert len({str(pid) for pid in pids}) == 20
