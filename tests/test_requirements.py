"""Every id that is said to be built has a test that proves it, and no test names an id that does not exist."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.requirements import BUILT, KNOWN

TESTS = Path(__file__).parent


def named_ids() -> Iterator[str]:
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "requirement":
                yield from (
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                )


def test_every_built_requirement_has_a_test() -> None:
    assert sorted(BUILT - set(named_ids())) == []


def test_no_test_names_an_id_that_does_not_exist() -> None:
    assert sorted(set(named_ids()) - KNOWN) == []
