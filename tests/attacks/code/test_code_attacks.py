"""Every escape is refused by the check, and harmless where the check did not stand in front."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from domain.errors import CodeRefused
from domain.policy import HostRule, Policy
from sandbox.check import check, compile_workflow
from tests.attacks.code.annotations import ANNOTATIONS
from tests.attacks.code.gadgets import GADGETS
from tests.attacks.code.hooks import HOOKS
from tests.attacks.code.snippets import ATTACKS, Attack
from tests.attacks.code.transform import refusals
from tests.requirements import requirement

POLICY = Policy(hosts=(HostRule(host="site.test"),))
ROOT = Path(__file__).parents[3]
ALL = (*ATTACKS, *GADGETS, *ANNOTATIONS, *HOOKS)


@requirement("BOX-1")
@pytest.mark.parametrize("attack", [attack for attack in ALL if not attack.unseen], ids=lambda attack: attack.name)
def test_the_check_refuses_the_attack(attack: Attack) -> None:
    report = check(attack.source, POLICY)
    assert not report.passed
    with pytest.raises(CodeRefused):
        compile_workflow(attack.source, POLICY)


def test_the_frame_of_the_attacks_passes_when_nothing_is_attacked() -> None:
    source = Attack(name="none", body="loot = 1").source.replace("    LOOT.append(loot)\n", "")
    assert [v for v in check(source, POLICY).violations if v.severity == "error"] == []


@requirement("BOX-2")
async def test_no_attack_gets_hold_of_anything_behind_the_guards() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-m", "tests.attacks.code.harness", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(100):
        output, _ = await process.communicate()
    results = json.loads(output)
    assert set(results) == {attack.name for attack in ALL}
    assert len(results) == len(ALL) > 330
    breaches = {name: ends for name, ends in results.items() if any("BREACH" in end for end in ends)}
    assert breaches == {}


@requirement("BOX-2")
async def test_what_no_guard_sees_at_run_time_is_refused_by_the_transformation() -> None:
    wanted = [attack for attack in ALL if attack.static_only and "match " in attack.body]
    assert len(wanted) > 12
    for attack in wanted:
        assert refusals(attack.source), attack.name
