"""The builtins of workflows."""

from __future__ import annotations

import builtins
from typing import Any

from sandbox.facade.guards import get_attribute, has_attribute, type_of

PLAIN = [
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "bool",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "complex",
    "dict",
    "divmod",
    "enumerate",
    "filter",
    "float",
    "format",
    "frozenset",
    "hash",
    "hex",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "min",
    "next",
    "object",
    "oct",
    "ord",
    "pow",
    "property",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "zip",
    "None",
    "True",
    "False",
    "Ellipsis",
    "NotImplemented",
    "__build_class__",
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "ConnectionError",
    "EOFError",
    "Exception",
    "IndexError",
    "KeyError",
    "LookupError",
    "NameError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PermissionError",
    "RecursionError",
    "RuntimeError",
    "StopAsyncIteration",
    "StopIteration",
    "TimeoutError",
    "TypeError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
]


def builtin_names() -> dict[str, Any]:
    """Return a fresh dict of the builtins, without ``__import__``."""
    names = {name: getattr(builtins, name) for name in PLAIN}
    names["BaseException"] = BaseException  # for isinstance and annotations; the check refuses catching it
    names["getattr"] = _getattr
    names["hasattr"] = _hasattr
    names["type"] = type_of
    return names


def _getattr(value: Any, name: str, *default: Any) -> Any:
    if type(name) is not str:  # a subclass could answer differently to the guard and to Python
        raise TypeError("attribute names are text")
    try:
        return get_attribute(value, name)
    except AttributeError:
        if not default:
            raise
        return default[0]


def _hasattr(value: Any, name: str) -> bool:
    if type(name) is not str:
        raise TypeError("attribute names are text")
    return has_attribute(value, name)


# what a check may call a known name
ALL_NAMES: frozenset[str] = frozenset(name for name in PLAIN if not name.startswith("_")) | {
    "getattr",
    "hasattr",
    "type",
}
