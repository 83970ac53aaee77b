"""Candidate groups of a page: every set of subtrees that might be its records.

Several generators over-produce on purpose (siblings, repeated paths anywhere in the page, table rows, runs of
siblings, links and headings raised to their largest box); ranking picks. Each group is offered in variants too.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.markup import contact_of
from generators.induction.cells import column_of
from generators.induction.tree import DECORATION_TAGS, HEADING_TAGS, Node, Record, Tree

MAX_RECORDS = 60_000
MAX_PIVOTS = 1_500
MAX_GROUPS = 1_500
_MOSTLY = 0.6
_SMALL_ITEM = 6
"""Nodes of the largest item of a list of several tags; larger parts side by side are what a page is built of."""
_NO_ITEMS = HEADING_TAGS | {"form", "input", "button", "nav", "table", "script"}
_NEVER = frozenset({"br", "option", "hr", "wbr", "col", "colgroup", "source"})


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Records that may be the page's list.

    ``origin`` is the generator: siblings, path, cousins, class, items, mixed, rows, run, raised.
    """

    origin: str
    records: tuple[Record, ...]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The records as ranges of node indexes, in document order."""
        return tuple((record[0].index, record[-1].end) for record in self.records)


def find_groups(tree: Tree) -> list[Group]:
    """Return all candidate groups of the tree, each set of records once."""
    pool = _Pool(tree)
    if not tree.nodes:
        return []
    nodes = [node for node in tree.nodes[1:] if node.tag not in _NEVER]
    _add_repeated(pool, nodes)
    _add_mixed(pool, tree.nodes)
    _add_rows(pool, nodes)
    _add_runs(pool, tree.nodes)
    _add_raised(pool, tree, nodes)
    return list(pool.groups.values())


class _Pool:
    """Collects groups with their variants and keeps each set of records once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.groups: dict[tuple[tuple[int, int], ...], Group] = {}

    def add(self, origin: str, records: Sequence[Record], *, with_variants: bool = True) -> None:
        kept = _without_heading_rows([record for record in records if _says_something(self.tree, record)])
        if not 2 <= len(kept) <= MAX_RECORDS or len(self.groups) >= MAX_GROUPS:
            return
        group = Group(origin, kept)
        spans = group.spans
        if spans in self.groups:
            return
        self.groups[spans] = group
        if with_variants:
            for variant in _variants(self.tree, kept):
                self.add(origin, variant, with_variants=False)


def _says_something(tree: Tree, record: Record) -> bool:
    for node in record:
        if node.text_length > 1 or node.links or node.images:
            return True
        if node.text_length and tree.text(node).isalnum():
            return True
    return False


def _without_heading_rows(records: Sequence[Record]) -> tuple[Record, ...]:
    """Leave out table rows that hold headings only, where other records are rows with values."""
    cells = [{child.tag for child in record[0].children} if record[0].tag == "tr" else set() for record in records]
    if not any("td" in tags for tags in cells):
        return tuple(records)
    return tuple(record for record, tags in zip(records, cells, strict=True) if tags != {"th"})


def _variants(tree: Tree, records: tuple[Record, ...]) -> Iterable[tuple[Record, ...]]:
    """Yield the group without menu parts, only with links, of the commonest shape, without repeats, visible only."""
    outside = tuple(r for r in records if not (r[0].in_menu or r[0].in_aside))
    if 2 <= len(outside) < len(records):
        yield outside
        records = outside
    linked = tuple(r for r in records if any(node.links for node in r))
    if 2 <= len(linked) < len(records) and len(linked) >= 0.4 * len(records):
        yield linked
    if singles := _single_links(tree, records):
        yield singles
    shapes = Counter(tuple(node.shape for node in r) for r in records)
    shape, count = shapes.most_common(1)[0]
    if len(records) > 3 and 0.5 <= count / len(records) < 1 and count > 1:
        yield tuple(r for r in records if tuple(node.shape for node in r) == shape)
    seen: dict[tuple[tuple[str, ...], tuple[str, ...]], Record] = {}
    for record in records:
        texts = tuple(tree.texts[record[0].text_from : record[-1].text_to])
        seen.setdefault((texts, tuple(tree.links(record))), record)
    if 2 <= len(seen) < len(records):
        yield tuple(seen.values())
    visible = tuple(r for r in records if not r[0].hidden)
    if 2 <= len(visible) < len(records):
        yield visible


def _single_links(tree: Tree, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Return each link as a record where paragraphs or lines hold one link each, and a few hold more.

    A link that writes a mail or dials a number stands beside such a list, and leads to nothing that it lists.
    """
    count = sum(node.links for record in records for node in record)
    if not len(records) * 0.8 <= count <= 3 * len(records) or all(node.links < 2 for (node, *_) in records):
        return ()
    if any(node.headings or node.images for record in records for node in record):
        return ()
    links = [n for record in records for n in tree.subtree(record) if n.tag == "a" and n.links and n.text_length]
    return tuple((link,) for link in links if contact_of(link.element) is None)


def _outermost(nodes: Iterable[Node]) -> list[Record]:
    """Return the nodes as records, without those that lie inside another."""
    kept: list[Record] = []
    end = -1
    for node in sorted(nodes, key=lambda n: (n.index, -n.end)):
        if node.index >= end:
            kept.append((node,))
            end = node.end
    return kept


def _add_repeated(pool: _Pool, nodes: Sequence[Node]) -> None:
    """Same parent and tag or classes; the same path anywhere in the page; the same under one grandparent."""
    groups: defaultdict[tuple[object, ...], list[Node]] = defaultdict(list)
    for node in nodes:
        if node.tag in DECORATION_TAGS and not node.links and not node.classes:
            continue
        parent = node.parent
        if parent is None:
            continue
        groups["siblings", parent.index, node.kind].append(node)
        groups["siblings", parent.index, node.tag].append(node)
        groups["path", node.near_path].append(node)
        groups["path", node.tag_path, node.kind].append(node)
        groups["path", node.tag_path].append(node)
        if parent.parent is not None:
            groups["cousins", parent.parent.index, parent.tag, node.kind].append(node)
        if node.classes:
            groups["class", node.kind].append(node)
    for key, members in groups.items():
        if len(members) > 1:
            pool.add(str(key[0]), _outermost(members))


def _add_mixed(pool: _Pool, nodes: Sequence[Node]) -> None:
    """All children of a parent where a few of other tags stand between many of one: the present item is no link.

    Offered too without those that are only signs (arrows, dots).
    """
    for parent in nodes:
        children = [child for child in parent.children if child.tag not in _NEVER and child.text_length]
        if len(children) < 4:
            continue
        tag, count = Counter(child.tag for child in children).most_common(1)[0]
        if not _MOSTLY * len(children) <= count < len(children) or any(c.tag in _NO_ITEMS for c in children):
            continue
        inner = children[1:-1]
        if all(child.tag == tag for child in inner) or max(c.size for c in children) > _SMALL_ITEM:
            continue
        items = [(child,) for child in children if any(map(str.isalnum, pool.tree.text(child)))]
        pool.add("items", items, with_variants=False)
        pool.add("mixed", [(child,) for child in children])


def _add_rows(pool: _Pool, nodes: Sequence[Node]) -> None:
    """Rows of one table, and of all tables with the same classes, without heading rows."""
    tables: defaultdict[object, list[tuple[int, Node]]] = defaultdict(list)
    headings: defaultdict[int, set[str]] = defaultdict(set)
    for node in nodes:
        if node.tag != "tr":
            continue
        table = enclosing(node, "table")
        cells = [child for child in node.children if child.tag in {"td", "th"}]
        if table is None or not cells:
            continue
        in_head = node.parent is not None and node.parent.tag == "thead"
        if in_head or all(cell.tag == "th" for cell in cells):
            headings[table.index].update(map(pool.tree.text, cells))
            continue
        if len(cells) > 1 and headings[table.index] and headings[table.index].issuperset(map(pool.tree.text, cells)):
            continue
        width = column_of(pool.tree, cells[-1]) + 1
        tables[table.index].append((width, node))
        tables[table.signature].append((width, node))
    for rows in tables.values():
        width = Counter(cells for cells, _ in rows).most_common(1)[0][0]
        pool.add("rows", [(node,) for _, node in rows])
        pool.add("rows", [(node,) for cells, node in rows if cells == width])
        # A first row of plain cells often holds the headings.
        pool.add("rows", [(node,) for i, (cells, node) in enumerate(rows) if i and cells == width], with_variants=False)


def enclosing(node: Node | None, *tags: str) -> Node | None:
    """Return the node or its nearest ancestor with one of the tags."""
    while node is not None and node.tag not in tags:
        node = node.parent
    return node


def _add_runs(pool: _Pool, nodes: Sequence[Node]) -> None:
    """Records spread over several siblings: dt and dd, heading and paragraphs, two table rows an item."""
    for parent in nodes:
        children = [child for child in parent.children if child.tag not in {"br", "hr"}]
        if not 4 <= len(children) <= MAX_RECORDS:
            continue
        by_tag = Counter[object](child.tag for child in children)
        by_signature = Counter[object](child.signature for child in children)
        for key, count in [*by_tag.items(), *by_signature.items()]:
            if 2 <= count <= 0.7 * len(children):
                _add_run(pool, children, key)


def _add_run(pool: _Pool, children: list[Node], key: object) -> None:
    starts = [i for i, child in enumerate(children) if key in (child.tag, child.signature)]
    gaps = Counter(b - a for a, b in itertools.pairwise(starts))
    if len(gaps) > 4 and key not in HEADING_TAGS | {"dt"}:
        return
    usual = gaps.most_common(1)[0][0]
    if usual == 1 or usual > 12:
        return
    ends = [*starts[1:], min(len(children), starts[-1] + usual)]
    pool.add("run", [tuple(children[a:b]) for a, b in zip(starts, ends, strict=True)])


def _add_raised(pool: _Pool, tree: Tree, nodes: Sequence[Node]) -> None:
    """Repeated links, headings and pictures, each raised to its largest box that holds no other of them."""
    pivots: defaultdict[tuple[object, ...], list[Node]] = defaultdict(list)
    for node in nodes:
        is_link = node.tag == "a" and node.links
        if node.parent is not None and (is_link or node.tag in HEADING_TAGS or node.tag in {"img", "time", "article"}):
            pivots["near", node.near_path].append(node)
            pivots["class", node.kind, node.parent.kind].append(node)
    for members in pivots.values():
        if not 2 <= len(members) <= MAX_PIVOTS:
            continue
        raised = _raise(tree, members)
        pool.add("raised", [(node,) for node in raised])
        if len({node.parent.index for node in raised if node.parent is not None}) > 1:
            usual = Counter((node.tag, node.depth) for node in raised).most_common(1)[0][0]
            pool.add("raised", [(n,) for n in raised if (n.tag, n.depth) == usual], with_variants=False)


def _raise(tree: Tree, pivots: Sequence[Node]) -> list[Node]:
    """Raise each pivot to its highest ancestor that holds no pivot with another address or text."""

    def name(node: Node) -> object:
        return (node.element.get("href") or tree.text(node)) if node.tag == "a" else node.index

    names: defaultdict[int, set[object]] = defaultdict(set)
    for pivot in pivots:
        own = name(pivot)
        above: Node | None = pivot
        while above is not None:
            names[above.index].add(own)
            above = above.parent
    raised: dict[int, Node] = {}
    for pivot in pivots:
        node = pivot
        while node.parent is not None and node.parent.parent is not None and len(names[node.parent.index]) == 1:
            node = node.parent
        raised[node.index] = node
    return [raised[index] for index in sorted(raised)]
