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
    if name == "nth-last-of-type":
        return lambda node: _place_from_end(node) == int(inside)
    if name == "first-child":
        return lambda node: node.parent is None or node.parent.children[0] is node
    if name == "contains":
        return lambda node: inside.strip('"') in text_of(node.element)
    if name == "has":
        return lambda node: first_below(_below(node), inside, node) is not None
    if name == "not":
        return lambda node: not is_match(node, inside, node)
    return lambda _node: True


def _place_from_end(node: Node) -> int:
    siblings = [node] if node.parent is None else [child for child in node.parent.children if child.tag == node.tag]
    return len(siblings) - node.position + 1


def _below(node: Node) -> Iterable[Node]:
    stack = list(reversed(node.children))
    while stack:
        one = stack.pop()
        yield one
        stack.extend(reversed(one.children))


def _holds(node: Node, steps: tuple[_Step, ...], last: int, scope: Node | None) -> bool:
    """Tell whether the node is what step ``last`` says, and what stands before it in the selector holds too."""
    return _is_kind(node, steps[last], scope) and _hangs(node, steps, last, scope)


def _is_kind(node: Node, step: _Step, scope: Node | None) -> bool:
    if step.is_scope:
        return node is scope
    if step.tag and node.tag != step.tag:
        return False
    for test in step.tests:  # noqa: SIM110 - all() with a generator costs twice the time here
        if not test(node):
            return False
    return True


def _hangs(node: Node, steps: tuple[_Step, ...], last: int, scope: Node | None) -> bool:
    """Tell whether the steps before ``last`` hold around a node that is already known to be of its kind."""
    if last == 0:
        return True
    glue, before = steps[last].glue, steps[last - 1]
    if glue == "+":
        previous = _previous(node)
        return previous is not None and _holds(previous, steps, last - 1, scope)
    above = node.parent
    while above is not None and (above is not scope or before.is_scope):
        if _is_kind(above, before, scope):
            if _hangs(above, steps, last - 1, scope):
                return True
            if not before.glue:
                # What is not above the nearest one is not above a farther one either.
                return False
        if glue == ">" or above is scope:
            return False
        above = above.parent
    return False


def _previous(node: Node) -> Node | None:
    if node.parent is None:
        return None
    siblings = node.parent.children
    place = siblings.index(node)
    return siblings[place - 1] if place else None
