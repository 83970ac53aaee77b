"""Choose CSS selectors that stay true when the page is built again.

Preferred, in this order: roles, test ids and semantic attributes; stable classes; structure under a stable
container. Hashed class names, states, running numbers and rendering marks are never used. Every selector that is
returned was tried on the page and hits exactly the wanted elements.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from generators.induction.classes import is_selectable, is_utility
from generators.induction.matching import hits
from generators.induction.reading import select
from generators.induction.tree import HEADING_TAGS, Element, Node, Tree

MAX_TRIES = 220
MAX_TRIES_CLOSEST = 40
_FEW_MORE = 0.34
"""Share of further elements, next to those that were found, up to which a wider selector means the same list."""
_GOOD = 0.98
"""F1 of wanted and hit elements at which no closer selector is looked for."""
_SEMANTIC_ATTRIBUTES = (
    "data-testid",
    "data-test",
    "data-test-id",
    "data-qa",
    "data-cy",
    "itemprop",
    "itemtype",
    "property",
    "typeof",
    "role",
)
_VALUELESS = ("itemscope", "data-id", "data-item-id", "data-product-id", "data-sku", "data-asin", "data-key")
_LANDMARKS = frozenset({"main", "article", "table", "ul", "ol", "dl", "section", "form"})
_SKIPPED = frozenset({"tbody", "html"})
"""The parser of browsers adds tbody, others do not: no selector may rest on it."""
_CONDITIONS = (
    ":has(a)",
    ":has(td)",
    ":has(td + td)",
    ":not(:first-child)",
    ":has(a[href])",
    ":has(img)",
    ":not(:has(th))",
)
_LINK_CONDITIONS = (':not([href^="mailto:"])', ':not([href^="tel:"])')
_HOPS = 8
_EXCLUDED = 2
"""Classes that one selector may leave out."""


def choose(elements: Sequence[Element], tree: Tree, *, most: int = 4) -> tuple[str, ...]:
    """Return selectors that hit exactly the elements of the page, best first, each of another nature.

    The tuple is empty when no selector of the known kinds does.
    """
    wanted = list(elements)
    nodes = [tree.by_element[element] for element in elements if element in tree.by_element]
    if tree.document is None or not nodes or len(nodes) != len(wanted):
        return ()
    found: dict[str, str] = {}
    sieve = _Sieve(tree, nodes)
    for nature, selector in itertools.islice(_proposals(nodes), MAX_TRIES):
        if nature not in found and sieve.passes(selector) and _hits(tree, selector) == wanted:
            found[nature] = selector
            if len(found) >= most:
                break
    if not found:
        excluded = _by_exclusion(nodes, tree)
        if excluded and _hits(tree, excluded) == wanted:
            return (excluded,)
        return _by_parents(nodes, tree, wanted)
    return tuple(dict.fromkeys(found.values()))


def wider(elements: Sequence[Element], tree: Tree) -> str | None:
    """Return a selector without positions that hits the elements and a few more that are built alike, if there is one.

    Sections of one list are each found by what repeats in them; one that holds a single record repeats nothing, and
    one that comes later is not there yet. A selector that names the sections by their places would miss both.
    """
    nodes = [tree.by_element[element] for element in elements if element in tree.by_element]
    if tree.document is None or len(nodes) < len(elements):
        return None
    known = {node.index for node in nodes}
    shapes = {_shape(tree, node) for node in nodes}
    for _, selector in itertools.islice(_proposals(nodes), MAX_TRIES):
        if ":nth-" in selector:
            continue
        found = hits(tree, selector)
        more = [tree.nodes[i] for i in found if i not in known]
        if not known.issubset(found) or len(more) > _FEW_MORE * len(known):
            continue
        if all(_shape(tree, node) in shapes for node in more) and len(_hits(tree, selector)) == len(found):
            return selector
    return None


def _shape(tree: Tree, node: Node) -> tuple[str, frozenset[str]]:
    """What an element is built of: its tag and the tags below it."""
    return node.tag, frozenset(below.tag for below in tree.nodes[node.index + 1 : node.end])


def _by_exclusion(nodes: Sequence[Node], tree: Tree) -> str:
    """Return a selector that hits more, without the classes that only the rest has; '' where there is none.

    Rows of totals, headings that come again and advertisements mostly say so in a class.
    """
    wanted = {node.index for node in nodes}
    own = {name for node in nodes for name in (node.element.get("class") or "").split()}
    for _, selector in itertools.islice(_proposals(nodes), MAX_TRIES):
        found = hits(tree, selector)
        rest = [tree.nodes[index] for index in found if index not in wanted]
        if not rest or len(found) - len(rest) < len(wanted) or len(rest) > len(wanted):
            continue
        without: list[str] = []
        while rest and len(without) < _EXCLUDED:
            names = Counter(
                name
                for node in rest
                for name in set((node.element.get("class") or "").split())
                if name not in own and is_selectable(name) and not is_utility(name)
            )
            if not names:
                break
            name = max(names, key=lambda one: (names[one], one))
            without.append(name)
            rest = [node for node in rest if name not in (node.element.get("class") or "").split()]
        if not rest:
            return selector + "".join(f":not(.{name})" for name in without)
    return ""


def closest(elements: Sequence[Element], tree: Tree, *, least: float) -> str | None:
    """Return the selector whose hits agree best with the elements, if the F1 of the two sets is at least ``least``."""
    nodes = [tree.by_element[element] for element in elements if element in tree.by_element]
    wanted = set(elements)
    best, best_f1 = None, least
    if tree.document is None or not nodes:
        return None
    sieve = _Sieve(tree, nodes)
    for _, selector in itertools.islice(_proposals(nodes), MAX_TRIES_CLOSEST):
        # lxml sees what the study's tree leaves out as well, so it can only agree less.
        if sieve.agreement(selector) < best_f1:
            continue
        found = _hits(tree, selector)
        f1 = 2 * len(wanted.intersection(found)) / (len(wanted) + len(found))
        if f1 > best_f1 or (best is None and f1 >= best_f1):
            best, best_f1 = selector, f1
        if best_f1 > _GOOD:
            break
    return best


def _hits(tree: Tree, selector: str) -> list[Element]:
    """Return what the selector hits, as far as the page was studied: a page past the caps is known in part only."""
    found = select(tree.document, selector)
    return [element for element in found if element in tree.by_element] if tree.notes else found


class _Sieve:
    """Tells quickly that a selector cannot hit exactly the wanted nodes: by the study's own tree, lxml left alone."""

    def __init__(self, tree: Tree, nodes: Sequence[Node]) -> None:
        self.tree = tree
        self.tags = {node.tag for node in nodes}
        self.wanted = sorted(node.index for node in nodes)

    def passes(self, selector: str) -> bool:
        """Tell whether the selector hits the wanted nodes and no other of their tags."""
        found = hits(self.tree, selector)
        if found == self.wanted:
            return True
        if len(found) <= len(self.wanted):
            return False
        known = set(self.wanted)
        nodes, tags = self.tree.nodes, self.tags
        return known.issubset(found) and not any(nodes[i].tag in tags for i in found if i not in known)

    def agreement(self, selector: str) -> float:
        """Return the F1 of the wanted nodes and those that the selector hits."""
        found = hits(self.tree, selector)
        return 2 * len(set(self.wanted).intersection(found)) / (len(self.wanted) + len(found))


def _by_parents(nodes: Sequence[Node], tree: Tree, wanted: list[Element]) -> tuple[str, ...]:
    """Join one selector for each of a few parents: the union of sections that share no mark of their own."""
    by_parent = [list(group) for _, group in itertools.groupby(nodes, key=lambda node: node.parent)]
    if not 2 <= len(by_parent) <= 6 or tree.document is None:
        return ()
    parts: list[str] = []
    for group in by_parent:
        own = [node.element for node in group]
        sieve = _Sieve(tree, group)
        tries = itertools.chain(itertools.islice(_proposals(group), MAX_TRIES // len(by_parent)), _by_place(group))
        part = next((s for _, s in tries if sieve.passes(s) and _hits(tree, s) == own), None)
        if part is None:
            return ()
        parts.append(part)
    joined = ", ".join(parts)
    return (joined,) if _hits(tree, joined) == wanted else ()


def _by_place(nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """Yield the nodes of one parent by the parent's whole path: the last resort of a part of a union."""
    parent = nodes[0].parent
    if parent is None or parent.tag in _SKIPPED:
        return
    path: list[str] = []
    above: Node | None = parent
    while above is not None and above.tag not in _SKIPPED and above.tag != "body":
        path.append(_position(above))
        above = above.parent
    if above is None or above.tag != "body":
        return
    home = " > ".join(["body", *reversed(path)])
    if len(nodes) == 1:
        yield "place", f"{home} > {_position(nodes[0])}"
        return
    yield from (("place", f"{home} > {nodes[0].tag}{condition}") for condition in ("", *_CONDITIONS))


def _proposals(nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """Yield (nature, selector), from the most stable kind to the least, then the same with conditions."""
    tags = {node.tag for node in nodes}
    tag = nodes[0].tag if len(tags) == 1 else ""
    marks = list(_marks(nodes))
    ends = [(nature, (tag if nature != "test id" else "") + mark) for nature, mark in marks]
    if tag:
        ends.append(("structure", tag))
    elif all(node.parent is nodes[0].parent for node in nodes):
        ends.append(("structure", "*"))
    yield from ((nature, end) for nature, end in ends if end != tag or tag in {"article", "tr", "dt"})
    containers = list(_containers(nodes))
    for nature, end in ends:
        for container, steps in containers:
            kind = nature if nature != "structure" else f"structure {container[:1]}"
            yield kind, f"{container} {end}"
            if steps is not None:
                yield kind, f"{container} > {' > '.join([*steps, end])}"
    for condition in _LINK_CONDITIONS if tag == "a" else _CONDITIONS:
        for nature, end in ends:
            yield f"{nature}{condition}", end + condition
            for container, steps in containers[:6]:
                yield f"{nature}{condition}", f"{container} {end}{condition}"
                if steps is not None:
                    yield f"{nature}{condition}", f"{container} > {' > '.join([*steps, end])}{condition}"
    yield from _combined(tag, marks)


def _combined(tag: str, marks: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for (nature, first), (_, second) in itertools.combinations(marks[:5], 2):
        yield f"{nature}+", f"{tag}{first}{second}"


def _marks(nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """Yield (nature, simple selector) that all nodes share: attributes with meaning first, looks last."""
    first = nodes[0].element
    for name in _SEMANTIC_ATTRIBUTES:
        value = first.get(name)
        if value and '"' not in value and "\\" not in value and all(n.element.get(name) == value for n in nodes):
            nature = "test id" if name.startswith("data-") else "semantics"
            yield nature, f'[{name}="{value}"]'
    for name in _VALUELESS:
        if all(node.element.get(name) is not None for node in nodes):
            yield "semantics", f"[{name}]"
    shared = set.intersection(*({c for c in (n.element.get("class") or "").split() if is_selectable(c)} for n in nodes))
    for name in sorted(shared, key=lambda c: (is_utility(c), -len(c), c)):
        yield ("looks" if is_utility(name) else "class"), f".{name}"


def _containers(nodes: Sequence[Node]) -> Iterator[tuple[str, list[str] | None]]:
    """Yield (container, steps from it to the records' parent), nearest first; steps are None where they differ."""
    ancestors = _shared_ancestors(nodes)
    for distance, above in ancestors:
        element = above.element
        steps = _steps(nodes[0], above) if distance is not None else None
        for mark in _container_marks(element, above.tag):
            yield mark, steps
        if above.tag in _LANDMARKS or above.tag == "body":
            yield above.tag, steps
        if above.parent is not None and above.tag not in _SKIPPED:
            position = _position(above)
            for mark in _container_marks(above.parent.element, above.parent.tag):
                yield f"{mark} > {position}", steps
    for _, above in ancestors[:1]:
        yield _full_path(above), _steps(nodes[0], above)


def _container_marks(element: Element, tag: str) -> Iterator[str]:
    identifier = element.get("id")
    if identifier and is_selectable(identifier):
        yield f"#{identifier}"
    for name in _SEMANTIC_ATTRIBUTES:
        value = element.get(name)
        if value and '"' not in value and "\\" not in value:
            yield f'[{name}="{value}"]'
    label = element.get("aria-label")
    if label and '"' not in label and len(label) < 40 and "\\" not in label:
        yield f'{tag}[aria-label="{label}"]'
    names = [c for c in (element.get("class") or "").split() if is_selectable(c)]
    for name in sorted(names, key=lambda c: (is_utility(c), -len(c), c))[:3]:
        yield f"{tag}.{name}"


def _shared_ancestors(nodes: Sequence[Node]) -> list[tuple[int | None, Node]]:
    """Return the nodes above all the given ones with their distance, when it is the same for all."""
    result: list[tuple[int | None, Node]] = []
    above, low, high = nodes[0].parent, nodes[0].index, nodes[-1].end
    same_depth = all(node.depth == nodes[0].depth for node in nodes)
    while above is not None and len(result) < _HOPS:
        if above.index < low and high <= above.end:
            result.append((nodes[0].depth - above.depth if same_depth else None, above))
        above = above.parent
    return result


def _steps(node: Node, above: Node) -> list[str] | None:
    """Return the tags between a container and a record; None where the path holds a tag that parsers add."""
    steps: list[str] = []
    parent = node.parent
    while parent is not None and parent is not above:
        if parent.tag in _SKIPPED:
            return None
        steps.append(parent.tag)
        parent = parent.parent
    return None if above.tag in _SKIPPED else steps[::-1]


def _position(node: Node) -> str:
    same = [k for k in node.element.getparent() if k.tag == node.tag] if node.element.getparent() is not None else []
    if len(same) < 2 or node.tag in HEADING_TAGS:
        return node.tag
    return f"{node.tag}:nth-of-type({same.index(node.element) + 1})"


def _full_path(node: Node) -> str:
    """Return the path from the body by tags and positions: the last resort."""
    steps: list[str] = []
    above: Node | None = node
    while above is not None and above.tag != "body":
        if above.tag not in _SKIPPED:
            steps.append(_position(above))
        above = above.parent
    return " ".join(["body", *steps[::-1]]) if len(steps) > 3 else " > ".join(["body", *steps[::-1]])


def simple_marks(element: Element) -> Iterable[str]:
    """Yield simple selectors for one element by its own attributes and classes, stable ones only."""
    for name in _SEMANTIC_ATTRIBUTES:
        value = element.get(name)
        if value and '"' not in value and "\\" not in value:
            yield f'[{name}="{value}"]'
    for name in (element.get("class") or "").split():
        if is_selectable(name) and not is_utility(name):
            yield f"{element.tag}.{name}"
