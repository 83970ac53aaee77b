"""Whether a workflow looks places up by name, so that its process has to carry the index of them."""

from __future__ import annotations

import ast
from typing import Final

from domain.python_text import parse_module

_NAMES: Final = frozenset({"place", "same_place", "*"})
_MODULE: Final = "workflow_kit"


def needs_places(source: str) -> bool:
    """Return whether the code imports a name that looks places up, or the whole kit."""
    try:
        tree = parse_module(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False  # it will not load either
    return any(_imports_places(node) for node in ast.walk(tree))


def _imports_places(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == _MODULE and any(alias.name in _NAMES for alias in node.names)
    return isinstance(node, ast.Import) and any(alias.name == _MODULE for alias in node.names)
