"""A page as a tree of nodes that know what their subtree holds. All else in this package reads this tree.

Parsing never raises: broken markup is mended as lxml does, and what lies past the caps is left out with a note.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from domain.markup import with_body, with_spread_cells
from generators.induction.classes import is_stable
from generators.induction.patterns import ASIDE_HEADING, ASIDE_WORD, MAIN_WORD, MENU_WORD, squeeze

Element = Any  # lxml ships no types

MAX_NODES = 40_000
"""Nodes that are looked at; the rest of a larger page is left out (3,000 rows of a dozen nodes fit)."""
MAX_CHARACTERS = 12_000_000

SILENT_TAGS = frozenset({"script", "style", "noscript", "template", "head", "link", "meta", "svg", "iframe", "object"})
INLINE_TAGS = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "em", "font", "i", "ins", "del", "kbd", "label", "mark"}
    | {"q", "s", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"}
)
DECORATION_TAGS = frozenset(
    {"span", "b", "i", "em", "strong", "u", "small", "font", "sup", "sub", "br", "wbr", "mark", "bdi", "abbr"}
)
HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_REGION_TAGS = frozenset({"nav", "footer", "header", "aside"})
_BLOCK_TAGS = frozenset({"div", "ul", "ol", "section", "td", "form", "p"})
_MOST_OF_PAGE = 0.6
"""Share of the page's text above which a ``header``, ``footer`` or ``aside`` is no menu; a ``nav`` always is one."""
_MUCH_OF_PAGE = 0.45
"""The same for a part that only its class or id calls a menu: layouts are named after their sidebars too."""
_SOME_OF_PAGE = 0.1
"""Share of the page's text from which a main part is where the records are, however long what stands beside it is."""
_SAYS_NOTHING = (False, False, False)
_PICTURE_TAGS = frozenset({"img", "picture", "video"})


@dataclass(slots=True, eq=False)
class Node:
    """One element. ``index``…``end`` is its subtree in document order, ``text_from``…``text_to`` its texts.

    ``position`` is its place among the siblings of its tag, from 1; ``kind`` a number for its signature.
    """

    element: Element
    tag: str
    parent: Node | None
    index: int
    depth: int
    classes: tuple[str, ...]
    text_from: int
    children: list[Node] = field(default_factory=list)
    end: int = 0
    text_to: int = 0
    text_length: int = 0
    own_length: int = 0
    links: int = 0
    images: int = 0
    headings: int = 0
    size: int = 1
    position: int = 1
    linked_length: int = 0
    in_menu: bool = False
    in_main: bool = False
    in_aside: bool = False
    hidden: bool = False
    signature: tuple[str, tuple[str, ...]] = ("", ())
    kind: int = 0
    near_path: int = 0
    tag_path: int = 0
    shape: int = 0
    box: tuple[int, ...] | None = None


Record = tuple[Node, ...]
"""One record: a node, or several sibling nodes that belong together."""


@dataclass(slots=True)
class Tree:
    """The nodes of a page in document order, its texts and its links (absolute).

    ``counts`` holds how many children of a tag each node has; ``by_tag`` all nodes of a tag; ``columns`` the column
    of each table cell that was asked for, by its index; ``by_class`` the indexes of the nodes of each class and
    ``hits`` and ``members`` those that a selector or a part of one matches, as far as ``matching`` was asked.
    """

    document: Element | None
    url: str
    nodes: list[Node] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    link_at: list[int] = field(default_factory=list)
    link_to: list[str] = field(default_factory=list)
    by_element: dict[Element, Node] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    by_tag: dict[str, list[Node]] = field(default_factory=dict)
    counts: dict[tuple[int, str], int] = field(default_factory=dict)
    columns: dict[int, int] = field(default_factory=dict)
    kinds: dict[tuple[str, tuple[str, ...]], int] = field(default_factory=dict)
    by_class: dict[str, list[int]] = field(default_factory=dict)
    hits: dict[str, list[int]] = field(default_factory=dict)
    members: dict[str, frozenset[int]] = field(default_factory=dict)

    @property
    def root(self) -> Node:
        """The body. Only for trees with nodes."""
        return self.nodes[0]

    def text(self, *nodes: Node) -> str:
        """Return the visible text of the nodes, squeezed."""
        if len(nodes) == 1:
            return squeeze(" ".join(self.texts[nodes[0].text_from : nodes[0].text_to]))
        return squeeze(" ".join(" ".join(self.texts[n.text_from : n.text_to]) for n in nodes))

    def subtree(self, record: Record, limit: int = 10**9) -> list[Node]:
        """Return the nodes of a record in document order, at most ``limit``."""
        return self.nodes[record[0].index : min(record[-1].end, record[0].index + limit)]

    def links(self, record: Record) -> list[str]:
        """Return the absolute addresses that the record links to, in order."""
        start = bisect_left(self.link_at, record[0].index)
        return self.link_to[start : bisect_left(self.link_at, record[-1].end)]

    def absolute(self, address: str) -> str:
        """Return the address resolved against the page; an impossible one comes back as it is."""
        return absolute(address.strip(), self.url)


@lru_cache(maxsize=20_000)
def absolute(address: str, url: str) -> str:
    """Return the address resolved against the page's; an impossible one comes back as it is."""
    try:
        return urljoin(url, address)
    except ValueError:
        return address


@lru_cache(maxsize=20_000)
def _stable_classes(class_text: str) -> tuple[str, ...]:
    return tuple(sorted({name for name in class_text.split() if is_stable(name)})[:4])


@lru_cache(maxsize=20_000)
def _region(words: str) -> tuple[bool, bool, bool]:
    """Tell whether class words, id and role speak of a menu, of the main part, of what is only related to it."""
    return bool(MENU_WORD.search(words)), bool(MAIN_WORD.search(words)), bool(ASIDE_WORD.search(words))


def parse_document(html: str) -> Element | None:
    """Parse as every reader of this package and of the workflow kit does; None for a text without any element."""
    text = with_body(html[:MAX_CHARACTERS].replace("\x00", "").lstrip())
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, recover=True, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser) if text else None
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return root if root is None else with_spread_cells(root)


def parse(html: str, url: str = "") -> Tree:
    """Return the tree of a page. Never raises; a text that is no page gives a tree without nodes."""
    document = parse_document(html)
    tree = Tree(document=document, url=url)
    if len(html) > MAX_CHARACTERS:
        tree.notes.append(f"Only the first {MAX_CHARACTERS} characters of the page were studied.")
    if document is None:
        return tree
    body = document if document.tag == "body" else document.find(".//body")
    _grow(tree, document if body is None else body)
    _hand_down_menus(tree)
    return tree


def _hand_down_menus(tree: Tree) -> None:
    """Let all that stands in a menu know so; what holds most of the page's text is no menu."""
    total = tree.nodes[0].text_length if tree.nodes else 0
    for level in HEADING_TAGS:
        for heading in tree.by_tag.get(level, ()):
            if heading.parent is not None and _is_over_aside(tree, heading):
                heading.parent.in_aside = True
    main = [node for node in tree.nodes if node.in_main and not (node.parent is not None and node.parent.in_main)]
    main = [node for node in main if node.text_length >= total * _SOME_OF_PAGE]
    for node in tree.nodes:
        is_beside = node.tag == "aside" and any(one.end <= node.index or node.end <= one.index for one in main)
        if node.in_menu and not is_beside and node.text_length > total * _most_for_menu(node):
            node.in_menu = False
        if node.in_aside and node.text_length > total * _MUCH_OF_PAGE:
            node.in_aside = False
        if node.parent is not None:
            node.in_menu = node.in_menu or node.parent.in_menu
            node.in_aside = node.in_aside or node.parent.in_aside


def _most_for_menu(node: Node) -> float:
    """Return the share of the page's text above which a part that calls itself a menu is none."""
    if node.tag == "nav" or node.element.get("role") == "navigation":
        return 1.0
    return _MOST_OF_PAGE if node.tag in _REGION_TAGS else _MUCH_OF_PAGE


def _is_over_aside(tree: Tree, heading: Node) -> bool:
    """Tell whether the heading begins a part of the page and says that it holds what is only related."""
    siblings = heading.parent.children if heading.parent is not None else []
    others = [child for child in siblings if child is not heading and child.tag in HEADING_TAGS]
    return heading in siblings[:2] and not others and bool(ASIDE_HEADING.match(tree.text(heading)))


def _grow(tree: Tree, body: Element) -> None:
    """Walk the document without recursion (depth is the page's choice) and fill the tree."""
    stack: list[tuple[Element, Node | None, bool]] = [(body, None, False)]
    while stack:
        element, node, is_closing = stack.pop()
        if is_closing and node is not None:
            _close(tree, node)
            continue
        parent = node
        if not isinstance(element.tag, str) or element.tag in SILENT_TAGS:
            _add_text(tree, element.tail, parent)
            continue
        if len(tree.nodes) >= MAX_NODES:
            if not any("nodes" in note for note in tree.notes):
                tree.notes.append(f"Only the first {MAX_NODES} nodes of the page were studied.")
            continue
        opened = _open(tree, element, parent)
        stack.append((element, opened, True))
        stack.extend((child, opened, False) for child in reversed(element))


def _add_text(tree: Tree, text: str | None, owner: Node | None) -> None:
    if text and owner is not None and (clean := text.strip()):
        tree.texts.append(clean)
        owner.text_length += len(clean)
        owner.own_length += len(clean)


def _open(tree: Tree, element: Element, parent: Node | None) -> Node:
    get = element.get
    class_text = get("class") or ""
    node = Node(
        element=element,
        tag=element.tag,
        parent=parent,
        index=len(tree.nodes),
        depth=0 if parent is None else parent.depth + 1,
        classes=_stable_classes(class_text) if class_text else (),
        text_from=len(tree.texts),
    )
    node.headings = int(node.tag in HEADING_TAGS)
    node.images = int(node.tag in _PICTURE_TAGS)
    node.signature = (node.tag, node.classes)
    node.kind = tree.kinds.setdefault(node.signature, len(tree.kinds))
    _place(node, f"{class_text} {get('id') or ''} {get('role') or ''}")
    node.box = _box(get("data-bx"))
    tree.nodes.append(node)
    tree.by_element[element] = node
    tree.by_tag.setdefault(node.tag, []).append(node)
    if parent is not None:
        parent.children.append(node)
        place = (parent.index, node.tag)
        tree.counts[place] = node.position = tree.counts.get(place, 0) + 1
    href = (get("href") or "").strip() if node.tag == "a" else ""
    if href and not href.lower().startswith(("javascript:", "#")):
        node.links = 1
        tree.link_at.append(node.index)
        tree.link_to.append(tree.absolute(href))
    _add_text(tree, element.text, node)
    return node


def _place(node: Node, words: str) -> None:
    """Set where the node stands: in a menu, in the main part, hidden; and its paths."""
    up = node.parent
    is_named = 2 < len(words) < 200
    is_region = node.tag in _REGION_TAGS and not (up is not None and up.tag in {"article", "li", "section"})
    says_menu, says_main, says_aside = _region(words) if is_named and node.tag in _BLOCK_TAGS else _SAYS_NOTHING
    is_menu = is_region or says_menu
    is_main = node.tag in {"main", "article"} or (says_main and node.tag in {"div", "section"})
    style = node.element.get("style")
    is_hidden = node.element.get("hidden") is not None or (
        style is not None and "display:none" in style.replace(" ", "")
    )
    node.in_menu = is_menu
    node.in_aside = says_aside
    node.in_main = is_main or (up is not None and up.in_main)
    node.hidden = is_hidden or (up is not None and up.hidden)
    node.tag_path = hash((up.tag_path if up else 0, node.tag))
    chain = [node.kind]
    while up is not None and len(chain) < 4:
        chain.append(up.kind)
        up = up.parent
    node.near_path = hash(tuple(chain))


def _close(tree: Tree, node: Node) -> None:
    node.end, node.text_to = len(tree.nodes), len(tree.texts)
    for child in node.children:
        node.text_length += child.text_length
        node.links += child.links
        node.images += child.images
        node.headings += child.headings
        node.size += child.size
        node.linked_length += child.linked_length
    if node.tag == "a" and node.links:
        node.linked_length = node.text_length
    inner = dict.fromkeys(child.shape for child in node.children if child.tag not in DECORATION_TAGS)
    node.shape = hash((node.tag, *inner))
    _add_text(tree, node.element.tail, node.parent)


def _box(text: str | None) -> tuple[int, ...] | None:
    """Read ``x,y,width,height,visible,font px``; None when it is absent or not numbers."""
    if not text or text.count(",") not in {4, 5}:
        return None
    try:
        return tuple(map(int, text.split(",")))
    except ValueError:
        return None
