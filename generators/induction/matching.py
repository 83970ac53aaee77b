"""Try a selector on the study's own tree: a small part of CSS, much faster than asking lxml for each proposal.

Only what ``selectors`` and ``locators`` propose is understood. The answer is a sieve: what passes is asked of lxml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from generators.induction.reading import text_of
from generators.induction.tree import Node

_STEP = re.compile(r'\s*([>+]?)\s*((?:[^\s>+\["(:]|:[\w-]+|\((?:[^()"]|"[^"]*")*\)|\[(?:[^\]"]|"[^"]*")*\])+)')
_PART = re.compile(
    r"^(?P<tag>[A-Za-z][\w-]*)|#(?P<id>[\w-]+)|\.(?P<class>[\w-]+)"
    r'|\[(?P<name>[\w:.-]+)(?:(?P<how>[~^]?=)"(?P<value>[^"]*)")?\]'
    r'|:(?P<pseudo>[\w-]+)(?:\((?P<inside>(?:[^()"]|"[^"]*"|\([^()]*\))*)\))?'
)
Test = Callable[[Node], bool]


@dataclass(frozen=True, slots=True)
class _Step:
    """One compound and how it hangs on the one before: '' (below), '>' (child) or '+' (next sibling)."""

    glue: str
    tag: str
    tests: tuple[Test, ...]
    is_scope: bool = False


def is_match(node: Node, selector: str, scope: Node | None = None) -> bool:
    """Tell whether the selector matches the node, with all its steps strictly below ``scope``."""
    steps = compile_selector(selector)
    return _holds(node, steps, len(steps) - 1, scope)


def first_below(nodes: Iterable[Node], selector: str, scope: Node | None) -> Node | None:
    """Return the first of the nodes that the selector matches, relative to ``scope``."""
    steps = compile_selector(selector)
    last = len(steps) - 1
    tag = steps[last].tag
    for node in nodes:
        if (not tag or node.tag == tag) and _holds(node, steps, last, scope):
            return node
    return None


@lru_cache(maxsize=8_192)
def compile_selector(selector: str) -> tuple[_Step, ...]:
    """Return a selector's steps, outermost first."""
    return tuple(_steps(selector))


def _steps(selector: str) -> Iterable[_Step]:
    for found in _STEP.finditer(selector):
        glue, compound = found.groups()
        if compound == ":scope":
            yield _Step(glue, "", (), is_scope=True)
        else:
            tag = _PART.match(compound)
            yield _Step(glue, (tag["tag"] or "") if tag else "", tuple(_tests(compound)))


def _tests(compound: str) -> Iterable[Test]:
    for part in _PART.finditer(compound):
        if part["id"]:
            yield _attribute_test("id", "=", part["id"])
        elif part["class"]:
            yield _attribute_test("class", "~=", part["class"])
        elif part["name"]:
            yield _attribute_test(part["name"], part["how"] or "", part["value"] or "")
        elif part["pseudo"]:
            yield _pseudo_test(part["pseudo"], part["inside"] or "")


def _attribute_test(name: str, how: str, value: str) -> Test:
    if how == "=":
        return lambda node: node.element.get(name) == value
    if how == "^=":
        return lambda node: (node.element.get(name) or "").startswith(value)
    if how == "~=":
        return lambda node: value in (node.element.get(name) or "").split()
    return lambda node: node.element.get(name) is not None


def _pseudo_test(name: str, inside: str) -> Test:
    if name == "nth-of-type":
        return lambda node: node.position == int(inside)
    if name == "first-child":
        return lambda node: node.parent is None or node.parent.children[0] is node
    if name == "contains":
        return lambda node: inside.strip('"') in text_of(node.element)
    if name == "has":
        return lambda node: first_below(_below(node), inside, node) is not None
    if name == "not":
        return lambda node: not is_match(node, inside, node)
    return lambda _node: True


def _below(node: Node) -> Iterable[Node]:
    stack = list(reversed(node.children))
    while stack:
        one = stack.pop()
        yield one
        stack.extend(reversed(one.children))


def _holds(node: Node, steps: tuple[_Step, ...], last: int, scope: Node | None) -> bool:
    step = steps[last]
    if step.is_scope:
        return node is scope
    if (step.tag and node.tag != step.tag) or not all(test(node) for test in step.tests):
        return False
    if last == 0:
        return True
    if step.glue == "+":
        before = _previous(node)
        return before is not None and _holds(before, steps, last - 1, scope)
    return _holds_above(node, steps, last, scope)


def _holds_above(node: Node, steps: tuple[_Step, ...], last: int, scope: Node | None) -> bool:
    """Tell whether the steps before the last one hold for a parent, or for any node above but below the scope."""
    above = node.parent
    while above is not None:
        if above is scope:
            return steps[0].is_scope and _holds(above, steps, last - 1, scope)
        if _holds(above, steps, last - 1, scope):
            return True
        if steps[last].glue == ">":
            return False
        above = above.parent
    return False


def _previous(node: Node) -> Node | None:
    if node.parent is None:
        return None
    siblings = node.parent.children
    place = siblings.index(node)
    return siblings[place - 1] if place else None
