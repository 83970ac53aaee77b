"""The numbered rules of the code check.

``examine`` applies all of them to a source text; ``catalogue`` returns them as values for docs,
prompts and messages.
"""

from __future__ import annotations

import ast
from functools import lru_cache

from domain.policy import Policy, Violation
from domain.rules import RuleDoc
from sandbox.facade.imports import Interface
from sandbox.rules import classes, imports, module, names, pages, quoted, reach, resources, text
from sandbox.rules import transformation as transforming
from sandbox.rules.base import Breach, Rule
from sandbox.rules.facts import ModuleFacts, TooDeep, gather

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
        for rule in table.get(type(node), ()):
            found.extend(rule.violation(breach) for breach in rule.examine(node, facts))
    return found


@lru_cache(maxsize=2)
def _dispatch(interface: Interface) -> dict[type[ast.AST], tuple[Rule, ...]]:
    table: dict[type[ast.AST], list[Rule]] = {}
    for rule in RULES:
        if rule.interface in {"", interface}:
            instance = rule()
            for node in rule.nodes:
                table.setdefault(node, []).append(instance)
    return {node: tuple(rules) for node, rules in table.items()}
