"""Python source as a tree, read by one thread at a time.

CPython counts how deep the tree is that it makes in one place for all threads. When the garbage collector runs code in
the middle of it and that code, or another thread meanwhile, makes a tree too, sound source ends in a SystemError or
RecursionError. A lock keeps this product's own readers apart. It cannot hold up the standard library, which reads
source to print a traceback; so what failed that way is read again, which begins to count anew.
"""

from __future__ import annotations

import ast
import contextlib
import threading
from collections.abc import Callable
from typing import Final, TypeVar

_ONE_AT_A_TIME: Final = threading.Lock()
_TRIES: Final = 5
T = TypeVar("T")


def parse_module(source: str) -> ast.Module:
    """Return the tree of a module.

    Raises:
        SyntaxError: it is no Python.
        ValueError: it has characters that no source may have.
        RecursionError, MemoryError: it is nested too deeply.
    """
    return _read(lambda: ast.parse(source))


def parse_expression(source: str) -> ast.expr:
    """Return the tree of one expression; raises what ``parse_module`` raises."""
    return _read(lambda: ast.parse(source, mode="eval").body)


def _read(parse: Callable[[], T]) -> T:
    for _ in range(_TRIES - 1):
        with _ONE_AT_A_TIME, contextlib.suppress(SystemError, RecursionError):
            return parse()
    with _ONE_AT_A_TIME:
        return parse()
