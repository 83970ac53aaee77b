"""What ranking knows of a candidate group: numbers about count, text, links, boxes, place, shape and the question."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from generators.induction.facts import (
    Facts,
    PageLinks,
    Place,
    heading_before,
    is_social,
    link_pattern,
    link_words,
    look_at,
    share,
)
from generators.induction.grouping import Group
from generators.induction.patterns import MENU_WORD, RESULT_WORD, stem, words
from generators.induction.tree import Node, Record, Tree
from generators.induction.wish import Wish

VIEWPORT_WIDTH_PX = 1_366
_SAMPLE = 30
_SHAPE_SAMPLE = 20
_WISHES: dict[str, Callable[[Facts], object]] = {
    "link": lambda fact: fact.links,
    "image": lambda fact: fact.image,
    "email": lambda fact: fact.email,
    "phone": lambda fact: fact.phone,
    "price": lambda fact: fact.price,
    "date": lambda fact: fact.date,
    "text": lambda fact: len(fact.text) > 2,
}


class Measure:
    """Measures the groups of one page for one wish."""

    def __init__(self, tree: Tree, wish: Wish) -> None:
        self._tree = tree
        self._wish = wish
        self._links = PageLinks(tree)
        self._facts: dict[tuple[int, int], Facts] = {}
        self._named: dict[int, tuple[bool, bool]] = {}

    def features(self, group: Group) -> dict[str, float]:
        """Return the features of a group by name; all are finite and mostly within 0 to 1."""
        records = group.records
        sample = records if len(records) <= _SAMPLE else records[:: max(1, len(records) // _SAMPLE)][:_SAMPLE]
        facts = [self._facts_of(record) for record in sample]
        features = _count_features(len(records))
        features |= _text_features(self._tree, records, facts)
        features |= _value_features(facts)
        features |= _link_features(self._tree, records, facts, self._links)
        features |= _shape_features(sample, facts)
        features |= _place_features(self._tree, records, sample, self._links)
        features |= _box_features(self._tree, records, sample)
        features |= _wish_features(facts, self._wish)
        if not self._wish.files:
            features["files_covered"] = 0.0
        features["about"] = self._aboutness(records[0][0], facts)
        features["menu_by_count"] = features["menu"] * features["log_count"]
        return features

    def _facts_of(self, record: Record) -> Facts:
        key = (record[0].index, record[-1].end)
        if key not in self._facts:
            self._facts[key] = look_at(self._tree, record, self._wish.terms)
        return self._facts[key]

    def _aboutness(self, first: Node, facts: Sequence[Facts]) -> float:
        """Share of evidence (class words, heading before, link paths) that names the subject of the question."""
        terms = self._wish.terms
        if not terms:
            return 0.0
        if first.index not in self._named:
            self._named[first.index] = (
                _is_about(_words_around(first), terms),
                _is_about(words(heading_before(self._tree, first)), terms),
            )
        paths = Counter(term for fact in facts for link in fact.links[:1] for term in link_words(link) & terms)
        in_links = any(count >= 0.6 * len(facts) for count in paths.values())
        return (sum(self._named[first.index]) + in_links) / 3


def _is_about(found: Sequence[str], terms: frozenset[str]) -> bool:
    return not terms.isdisjoint(map(stem, found))


def _words_around(first: Node) -> list[str]:
    near: list[str] = []
    node: Node | None = first
    for _ in range(4):
        if node is None:
            break
        near += words(f"{node.element.get('class') or ''} {node.element.get('id') or ''}")
        node = node.parent
    return near


def _count_features(count: int) -> dict[str, float]:
    return {
        "log_count": math.log(count),
        "two": float(count == 2),
        "few": float(3 <= count <= 5),
        "many": float(count > 200),
    }


def _text_features(tree: Tree, records: Sequence[Record], facts: Sequence[Facts]) -> dict[str, float]:
    texts = [fact.text for fact in facts]
    lengths = sorted(map(len, texts))
    median = lengths[len(lengths) // 2]
    mass = sum(node.text_length for record in records for node in record)
    return {
        "text_share": min(1.0, mass / (tree.root.text_length or 1)),
        "log_length": math.log1p(min(median, 600)),
        "short": float(median < 12),
        "long": math.log1p(max(0, median - 600) / 200),
        "distinct": len(set(texts)) / len(texts),
        "with_text": share(length > 3 for length in lengths),
        "linked_text": sum(fact.linked for fact in facts) / len(facts),
    }


def _link_features(tree: Tree, records: Sequence[Record], facts: Sequence[Facts], page: PageLinks) -> dict[str, float]:
    """Where the records lead, and how much of the page's own links of that kind they take in."""
    everything = [link for fact in facts for link in fact.links]
    firsts = [fact.links[0] for fact in facts if fact.links]
    mine = frozenset(link for record in records for link in tree.links(record)) & page.content
    kinds = Counter(map(link_pattern, mine))
    usual, holders = Counter(p for fact in facts for p in fact.patterns).most_common(1)[0] if everything else ("", 0)
    return {
        "link": share(fact.links for fact in facts),
        "one_link": share(len(fact.links) == 1 for fact in facts),
        "links_distinct": len(set(everything)) / max(1, len(everything)),
        "pattern": holders / len(facts),
        "pattern_covered": kinds[usual] / max(1, page.by_pattern[usual]),
        "links_covered": len(mine) / max(1, len(page.content)),
        "files_covered": len(mine & page.files) / len(page.files) if page.files else 0.0,
        "same_page": share(map(page.is_same_page, firsts)),
        "social": share(map(is_social, firsts)),
        "alike_covered": min(1.0, len(records) / max(1, page.near_paths[records[0][0].near_path])),
    }


def _value_features(facts: Sequence[Facts]) -> dict[str, float]:
    return {
        "image": share(fact.image for fact in facts),
        "heading": share(fact.heading for fact in facts),
        "date": share(fact.date for fact in facts),
        "price": share(fact.price for fact in facts),
        "address": share(fact.address for fact in facts),
    }


def _shape_features(sample: Sequence[Record], facts: Sequence[Facts]) -> dict[str, float]:
    """How alike the records are inside, and how many of their places vary (columns) or never do (buttons)."""
    shapes = Counter(fact.shape for fact in facts)
    few = facts[:_SHAPE_SAMPLE]
    filled: Counter[Place] = Counter()
    values: defaultdict[Place, set[str]] = defaultdict(set)
    for fact in few:
        for place, text in fact.places:
            filled[place] += 1
            values[place].add(text)
    total: Counter[tuple[int, str]] = Counter()
    for fact in few:
        total.update(fact.paths)
    count = len(few)
    columns = sum(n >= 0.6 * count and len(values[k]) >= 0.5 * min(n, count) for k, n in filled.items())
    constant = sum(n >= 0.6 * count and len(values[k]) == 1 and count > 2 for k, n in filled.items())
    size = sum(node.size for record in sample for node in record) / len(sample)
    return {
        "same_shape": shapes.most_common(1)[0][1] / len(facts),
        "alike": total.total() / (len(total) * count) if total else 0.0,
        "columns": math.log1p(columns),
        "constant_columns": math.log1p(constant),
        "log_size": math.log1p(min(size, 200)),
        "repeats_inside": share(fact.repeats for fact in facts),
        "inner_links": math.log1p(sum(max(0, fact.of_one_pattern - 1) for fact in facts) / len(facts)),
    }


def _place_features(
    tree: Tree, records: Sequence[Record], sample: Sequence[Record], page: PageLinks
) -> dict[str, float]:
    first, last = records[0], records[-1]
    common = common_ancestor(records)
    mass = sum(node.text_length for record in records for node in record)
    total = len(tree.nodes)
    return {
        "menu": share(record[0].in_menu for record in sample),
        "main": share(record[0].in_main for record in sample),
        "hidden": share(record[0].hidden for record in sample),
        "span": (last[-1].end - first[0].index) / total,
        "position": first[0].index / total,
        "one_parent": float(all(record[0].parent is first[0].parent for record in records)),
        "share_of_common": min(1.0, mass / max(1, common.text_length if common else 1)),
        "depth": min(first[0].depth, 30) / 30,
        "several_nodes": float(len(first) > 1),
        "is_link": float(first[0].tag == "a"),
        "is_cell": float(first[0].tag in {"td", "th"}),
        "is_item": float(first[0].tag in {"li", "article", "tr"}),
        "menu_named": share(MENU_WORD.search(_name(record[0])) for record in sample[:5]),
        "result_named": share(RESULT_WORD.search(_name(record[0])) for record in sample[:5]),
        "after_heading": 0.5 if page.main_heading < 0 else float(first[0].index > page.main_heading),
    }


def _name(node: Node) -> str:
    above = "" if node.parent is None else f"{node.parent.element.get('class')} {node.parent.element.get('id')}"
    return f"{node.element.get('class')} {node.element.get('id')} {above}"


def common_ancestor(records: Sequence[Record]) -> Node | None:
    """Return the nearest node above all records."""
    first = records[0][0].parent
    if all(record[0].parent is first for record in records):
        return first
    low, high = records[0][0].index, records[-1][-1].end
    while first is not None and not (first.index < low and high <= first.end):
        first = first.parent
    return first


def _box_features(tree: Tree, records: Sequence[Record], sample: Sequence[Record]) -> dict[str, float]:
    """Rendered boxes; without them each feature stands at the mean of right groups and says nothing."""
    boxes = [record[0].box for record in sample if record[0].box]
    if not boxes:
        return {"visible": 0.95, "area": 0.2, "same_width": 0.8, "off_centre": 0.2}
    page_height = max(900, (tree.root.box or (0, 0, 0, 3_000))[3])
    area = sum(box[2] * box[3] for box in boxes) * len(records) / len(sample)
    widths = Counter(box[2] // 8 for box in boxes)
    centre = (min(box[0] for box in boxes) + max(box[0] + box[2] for box in boxes)) / 2
    return {
        "visible": share(box[4] and box[2] > 1 and box[3] > 1 for box in boxes),
        "area": min(1.0, area / (VIEWPORT_WIDTH_PX * page_height)),
        "same_width": widths.most_common(1)[0][1] / len(boxes),
        "off_centre": min(1.0, abs(centre / VIEWPORT_WIDTH_PX - 0.5) * 2),
    }


def _wish_features(facts: Sequence[Facts], wish: Wish) -> dict[str, float]:
    got = [share(map(_WISHES[kind], facts)) for kind in wish.kinds]
    return {
        "wish_met": sum(got) / len(got) if got else 0.0,
        "wish_missed": 1 - min(got) if got else 0.0,
        "files": share(fact.files for fact in facts) if wish.files else 0.0,
        "answers": share(fact.answers for fact in facts),
    }
