"""Try a selector on the study's own tree: a small part of CSS, much faster than asking lxml for each proposal.

Only what ``selectors`` and ``locators`` propose is understood. The answer is a sieve: what passes is asked of lxml.
Proposals share their beginnings and ends, so what each part hits is kept on the tree as a list of node indexes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from generators.induction.reading import text_of
from generators.induction.tree import Node, Tree

_STEP = re.compile(
    r'\s*([>+]?)\s*((?:[^\s>+\["(:]|:[\w-]+|\((?:[^()"]|"[^"]*"|\([^()]*\))*\)|\[(?:[^\]"]|"[^"]*")*\])+)'
)
_PART = re.compile(
    r"^(?P<tag>[A-Za-z][\w-]*)|#(?P<id>[\w-]+)|\.(?P<class>[\w-]+)"
    r'|\[(?P<name>[\w:.-]+)(?:(?P<how>[~^]?=)"(?P<value>[^"]*)")?\]'
    r'|:(?P<pseudo>[\w-]+)(?:\((?P<inside>(?:[^()"]|"[^"]*"|\([^()]*\))*)\))?'
)
Test = Callable[[Tree, Node], bool]


@dataclass(frozen=True, slots=True)
class _Step:
    """One compound and how it hangs on the one before: '' (below), '>' (child) or '+' (next sibling).

    ``text`` is the compound itself, ``path`` the selector up to it. ``reads_text`` says that it looks into texts, which
    costs too much to try on every node of a page.
    """

    glue: str
    text: str
    path: str
    tag: str
    classes: tuple[str, ...]
    tests: tuple[Test, ...]
    is_scope: bool = False
    reads_text: bool = False


def hits(tree: Tree, selector: str) -> list[int]:
    """Return the indexes of the nodes that the selector matches, in document order. The list is not to be changed."""
    steps = compile_selector(selector)
    return _upto(tree, steps, len(steps) - 1)


def first_below(tree: Tree, selector: str, ranges: Sequence[tuple[int, int]], scope: Node) -> Node | None:
    """Return the first node of the ranges (of node indexes) that the selector matches, relative to ``scope``."""
    steps = compile_selector(selector)
    last = len(steps) - 1
    step = steps[last]
    own = _alone(tree, step)
    for start, end in ranges:
        for place in range(bisect_left(own, start), len(own)):
            if own[place] >= end:
                break
            node = tree.nodes[own[place]]
            if (not step.reads_text or _is_kind(tree, node, step, scope)) and _hangs(tree, node, steps, last, scope):
                return node
    return None


def _upto(tree: Tree, steps: tuple[_Step, ...], last: int) -> list[int]:
    """Return what the selector up to step ``last`` matches."""
    step = steps[last]
    known = tree.hits.get(step.path)
    if known is None:
        known = _alone(tree, step)
        if step.reads_text:
            known = [index for index in known if _is_kind(tree, tree.nodes[index], step, None)]
        if last and known:
            known = _hanging(tree, known, step.glue, _upto(tree, steps, last - 1))
        tree.hits[step.path] = known
    return known


def _hanging(tree: Tree, own: list[int], glue: str, before: list[int]) -> list[int]:
    """Return those of ``own`` that stand below, are children of, or directly follow one of ``before``."""
    nodes = tree.nodes
    if glue == ">":
        parents = set(before)
        return [i for i in own if (above := nodes[i].parent) is not None and above.index in parents]
    if glue == "+":
        siblings = set(before)
        return [i for i in own if (left := _previous(nodes[i])) is not None and left.index in siblings]
    kept: list[int] = []
    end = -1
    for index in before:
        if index >= end:
            end = nodes[index].end
            kept += own[bisect_left(own, index + 1) : bisect_left(own, end)]
    return kept


def _alone(tree: Tree, step: _Step) -> list[int]:
    """Return the nodes that one step matches by itself; its conditions on text are left open."""
    known = tree.hits.get(step.text)
    if known is None:
        own = _start(tree, step)
        if not step.reads_text and (step.tests or step.classes):
            own = [index for index in own if _is_kind(tree, tree.nodes[index], step, None)]
        known = tree.hits[step.text] = own
    return known


def _members(tree: Tree, step: _Step) -> frozenset[int]:
    """Return what one step matches by itself, to look a node up in."""
    known = tree.members.get(step.text)
    if known is None:
        known = tree.members[step.text] = frozenset(_alone(tree, step))
    return known


def _start(tree: Tree, step: _Step) -> list[int]:
    """Return the nodes of the step's first class, else of its tag: few to try the rest on."""
    if not tree.by_class:
        tree.by_class[""] = []
        for node in tree.nodes:
            for name in set((node.element.get("class") or "").split()):
                tree.by_class.setdefault(name, []).append(node.index)
    if step.classes:
        return min((tree.by_class.get(name, []) for name in step.classes), key=len)
    if step.tag:
        return [node.index for node in tree.by_tag.get(step.tag, ())]
    return list(range(len(tree.nodes)))


@lru_cache(maxsize=8_192)
def compile_selector(selector: str) -> tuple[_Step, ...]:
    """Return a selector's steps, outermost first."""
    steps: list[_Step] = []
    path = ""
    for found in _STEP.finditer(selector):
        glue, compound = found.groups()
        path = f"{path} {glue} {compound}"
        tag, classes, tests = _compound(compound)
        steps.append(_Step(glue, compound, path, tag, classes, tests, compound == ":scope", ":contains(" in compound))
    return tuple(steps)


@lru_cache(maxsize=8_192)
def _compound(compound: str) -> tuple[str, tuple[str, ...], tuple[Test, ...]]:
    """Return a compound's tag, its classes, and the tests of all its parts but the tag."""
    parts = [] if compound == ":scope" else list(_PART.finditer(compound))
    tag = next((part["tag"] for part in parts if part["tag"]), "")
    classes = tuple(part["class"] for part in parts if part["class"])
    return tag, classes, tuple(_test(part) for part in parts if not part["tag"])


def _test(part: re.Match[str]) -> Test:
    if part["id"]:
        return _attribute_test("id", "=", part["id"])
    if part["class"]:
        return _attribute_test("class", "~=", part["class"])
    if part["name"]:
        return _attribute_test(part["name"], part["how"] or "", part["value"] or "")
    return _pseudo_test(part["pseudo"], part["inside"] or "")


def _attribute_test(name: str, how: str, value: str) -> Test:
    if how == "=":
        return lambda _tree, node: node.element.get(name) == value
    if how == "^=":
        return lambda _tree, node: (node.element.get(name) or "").startswith(value)
    if how == "~=":
        return lambda _tree, node: value in (node.element.get(name) or "").split()
    return lambda _tree, node: node.element.get(name) is not None


def _pseudo_test(name: str, inside: str) -> Test:
    if name == "nth-of-type":
        return lambda _tree, node: node.position == int(inside)
    if name == "nth-last-of-type":
        return lambda tree, node: _place_from_end(tree, node) == int(inside)
    if name == "first-child":
        return lambda _tree, node: node.parent is None or node.parent.children[0] is node
    if name == "contains":
        return lambda _tree, node: inside.strip('"') in text_of(node.element)
    if name == "has":
        return lambda tree, node: _has_below(node, hits(tree, inside))
    if name == "not":
        return lambda tree, node: not _is_kind(tree, node, compile_selector(inside)[-1], None)
    return lambda _tree, _node: True


def _has_below(node: Node, indexes: list[int]) -> bool:
    place = bisect_left(indexes, node.index + 1)
    return place < len(indexes) and indexes[place] < node.end


def _place_from_end(tree: Tree, node: Node) -> int:
    alike = 1 if node.parent is None else tree.counts[node.parent.index, node.tag]
    return alike - node.position + 1


def _is_kind(tree: Tree, node: Node, step: _Step, scope: Node | None) -> bool:
    if step.is_scope:
        return node is scope
    if step.tag and node.tag != step.tag:
        return False
    for test in step.tests:  # noqa: SIM110 - all() with a generator costs twice the time here
        if not test(tree, node):
            return False
    return True


def _hangs(tree: Tree, node: Node, steps: tuple[_Step, ...], last: int, scope: Node | None) -> bool:
    """Tell whether the steps before ``last`` hold around a node that is already known to be of its kind."""
    if last == 0:
        return True
    glue, before = steps[last].glue, steps[last - 1]
    if glue == "+":
        previous = _previous(node)
        is_there = previous is not None and _is_kind(tree, previous, before, scope)
        return previous is not None and is_there and _hangs(tree, previous, steps, last - 1, scope)
    is_plain = not (before.is_scope or before.reads_text)
    members: frozenset[int] = _members(tree, before) if is_plain else frozenset()
    above = node.parent
    while above is not None and (above is not scope or before.is_scope):
        if above.index in members if is_plain else _is_kind(tree, above, before, scope):
            if last == 1 or _hangs(tree, above, steps, last - 1, scope):
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
