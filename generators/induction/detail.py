"""Read the fields of one thing from its own page: label and value pairs, microdata, headings, contact links.

Locators are relative to the document and rest on the label's text or on meaning, so they hold on the pages of other
records of the same kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.markup import CONTACT
from domain.observation import Column
from domain.plan import FieldType
from generators.induction.alignment import Strand
from generators.induction.naming import Evidence, assign, guess
from generators.induction.patterns import EMAIL, LABEL, PHONE, squeeze
from generators.induction.reading import read, select, text_of, value_of
from generators.induction.selectors import choose, simple_marks
from generators.induction.tree import HEADING_TAGS, INLINE_TAGS, Element, Node, Tree, parse
from generators.sources.naming import snake
from generators.sources.typing import type_of

MAX_COLUMNS = 60
MAX_VALUE = 4_000
_LABEL_CHARACTERS = 40
_ADDRESS_KINDS = frozenset({"href", "src"})
_METADATA = (
    ('meta[property="og:title"]', "title"),
    ('meta[name="description"]', "description"),
    ('meta[property="og:image"]', "image"),
    ('meta[name="author"]', "author"),
    ('meta[property="article:published_time"]', "date"),
)
_CONTACTS = (('a[href^="tel:"]', "phone", PHONE), ('a[href^="mailto:"]', "email", EMAIL))


@dataclass(frozen=True, slots=True)
class _Found:
    """One value of the page: how to read it, what it is called, and how much that name is to be trusted."""

    locator: str
    label: str
    value: str
    element: Element
    path: str


def read_detail(html: str, wanted: Sequence[str] = (), *, url: str = "") -> tuple[Column, ...]:
    """Return the fields of a page as columns, the wanted ones first under their wanted names.

    Locators are relative to the document. Never raises; a text that is no page gives ().
    """
    tree = parse(html, url)
    if not tree.nodes:
        return ()
    found = list(_distinct(_everything(tree)))[: 4 * MAX_COLUMNS]
    strands = [_strand(one, position) for position, one in enumerate(found)]
    evidence = {id(s): _evidence(one, i / len(found)) for i, (s, one) in enumerate(zip(strands, found, strict=True))}
    chosen = assign(wanted, strands, lambda strand: evidence[id(strand)]) if strands else {}
    taken = {id(strand) for strand in chosen.values()}
    named = [*chosen.items(), *((guess(s, evidence[id(s)]), s) for s in strands if id(s) not in taken)]
    columns: dict[str, Column] = {}
    for name, strand in named:
        unique = _free(snake(name), columns)
        columns[unique] = _column(unique, found[strand.order], tree)
        if len(columns) >= max(MAX_COLUMNS, len(chosen)):
            break
    return tuple(columns.values())


def _everything(tree: Tree) -> Iterator[_Found]:
    yield from _pairs(tree)
    yield from _microdata(tree)
    yield from _headings(tree)
    yield from _contacts(tree)
    yield from _marked(tree)
    yield from _metadata(tree)


def _distinct(found: Iterator[_Found]) -> Iterator[_Found]:
    """Keep what reads as it should, each value under each label once."""
    seen: set[tuple[str, str]] = set()
    for one in found:
        key = (one.label.casefold(), one.value)
        if one.value and len(one.value) <= MAX_VALUE and key not in seen:
            seen.add(key)
            yield one


def _strand(one: _Found, order: int) -> Strand:
    kind = one.locator.rpartition("@")[2]
    return Strand(kind, one.path, 1, one.label, elements=[one.element], values=[one.value], order=order)


def _evidence(one: _Found, order: float) -> Evidence:
    return Evidence(label=one.label, order=order, links=(None,), record_is_link=False)


def _column(name: str, one: _Found, tree: Tree) -> Column:
    kind = one.locator.rpartition("@")[2]
    value_type = FieldType.URL if kind in _ADDRESS_KINDS else type_of([one.value], name)
    others = [s for s in choose([one.element], tree, most=2) if f"{s}@{kind}" != one.locator]
    return Column(
        name=name,
        locator=one.locator,
        fallbacks=tuple(f"{selector}@{kind}" for selector in others[:1]),
        type=value_type,
        label=one.label,
        samples=(one.value[:200],),
    )


def _free(name: str, taken: dict[str, Column]) -> str:
    return name if name not in taken else next(f"{name}_{n}" for n in range(2, 10_000) if f"{name}_{n}" not in taken)


def _pairs(tree: Tree) -> Iterator[_Found]:
    """Yield values that stand beside a label: terms, cells of a row, siblings, "Label: value"."""
    for node in tree.nodes:
        if node.tag in {"dt", "th", "td", "label", "strong", "b", "span", "div", "p"} | HEADING_TAGS:
            pair = _sibling_pair(tree, node)
            if pair is not None:
                yield pair
                continue
        if node.own_length and node.text_length < 300 and node.tag in {"p", "li", "div", "span", "td"}:
            line = _line(tree, node)
            if line is not None:
                yield line


def _sibling_pair(tree: Tree, node: Node) -> _Found | None:
    if not 1 < node.text_length <= _LABEL_CHARACTERS or node.parent is None:
        return None
    after = node.element.getnext()
    if after is None or not isinstance(after.tag, str) or after not in tree.by_element:
        return None
    label = text_of(node.element)
    if not _is_label(node, after, label):
        return None
    value = text_of(after)
    locator = _by_label(tree, node.tag, label, after)
    return _Found(locator, label.rstrip(" :："), value, after, f"/{after.tag}") if value and locator else None


def _is_label(node: Node, after: Element, label: str) -> bool:
    """Tell whether a short text labels the element after it."""
    if '"' in label or "\\" in label:
        return False
    if (node.tag, after.tag) in {("dt", "dd"), ("th", "td")}:
        return True
    cells = len([c for c in node.parent.children if c.tag in {"td", "th"}]) if node.parent is not None else 0
    if node.tag == "td":
        return after.tag == "td" and cells == 2 and node.position == 1
    if node.tag in HEADING_TAGS:
        return after.tag in {"p", "div", "address", "span", "time"}
    if label.endswith((":", "：")):
        return True
    classes = " ".join(node.classes).lower()
    return node.tag == after.tag and any(word in classes for word in ("label", "term", "key", "heading"))


def _by_label(tree: Tree, tag: str, label: str, target: Element) -> str:
    selector = f'{tag}:contains("{label}") + {target.tag}'
    hits = select(tree.document, selector)
    return f"{selector}@text" if hits and hits[0] is target else ""


def _line(tree: Tree, node: Node) -> _Found | None:
    text = text_of(node.element)
    found = LABEL.match(text)
    if found is None or '"' in found[1] or "\\" in found[1] or len(found[1].split()) > 4:
        return None
    if any(child.tag not in INLINE_TAGS | {"br"} for child in node.children):
        return None
    label = squeeze(found[1])
    selector = f'{node.tag}:contains("{label}")'
    hits = select(tree.document, selector)
    return (
        _Found(f"{selector}@text", label, text, node.element, f"/{node.tag}")
        if hits and hits[0] is node.element
        else None
    )


def _microdata(tree: Tree) -> Iterator[_Found]:
    for node in tree.nodes:
        name = node.element.get("itemprop")
        if not name or '"' in name:
            continue
        for attribute in ("content", "datetime", "href", "src", "text"):
            selector = f'[itemprop="{name}"]'
            hits = select(tree.document, selector)
            value = read(node.element, f"@{attribute}")
            if value and hits and hits[0] is node.element:
                yield _Found(f"{selector}@{attribute}", "", value, node.element, f"/{node.tag}.{name}")
                break


def _headings(tree: Tree) -> Iterator[_Found]:
    for tag in ("h1", "h2"):
        for node in tree.by_tag.get(tag, [])[:3]:
            selectors = choose([node.element], tree, most=1)
            is_only = len(tree.by_tag[tag]) == 1
            if is_only or selectors:
                selector = tag if is_only else selectors[0]
                yield _Found(f"{selector}@text", "", text_of(node.element), node.element, f"/{tag}")


def _contacts(tree: Tree) -> Iterator[_Found]:
    for selector, name, shape in _CONTACTS:
        for element in select(tree.document, selector)[:1]:
            says_it = shape.search(text_of(element)) is not None
            attribute = "text" if says_it else CONTACT
            yield _Found(f"{selector}@{attribute}", "", value_of(element, attribute) or "", element, f"/a.{name}")
    for tag in ("address", "time"):
        for element in select(tree.document, tag)[:1]:
            attribute = "datetime" if element.get("datetime") else "text"
            yield _Found(f"{tag}@{attribute}", "", read(element, f"@{attribute}") or "", element, f"/{tag}.{tag}")


def _marked(tree: Tree) -> Iterator[_Found]:
    """Yield leaves that carry a stable class, test id or the like of their own."""
    for node in tree.nodes:
        if not node.own_length or node.in_menu or node.text_length > MAX_VALUE:
            continue
        for mark in simple_marks(node.element):
            hits = select(tree.document, mark)
            if len(hits) == 1 and hits[0] is node.element:
                name = mark.rpartition(".")[2] if "." in mark else mark.partition('"')[2].rstrip('"]')
                yield _Found(f"{mark}@text", "", text_of(node.element), node.element, f"/{node.tag}.{name}")
                break


def _metadata(tree: Tree) -> Iterator[_Found]:
    for selector, name in _METADATA:
        for element in select(tree.document, selector)[:1]:
            if value := squeeze(element.get("content") or ""):
                yield _Found(f"{selector}@content", "", value, element, f"/meta.{name}")
