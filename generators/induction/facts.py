"""What one record shows, looked at once however many groups it stands in; and what the page's links look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from generators.induction.patterns import DATE, EMAIL, FILE_ADDRESS, PHONE, POSTAL_ADDRESS, PRICE, SOCIAL, stem, words
from generators.induction.tree import HEADING_TAGS, Node, Record, Tree

_SHAPE_NODES = 60
_TEXT_LOOKED_AT = 1_000
_WORDS_LOOKED_AT = 300
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")

Place = tuple[int, str, tuple[str, ...]]
"""Where a text stands in its record: depth, tag, classes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What one record shows. ``length`` counts characters; ``linked`` is the share of them inside links."""

    text: str
    length: int
    linked: float
    links: tuple[str, ...]
    patterns: frozenset[str]
    of_one_pattern: int
    image: bool
    heading: bool
    date: bool
    price: bool
    email: bool
    phone: bool
    address: bool
    files: bool
    shape: tuple[int, ...]
    paths: frozenset[tuple[int, str]]
    places: tuple[tuple[Place, str], ...]
    repeats: bool
    answers: bool


def look_at(tree: Tree, record: Record, terms: frozenset[str]) -> Facts:
    """Return the facts of one record; ``terms`` are the stems of the question's subject."""
    text = tree.text(*record)
    start = text[:_TEXT_LOOKED_AT]
    has_digit = bool(_DIGIT.search(start))
    links = tuple(dict.fromkeys(tree.links(record)))
    patterns = Counter(map(link_pattern, links))
    paths, places = _inside(tree, record)
    length = sum(node.text_length for node in record)
    return Facts(
        text=text,
        length=length,
        linked=min(1.0, sum(node.linked_length for node in record) / max(1, length)),
        links=links,
        patterns=frozenset(patterns),
        of_one_pattern=max(patterns.values(), default=0),
        image=any(node.images for node in record),
        heading=any(node.headings for node in record),
        date=has_digit and bool(DATE.search(start)),
        price=(has_digit or len(start) < 6) and bool(PRICE.search(start)),
        email=("@" in start and bool(EMAIL.search(start))) or any(link.startswith("mailto:") for link in links),
        phone=any(link.startswith("tel:") for link in links) or (has_digit and bool(PHONE.search(start))),
        address=has_digit and bool(POSTAL_ADDRESS.search(start)),
        files=any(map(is_file, links)),
        shape=tuple(node.shape for node in record),
        paths=paths,
        places=places,
        repeats=_repeats_inside(record),
        answers=bool(terms) and not terms.isdisjoint(map(stem, words(text[:_WORDS_LOOKED_AT]))),
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
    for parent in [node for top in record for node in (top, *top.children)]:
        if len(parent.children) >= 4 and max(Counter(child.signature for child in parent.children).values()) >= 4:
            return True
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

    def is_same_page(self, link: str) -> bool:
        """Tell whether a link only asks the page itself with another query: a filter, a page number, a sort order."""
        return _without_query(link) == self._own


def is_social(link: str) -> bool:
    """Tell whether an address leads to a network or a map rather than to a page about the record."""
    return bool(SOCIAL.search(link))


def heading_before(tree: Tree, node: Node, reach: int = 80) -> str:
    """Return the nearest heading that stands before a node, at most ``reach`` nodes away; '' when there is none."""
    for index in range(node.index - 1, max(-1, node.index - 1 - reach), -1):
        if tree.nodes[index].tag in HEADING_TAGS:
            return tree.text(tree.nodes[index])
    return ""


def share(answers: Iterable[object]) -> float:
    """Return the share of true answers; 0 for none."""
    known = [bool(answer) for answer in answers]
    return sum(known) / len(known) if known else 0.0
