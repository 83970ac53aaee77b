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
    "loosen_its_filter", "listen_to_a_filter", "fork", "wait_for_others",
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
