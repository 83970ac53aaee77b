"""What rules want to know about a module, gathered in one walk."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from domain.policy import Policy
from sandbox.facade.imports import Interface

DEEPEST = 100  # levels of the syntax tree; readable code has fewer than 30


class TooDeep(Exception):
    """The syntax tree is nested deeper than any readable code."""


@dataclass(kw_only=True, slots=True)
class ModuleFacts:
    """One module under check.

    ``bound`` are all names that anything in the module binds, in whatever scope; ``modules`` and ``names``
    what imports bind: alias → dotted module, alias → (module, name). ``docstrings`` are
    the texts that document, ``own_private`` the names with one underscore that the module's own classes define
    or set on ``self``.
    """

    tree: ast.Module
    source: str
    policy: Policy
    interface: Interface
    nodes: list[ast.AST] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    modules: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    docstrings: set[ast.AST] = field(default_factory=set)
    own_private: set[str] = field(default_factory=set)

    def origin(self, expression: ast.expr) -> str:
        """Return the dotted origin of a name or attribute chain: ``httpx.AsyncClient``, or "" when unknown."""
        if isinstance(expression, ast.Name):
            if expression.id in self.names:
                return ".".join(self.names[expression.id])
            return self.modules.get(expression.id, expression.id)
        if isinstance(expression, ast.Attribute):
            inner = self.origin(expression.value)
            return f"{inner}.{expression.attr}" if inner else ""
        return ""

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes around a node, nearest first."""
        above = self.parents.get(node)
        while above is not None:
            yield above
            above = self.parents.get(above)

    def enclosing_function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """Return the function around a node."""
        functions = (n for n in self.ancestors(node) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
        return next(functions, None)

    def is_local(self, name: ast.Name) -> bool:
        """Return whether the function around a use binds the name itself."""
        function = self.enclosing_function(name)
        if function is None:
            return False
        return any(
            (isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == name.id)
            or (isinstance(n, ast.arg) and n.arg == name.id)
            for n in ast.walk(function)
        )


def gather(tree: ast.Module, source: str, policy: Policy, interface: Interface) -> ModuleFacts:
    """Return the facts of a module.

    Raises:
        TooDeep: the tree has more than ``DEEPEST`` levels.
    """
    facts = ModuleFacts(tree=tree, source=source, policy=policy, interface=interface)
    _walk(facts)
    facts.own_private = {name for name in facts.own_private if name[1:2] != "_" and not name.endswith("_")}
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            facts.classes[statement.name] = statement
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            facts.functions[statement.name] = statement
    return facts


def _walk(facts: ModuleFacts) -> None:
    level: list[ast.AST] = [facts.tree]
    parents = facts.parents
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise TooDeep
        facts.nodes.extend(level)
        below: list[ast.AST] = []
        for node in level:
            _note(node, facts)
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, ast.AST):
                    if not isinstance(value, ast.expr_context):
                        parents[value] = node
                        below.append(value)
                elif isinstance(value, list):
                    for item in value:
                        if isinstance(item, ast.AST):
                            parents[item] = node
                            below.append(item)
        level = below


def _note(node: ast.AST, facts: ModuleFacts) -> None:
    note = _NOTES.get(type(node))
    if note is not None:
        note(node, facts)


def _note_name(node: ast.Name, facts: ModuleFacts) -> None:
    if not isinstance(node.ctx, ast.Load):
        facts.bound.add(node.id)


def _note_definition(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, facts: ModuleFacts) -> None:
    facts.bound.add(node.name)
    _note_docstring(node, facts)


def _note_docstring(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module, facts: ModuleFacts
) -> None:
    for statement in node.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            facts.docstrings.add(statement.value)


def _note_class(node: ast.ClassDef, facts: ModuleFacts) -> None:
    _note_definition(node, facts)
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name.startswith("_"):
            facts.own_private.add(statement.name)
        elif isinstance(statement, ast.AnnAssign):
            name = getattr(statement.target, "id", "")
            facts.own_private.update({name} if name.startswith("_") else ())


def _note_attribute(node: ast.Attribute, facts: ModuleFacts) -> None:
    if node.attr.startswith("_") and isinstance(node.ctx, ast.Store) and getattr(node.value, "id", "") == "self":
        facts.own_private.add(node.attr)


def _note_import(node: ast.Import, facts: ModuleFacts) -> None:
    for alias in node.names:
        bound = alias.asname or alias.name.partition(".")[0]
        facts.bound.add(bound)
        facts.modules[bound] = alias.name if alias.asname else bound


def _note_import_from(node: ast.ImportFrom, facts: ModuleFacts) -> None:
    for alias in node.names:
        bound = alias.asname or alias.name
        facts.bound.add(bound)
        facts.names[bound] = (node.module or "", alias.name)


def _note_argument(node: ast.arg, facts: ModuleFacts) -> None:
    facts.bound.add(node.arg)


def _note_bare(node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar, facts: ModuleFacts) -> None:
    if node.name:
        facts.bound.add(node.name)


def _note_rest(node: ast.MatchMapping, facts: ModuleFacts) -> None:
    if node.rest:
        facts.bound.add(node.rest)


_NOTES: dict[type[ast.AST], Callable[[Any, ModuleFacts], None]] = {
    ast.Name: _note_name,
    ast.FunctionDef: _note_definition,
    ast.AsyncFunctionDef: _note_definition,
    ast.ClassDef: _note_class,
    ast.Attribute: _note_attribute,
    ast.Module: _note_docstring,
    ast.Import: _note_import,
    ast.ImportFrom: _note_import_from,
    ast.arg: _note_argument,
    ast.ExceptHandler: _note_bare,
    ast.MatchAs: _note_bare,
    ast.MatchStar: _note_bare,
    ast.MatchMapping: _note_rest,
}
