"""A module body that attacks while its version's zygote loads it: under the child's own limits too."""

from __future__ import annotations

import pytest

from domain.run import Outcome
from sandbox.runner import Runner
from tests.attacks.jail.escapes import ESCAPES
from tests.attacks.jail.raw import HARMLESS, HARNESS, PRELUDE, execute
from tests.requirements import requirement

pytestmark = [pytest.mark.asyncio(loop_scope="module"), requirement("BOX-3")]

# what a zygote needs for forking children and handing them their descriptors
ZYGOTE_MAY = {
    "pass_a_descriptor", "receive_a_descriptor", "duplicate_a_descriptor", "outlive_its_zygote", "raise_its_limits",
    "loosen_its_filter", "listen_to_a_filter", "wait_for_others",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(ESCAPES) - ZYGOTE_MAY))
async def test_an_escape_while_loading_fails_and_other_versions_work(runner: Runner, name: str) -> None:
    body = ESCAPES[name].replace("\n", "\n    ")
    code = f"{PRELUDE}\ndef attack():\n    {body}\ngot = attack()\n{HARNESS}"
    run = await execute(runner, code)
    assert run.outcome is Outcome.FAILED
    assert run.error is not None
    assert run.error.code in ("load_failed", "died")
    assert (await execute(runner, HARMLESS)).outcome is Outcome.OK


@pytest.mark.parametrize("body", ["import os; os._exit(0)", "import ctypes; ctypes.string_at(0)", "raise SystemExit"])
async def test_a_module_that_ends_its_zygote_fails_alone(runner: Runner, body: str) -> None:
    assert (await execute(runner, f"{body}\n{HARMLESS}")).outcome is Outcome.FAILED
    assert (await execute(runner, HARMLESS)).outcome is Outcome.OK


async def test_a_module_that_keeps_forking_is_ended(runner: Runner) -> None:
    body = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n"
    assert (await execute(runner, f"{body}\n{HARMLESS}")).outcome is Outcome.FAILED
    assert (await execute(runner, HARMLESS)).outcome is Outcome.OK


async def test_a_zygote_that_was_taken_over_forks_no_more_than_it_is_asked_to(runner: Runner) -> None:
    """The module replaces os.fork, so that every request makes as many processes as it can."""
    body = """
import os
fork = os.fork
made = []
def many():
    for _ in range(20):
        try:
            pid = fork()
        except OSError:
            made.append(0)
            continue
        if pid == 0:
            return 0
        made.append(pid)
    return 1
os.fork = many
async def run(arguments, http):
    return {"rows": [], "count": len([pid for pid in made if pid])}
"""
    run = await execute(runner, body)
    assert run.output is None or run.output["count"] <= 2
    assert (await execute(runner, HARMLESS)).outcome is Outcome.OK
