"""Work that no rule can foresee and no signal interrupts: its own run ends with a reason, and the next is served."""

# ruff: noqa: E501 - one bomb a line reads best
from __future__ import annotations

import pytest

from domain.policy import Limits, Policy
from domain.run import Outcome
from sandbox.runner import Runner
from tests.attacks.jail.raw import HARMLESS, attack_code, execute
from tests.requirements import requirement

pytestmark = [pytest.mark.asyncio(loop_scope="module"), requirement("BOX-6")]

POLICY = Policy(limits=Limits(wall_s=6, cpu_s=1, memory_mb=128))
BOMBS = {
    "a pattern that backtracks": "import re; return re.match('(a+)+$', 'a' * 64 + 'b')",
    "a power beyond all": "return 9 ** 9 ** 9",
    "a list of everything": "return list(range(10 ** 12))",
    "text as wide as memory": "return 'x'.ljust(10 ** 12)",
    "a width in a format": "return '%0999999999999d' % 1",
    "a decimal written out": "from decimal import Decimal; return int(Decimal('1e999999999'))",
    "products of products": "import itertools; return list(itertools.product(range(9), repeat=99))",
    "a million iterators in each other": "import itertools\nit = iter(())\nfor _ in range(10 ** 6): it = itertools.chain(it, ())\nreturn next(it)",
    "recursion that nothing bounds": "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(): return [f()][0]\nreturn f()",
    "sorting that sorts": "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(x): return sorted([x, x], key=f)\nreturn f(1)",
    "a nest that JSON writes": "import sys, json\nsys.setrecursionlimit(10 ** 9)\na = []\nfor _ in range(10 ** 6): a = [a]\nreturn json.dumps(a)",
    "comparing what holds itself": "a = []; a.append(a); b = []; b.append(b); return a == b",
    "an iterator that feeds itself": "a = [1]; return [a.append(x) for x in a]",
    "hashes that are all alike": "class K:\n    def __hash__(self): return 1\nreturn len({K(): i for i in range(10 ** 7)})",
    "entities of entities": "from lxml import etree\nlevels = ''.join(f'<!ENTITY e{n} \"{\"&e%d;\" % (n - 1) * 10}\">' for n in range(1, 12))\nreturn len(etree.fromstring(f'<!DOCTYPE a [<!ENTITY e0 \"x\">{levels}]><a>&e11;</a>'.encode(), etree.XMLParser(huge_tree=True)).text)",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_ends_its_own_run_and_no_other(runner: Runner, name: str) -> None:
    run = await execute(runner, attack_code(BOMBS[name]), POLICY)
    assert run.outcome in (Outcome.KILLED, Outcome.FAILED)
    assert run.error is not None
    assert run.error.code in ("cpu", "memory", "died", "run_failed", "timeout")
    assert (await execute(runner, HARMLESS, arguments={"after": name})).rows == [{"after": name}]
