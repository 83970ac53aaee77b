"""Walking attributes from every importable name never leads to a module, a frame, code or the real builtins."""

from __future__ import annotations

import builtins
import sys
from collections import deque
from types import ModuleType
from typing import Any

import pytest

from sandbox.facade.guards import HIDDEN_TYPES, get_attribute
from sandbox.facade.imports import tables
from tests.requirements import requirement

DEEPEST = 4
FORBIDDEN = {
    id(getattr(builtins, name)) for name in ("open", "eval", "exec", "compile", "__import__", "globals", "vars")
}
MODULES = {id(vars(module)) for module in sys.modules.values() if isinstance(module, ModuleType)}


def is_forbidden(value: Any) -> bool:
    return type(value) in HIDDEN_TYPES or id(value) in FORBIDDEN or id(value) in MODULES


@requirement("BOX-2")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(tables("http")))
def test_no_walk_leads_outside(name: str) -> None:
    queue: deque[tuple[Any, str, int]] = deque([(tables("http")[name], name, 0)])
    seen: dict[int, Any] = {}
    while queue:
        value, path, depth = queue.popleft()
        assert not is_forbidden(value), path
        if id(value) in seen or depth >= DEEPEST:
            continue
        seen[id(value)] = value  # kept alive, so that its id stays its own
        for attribute in dir(value):
            try:
                found = get_attribute(value, attribute)
            except Exception:  # noqa: BLE001 - what cannot be read is no way out
                continue
            queue.append((found, f"{path}.{attribute}", depth + 1))
    assert len(seen) > 1
