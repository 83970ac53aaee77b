"""What one record shows, looked at once however many groups it stands in; and what the page's links look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from generators.induction.patterns import (
    DATE,
    EMAIL,
    FILE_ADDRESS,
    MENU_WORD,
    PHONE,
    POSTAL_ADDRESS,
    PRICE,
    RESULT_WORD,
    SOCIAL,
    stem,
    words,
)
from generators.induction.tree import HEADING_TAGS, Node, Record, Tree

_SHAPE_NODES = 60
_TEXT_LOOKED_AT = 600
_WORDS_LOOKED_AT = 300
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")

Place = tuple[int, str, tuple[str, ...]]
"""Where a text stands in its record: depth, tag, classes."""


KINDS = (
    *("link", "one_link", "image", "heading", "date", "price", "address", "email", "phone", "files"),
    *("with_text", "text", "linked_text", "repeats_inside", "holds_parts", "answers", "inner_links"),
)
"""What each number of ``Facts.numbers`` says; all but ``linked_text`` and ``inner_links`` are yes or no."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one record shows. ``numbers`` are in the order of ``KINDS``."""

    text: str
    links: tuple[str, ...]
    patterns: tuple[str, ...]
    numbers: tuple[float, ...]
    shape: tuple[int, ...]
    paths: frozenset[tuple[int, str]]
    places: tuple[tuple[Place, str], ...]


def look_at(tree: Tree, record: Record, terms: frozenset[str]) -> Facts:
    """Return the facts of one record; ``terms`` are the stems of the question's subject."""
    text = tree.text(*record)
    links = tuple(dict.fromkeys(tree.links(record)))
    patterns: dict[str, int] = {}
    for link in links:
        pattern = link_pattern(link)
        patterns[pattern] = patterns.get(pattern, 0) + 1
    paths, places = _inside(tree, record)
    length = sum(node.text_length for node in record)
    numbers = (
        bool(links),
        len(links) == 1,
        any(node.images for node in record),
        any(node.headings for node in record),
        *_values(text[:_TEXT_LOOKED_AT], links),
        any(map(is_file, links)),
        len(text) > 3,
        len(text) > 2,
        min(1.0, sum(node.linked_length for node in record) / max(1, length)),
        _repeats_inside(record),
        _holds_parts(record),
        bool(terms) and not terms.isdisjoint(text_stems(text[:_WORDS_LOOKED_AT])),
        max(0, max(patterns.values(), default=0) - 1),
    )
    return Facts(text, links, tuple(patterns), numbers, tuple(node.shape for node in record), paths, places)


def _values(start: str, links: Sequence[str]) -> tuple[bool, bool, bool, bool, bool]:
    """Tell whether the text shows a date, a price, an address, an e-mail address and a telephone number."""
    email = ("@" in start and bool(EMAIL.search(start))) or any(link.startswith("mailto:") for link in links)
    phone = any(link.startswith("tel:") for link in links)
    if not _DIGIT.search(start):
        return False, len(start) < 6 and bool(PRICE.search(start)), False, email, phone
    return (
        bool(DATE.search(start)),
        bool(PRICE.search(start)),
        bool(POSTAL_ADDRESS.search(start)),
        email,
        phone or bool(PHONE.search(start)),
    )


def _inside(tree: Tree, record: Record) -> tuple[frozenset[tuple[int, str]], tuple[tuple[Place, str], ...]]:
    """Return which tags stand at which depth, and the texts that elements of their own hold."""
    paths: set[tuple[int, str]] = set()
    places: list[tuple[Place, str]] = []
    for top in record:
        for node in tree.nodes[top.index : min(top.end, top.index + _SHAPE_NODES)]:
            depth = node.depth - top.depth
            paths.add((depth, node.tag))
            if node.own_length and (own := (node.element.text or "").strip()):
                places.append(((depth, node.tag, node.classes), own))
    return frozenset(paths), tuple(places)


def _repeats_inside(record: Record) -> bool:
    """Tell whether a record holds a list of its own: four alike parts or more under its top or a child of it."""
    for top in record:
        for parent in (top, *top.children):
            if len(parent.children) >= 4:
                signatures = [child.signature for child in parent.children]
                if any(signatures.count(signature) >= 4 for signature in set(signatures[:-3])):
                    return True
    return False


def _holds_parts(record: Record) -> bool:
    """Tell whether all links of a record stand in alike parts of it: a row of cards, a week of days, one section."""
    total = sum(node.links for node in record)
    level = list(record)
    while total > 1 and level:
        children = [child for node in level for child in node.children if child.links]
        if len(children) != 1:
            kinds = {(child.parent, child.kind) for child in children}
            return len(kinds) == 1 and len(children) > 1 and all(child.tag != "a" for child in children)
        level = children
    return False


@lru_cache(maxsize=20_000)
def link_pattern(link: str) -> str:
    """Return what addresses of one kind of page share: host, path without its last part, numbers and query values."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    above, _, last = parts.path.rstrip("/").rpartition("/")
    ending = ".file" if FILE_ADDRESS.search(last) else ""
    keys = ",".join(sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair))
    return f"{parts.scheme}:{parts.netloc}{_DIGITS.sub('0', above)}/{ending}?{keys}"


@lru_cache(maxsize=20_000)
def is_file(link: str) -> bool:
    """Tell whether an address ends like a document's."""
    return bool(FILE_ADDRESS.search(link.partition("?")[0]))


@lru_cache(maxsize=4_096)
def text_stems(text: str) -> frozenset[str]:
    """Return the stems of the words of a text."""
    return frozenset(map(stem, words(text)))


@lru_cache(maxsize=20_000)
def link_words(link: str) -> frozenset[str]:
    """Return the stems of the words of an address, without its scheme."""
    return frozenset(map(stem, words(link.partition("://")[2])))


@lru_cache(maxsize=20_000)
def _without_query(link: str) -> str:
    return link.partition("?")[0].partition("#")[0]


class PageLinks:
    """The page's links outside menus, by pattern; and where its main heading stands."""

    def __init__(self, tree: Tree) -> None:
        links = zip(tree.link_at, tree.link_to, strict=True)
        outside = [link for at, link in links if not tree.nodes[at].in_menu]
        self.content = frozenset(outside)
        self.files = frozenset(filter(is_file, outside))
        self.by_pattern = Counter(map(link_pattern, self.content))
        self.near_paths = Counter(node.near_path for node in tree.nodes if node.text_length)
        self.main_heading = next((n.index for n in tree.by_tag.get("h1", ()) if n.text_length and not n.hidden), -1)
        self._own = _without_query(tree.url)
        self._names: dict[int, str] = {}

    def name(self, node: Node) -> str:
        """Return the class words and ids of a node and of the one above it."""
        known = self._names.get(node.index)
        if known is None:
            own, up = node.element, node.parent
            above = "" if up is None else f"{up.element.get('class')} {up.element.get('id')}"
            known = self._names[node.index] = f"{own.get('class')} {own.get('id')} {above}"
        return known

    def is_same_page(self, link: str) -> bool:
        """Tell whether a link only asks the page itself with another query: a filter, a page number, a sort order."""
        return _without_query(link) == self._own


@lru_cache(maxsize=20_000)
def is_social(link: str) -> bool:
    """Tell whether an address leads to a network or a map rather than to a page about the record."""
    return bool(SOCIAL.search(link))


def heading_before(tree: Tree, node: Node, reach: int = 80) -> str:
    """Return the nearest heading that stands before a node, at most ``reach`` nodes away; '' when there is none."""
    for index in range(node.index - 1, max(-1, node.index - 1 - reach), -1):
        if tree.nodes[index].tag in HEADING_TAGS:
            return tree.text(tree.nodes[index])
    return ""


@lru_cache(maxsize=20_000)
def naming(name: str) -> tuple[bool, bool]:
    """Tell whether class words and ids speak of a menu, and whether of results."""
    return bool(MENU_WORD.search(name)), bool(RESULT_WORD.search(name))


def share(answers: Iterable[bool]) -> float:
    """Return the share of true answers; 0 for none."""
    known = list(answers)
    return sum(known) / len(known) if known else 0.0
