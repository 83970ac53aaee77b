"""Reading Python source as a syntax tree, from any thread."""

from __future__ import annotations

import ast
import threading

_ONE_AT_A_TIME = threading.Lock()


def parse_module(source: str) -> ast.Module:
    """Return the syntax tree of a module.

    CPython counts the depth of the trees it builds in one place for all threads, and answers with a SystemError
    ("AST constructor recursion depth mismatch") when another thread takes over in the middle: code is checked on the
    event loop while a judge reads code in a thread. So all of the product reads source here, one at a time.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as ``ast.parse`` does.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source)


def parse_expression(source: str) -> ast.expr:
    """Return the syntax tree of one expression; see ``parse_module``."""
    with _ONE_AT_A_TIME:
        return ast.parse(source, mode="eval").body
