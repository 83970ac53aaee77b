"""AS9xx: what only shows when the checked code is transformed and compiled."""

from __future__ import annotations

import ast
import re
from types import CodeType
from typing import ClassVar, Final

from domain.policy import Violation
from sandbox.facade.guards import MODULE_NAME
from sandbox.rules.base import Breach, Breaches, Rule
from sandbox.rules.facts import ModuleFacts
from sandbox.rules.restricted import RestrictedWorkflow

_PLACED: Final = re.compile(r"Line (\d+|None): (.*)", re.DOTALL)


class Restricted(Rule):
    """RestrictedPython's own policy."""

    code: ClassVar = "AS901"
    title: ClassVar = "Nothing that RestrictedPython's policy denies"
    reason: ClassVar = "Every access is turned into a guarded one; what cannot be guarded is refused."
    remedy: ClassVar = "Write it in plainer Python: simple names, items, attributes and calls."
    bad_example: ClassVar = 'row["tags"] |= "new"'
    good_example: ClassVar = 'row["tags"] |= {"new"}'

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield nothing: see ``guarded``."""
        del node, facts
        return iter(())


class Compiles(Rule):
    """Python's own compiler."""

    code: ClassVar = "AS902"
    title: ClassVar = "Code that compiles"
    reason: ClassVar = "Some mistakes show only when Python compiles a module, such as return outside a function."
    remedy: ClassVar = "Correct the statement that the message names."
    bad_example: ClassVar = "def rows():\n    await fetch()"
    good_example: ClassVar = "async def rows():\n    await fetch()"

    def examine(self, node: ast.AST, facts: ModuleFacts) -> Breaches:
        """Yield nothing: see ``guarded``."""
        del node, facts
        return iter(())


RULES: tuple[type[Rule], ...] = (Restricted, Compiles)


def guarded(tree: ast.Module, later: frozenset[str]) -> ast.Module | tuple[Violation, ...]:
    """Return the tree with guards in it (the given one is changed), or why that cannot be."""
    transformer = RestrictedWorkflow(later)
    try:
        changed: ast.Module = transformer.visit(tree)
    except (SyntaxError, ValueError, RecursionError) as problem:
        return (Restricted.violation(Breach(message=str(problem)[:200])),)
    if transformer.errors:
        return tuple(_violation(error) for error in transformer.errors)
    return changed


def compiled(tree: ast.Module) -> CodeType | Violation:
    """Return the code object of a guarded tree, or a violation."""
    try:
        return compile(tree, MODULE_NAME, "exec", dont_inherit=True)
    except SyntaxError as problem:
        place = ast.Pass(lineno=problem.lineno or 1, col_offset=problem.offset or 0)
        return Compiles.violation(Breach(message=f"does not compile: {problem.msg}", node=place))
    except (ValueError, RecursionError, MemoryError, OverflowError) as problem:
        return Compiles.violation(Breach(message=f"does not compile: {str(problem)[:200]}"))


def _violation(error: str) -> Violation:
    found = _PLACED.match(error)
    line, message = (found.group(1), found.group(2)) if found else ("1", error)
    place = ast.Pass(lineno=int(line) if line.isdigit() else 1, col_offset=0)
    return Restricted.violation(Breach(message=message, node=place))
