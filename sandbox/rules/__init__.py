"""The numbered rules of the code check.

``examine`` applies all of them to a source text; ``catalogue`` returns them as values for docs,
prompts and messages.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from domain.policy import Policy, Violation
from domain.rules import RuleDoc
from sandbox.facade.builtin_names import ALL_NAMES
from sandbox.facade.guards import INSPECTION
from sandbox.facade.imports import Interface
from sandbox.facade.pages import REFUSED
from sandbox.rules import classes, imports, module, names, pages, quoted, reach, resources, text
from sandbox.rules import transformation as transforming
from sandbox.rules.base import Breach, Rule
from sandbox.rules.facts import ModuleFacts, TooDeep, gather
from sandbox.rules.names import EXCEPTION_INSIDES
from sandbox.rules.restricted import READABLE_MAGIC

MOST_FOUND = 500  # nobody repairs more at once
FAMILIES = (text, module, imports, names, classes, quoted, reach, resources, pages, transforming)
RULES: tuple[type[Rule], ...] = tuple(rule for family in FAMILIES for rule in family.RULES)


def catalogue() -> tuple[RuleDoc, ...]:
    """Return every rule as a value, by code."""
    return tuple(rule.doc() for rule in sorted(RULES, key=lambda rule: rule.code))


def examine(source: str, policy: Policy, interface: Interface) -> tuple[tuple[Violation, ...], ModuleFacts | None]:
    """Return the violations of a text, in the order of its lines, and the facts when it could be read."""
    tree = text.read(source)
    if isinstance(tree, tuple):
        rule, breach = tree
        return (rule.violation(breach),), None
    try:
        facts = gather(tree, source, policy, interface)
    except TooDeep:
        return (text.TooNested.violation(Breach(message="the code is nested too deeply")),), None
    return tuple(sorted(_violations(facts), key=lambda v: (v.line, v.column, v.code))), facts


def _violations(facts: ModuleFacts) -> list[Violation]:
    table = _dispatch(facts.interface)
    found: list[Violation] = []
    for node in facts.nodes:
        kind = type(node)
        rules = table.get(kind)
        if rules is None or (kind in _PLAIN and _PLAIN[kind](node, facts)):
            continue
        for rule in rules:
            for breach in rule.examine(node, facts):
                found.append(rule.violation(breach))  # noqa: PERF401 - mostly nothing comes; a generator each costs more
        if len(found) > MOST_FOUND:
            break
    return found


def _is_plain_name(node: Any, facts: ModuleFacts) -> bool:
    name = node.id
    return (name in facts.bound or name in ALL_NAMES) and name[0] != "_" and name not in _SPECIAL_NAMES


def _is_plain_constant(node: Any, facts: ModuleFacts) -> bool:
    del facts
    value = node.value
    if type(value) is str:
        return (
            len(value) < 16
            and "://" not in value
            and "__" not in value
            and "{" not in value
            and value not in _SPECIAL_TEXTS
        )
    return value is None or value is True or value is False


def _is_plain_attribute(node: Any, facts: ModuleFacts) -> bool:
    value = node.value
    return (
        node.attr[0] != "_"
        and node.attr not in _SPECIAL_ATTRIBUTES
        and type(node.ctx) is ast.Load
        and type(value) is ast.Name
        and value.id not in facts.modules
        and value.id not in facts.names
    )


# Most names, attributes and constants concern no rule; asking each rule about each of them took half of the check.
_SPECIAL_TEXTS = frozenset({"networkidle", "from_attributes"})
_SPECIAL_NAMES = frozenset({"getattr", "hasattr", "print", "printed", "breakpoint"})
_SPECIAL_ATTRIBUTES = (
    INSPECTION | EXCEPTION_INSIDES | REFUSED | READABLE_MAGIC | {"register", "format", "format_map", "model_rebuild"}
)
_PLAIN: dict[type[ast.AST], Callable[[Any, ModuleFacts], bool]] = {
    ast.Attribute: _is_plain_attribute,
    ast.Name: _is_plain_name,
    ast.Constant: _is_plain_constant,
}


@lru_cache(maxsize=2)
def _dispatch(interface: Interface) -> dict[type[ast.AST], tuple[Rule, ...]]:
    table: dict[type[ast.AST], list[Rule]] = {}
    for rule in RULES:
        if rule.interface in {"", interface}:
            instance = rule()
            for node in rule.nodes:
                table.setdefault(node, []).append(instance)
    return {node: tuple(rules) for node, rules in table.items()}
