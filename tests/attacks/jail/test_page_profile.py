"""The escapes in the jail of page workflows, whose list of calls is longer: it holds an event loop and nothing more."""

from __future__ import annotations

from textwrap import indent

import pytest

from domain.policy import Limits, Policy
from domain.run import Outcome, RunKind
from domain.workflow import Artifact
from sandbox.browsers import BrowserPool
from sandbox.runner import RunnerOptions, open_runner
from tests.attacks.jail.escapes import ESCAPES
from tests.attacks.jail.raw import NOW, PRELUDE, compile_unchecked
from tests.requirements import requirement

# asyncio wakes itself up through a pair; without names or another end outside it leads nowhere
MAY = {"socket_pair"}
CODE = """
ATTACKS = {{}}
{attacks}
async def run(arguments, page):
    reached = []
    for name, attack in ATTACKS.items():
        try:
            reached.append(f"{{name}}: {{attack()!r}}"[:200])
        except BaseException:
            pass
    return {{"rows": [], "count": len(ATTACKS), "truncated": False, "reached": reached}}
"""
ONE = "def attack():\n{body}\nATTACKS[{name!r}] = attack\n"


@pytest.mark.browser
@requirement("BOX-3", "BOX-5")
async def test_no_escape_works_in_the_jail_of_a_page_workflow() -> None:
    attacks = "".join(ONE.format(body=indent(body, "    "), name=name) for name, body in ESCAPES.items())
    artifact = Artifact(code=PRELUDE + CODE.format(attacks=attacks), interface="page")
    policy = Policy(limits=Limits(wall_s=30, cpu_s=10))
    pool = BrowserPool()
    async with pool, open_runner(RunnerOptions(browsers=pool), compiler=compile_unchecked) as runner:
        run = await runner.run(artifact, {}, policy, kind=RunKind.TRIAL, now=NOW)
    assert run.outcome is Outcome.OK, run.error
    assert run.output is not None
    assert run.output["count"] == len(ESCAPES)
    assert [line for line in run.output["reached"] if line.split(":")[0] not in MAY] == []
