"""Python source as a tree, read by one thread at a time.

CPython counts how deep the tree is that it makes in one place for all threads. When the garbage collector runs code in
the middle of it and another thread makes a tree meanwhile, sound source ends in a SystemError or RecursionError.
"""

from __future__ import annotations

import ast
import threading
from typing import Final

_ONE_AT_A_TIME: Final = threading.Lock()


def parse_module(source: str) -> ast.Module:
    """Return the tree of a module.

    Raises:
        SyntaxError: it is no Python.
        ValueError: it has characters that no source may have.
        RecursionError, MemoryError: it is nested too deeply.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source)


def parse_expression(source: str) -> ast.expr:
    """Return the tree of one expression; raises what ``parse_module`` raises."""
    with _ONE_AT_A_TIME:
        return ast.parse(source, mode="eval").body
