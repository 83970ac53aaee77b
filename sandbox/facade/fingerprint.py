"""Whether a call changed what the next call of the same child would see.

Taken after loading and after each call of a kept child; a difference retires the child. It sees
bindings, containers, defaults, closures and class attributes, not the position of an iterator: the
rules of sandbox.stateless keep those out.
"""

from __future__ import annotations

import re
from types import BuiltinFunctionType, FunctionType
from typing import Any, Final

from sandbox.facade.frozen import Facade

_FIXED: Final = (int, float, str, bytes, bool, type(None), re.Pattern, BuiltinFunctionType, range, Facade)
_DEEPEST: Final = 4


def fingerprint(names: dict[str, Any]) -> tuple[Any, ...]:
    """Return a value that is equal as long as the workflow's globals are what they were."""
    return tuple((name, _print(value, 0)) for name, value in names.items() if not _is_ours(name))


def _is_ours(name: str) -> bool:
    return name.startswith("__") or (name.startswith("_") and name.endswith("_"))


def _print(value: Any, depth: int) -> Any:
    if isinstance(value, _FIXED):
        return id(value)
    if isinstance(value, FunctionType):
        return _function(value, depth)
    if isinstance(value, type):
        return id(value), tuple(map(id, vars(value).values()))
    if depth > _DEEPEST:
        return id(value), len(value) if hasattr(value, "__len__") else 0
    if isinstance(value, list | set | frozenset | tuple):
        return id(value), len(value), tuple(_print(item, depth + 1) for item in value)
    if isinstance(value, dict):
        return id(value), tuple((key, _print(item, depth + 1)) for key, item in value.items())
    return id(value), repr(value)[:200]


def _function(function: FunctionType, depth: int) -> Any:
    cells = tuple(_print(cell.cell_contents, depth + 1) for cell in function.__closure__ or ()) if depth < 3 else ()
    defaults = tuple(_print(default, depth + 1) for default in function.__defaults__ or ())
    return id(function), id(function.__code__), defaults, cells, len(function.__dict__)
