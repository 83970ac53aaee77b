"""What ranking knows of a candidate group: numbers about count, text, links, boxes, place, shape and the question."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from generators.induction.facts import (
    KINDS,
    Facts,
    PageLinks,
    Place,
    heading_before,
    is_social,
    link_pattern,
    link_words,
    look_at,
    naming,
    share,
)
from generators.induction.grouping import Group
from generators.induction.patterns import stem, words
from generators.induction.tree import Node, Record, Tree
from generators.induction.wish import Wish

VIEWPORT_WIDTH_PX = 1_366
_SAMPLE = 12
_MEANS = (
    *("link", "one_link", "image", "heading", "date", "price", "address", "files"),
    *("with_text", "linked_text", "repeats_inside", "holds_parts", "answers"),
)


class Measure:
    """Measures the groups of one page for one wish."""

    def __init__(self, tree: Tree, wish: Wish) -> None:
        self._tree = tree
        self._wish = wish
        self._links = PageLinks(tree)
        self._facts: dict[tuple[int, int], Facts] = {}
        self._named: dict[int, tuple[bool, bool]] = {}

    def outline(self, group: Group) -> dict[str, float]:
        """Return the features that need no look into the records: count, place, boxes. They sift the groups."""
        records = group.records
        sample = _sample(records)
        outline = _count_features(len(records))
        outline |= _place_features(self._tree, records, sample, self._links)
        outline |= _box_features(self._tree, records, sample)
        outline["menu_by_count"] = outline["menu"] * outline["log_count"]
        return outline

    def features(self, group: Group, outline: dict[str, float]) -> dict[str, float]:
        """Return all features of a group by name; all are finite and mostly within 0 to 1."""
        records = group.records
        sample = _sample(records)
        facts = [self._facts_of(record) for record in sample]
        numbers = zip(*(fact.numbers for fact in facts), strict=True)
        means = {kind: sum(column) / len(facts) for kind, column in zip(KINDS, numbers, strict=True)}
        features = outline | _text_features(facts)
        features |= {name: means[name] for name in _MEANS}
        features["inner_links"] = math.log1p(means["inner_links"])
        features |= _link_features(self._tree, records, facts, self._links)
        features |= _shape_features(facts)
        features |= _wish_features(means, self._wish)
        if not self._wish.files:
            features["files"] = features["files_covered"] = 0.0
        features["about"] = self._aboutness(records[0][0], facts)
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


def _sample(records: Sequence[Record]) -> Sequence[Record]:
    """Return some records from the first to the last: what does not belong mostly stands at the end."""
    last = len(records) - 1
    return records if last < _SAMPLE else [records[i * last // (_SAMPLE - 1)] for i in range(_SAMPLE)]


def _text_features(facts: Sequence[Facts]) -> dict[str, float]:
    texts = [fact.text for fact in facts]
    lengths = sorted(map(len, texts))
    median = lengths[len(lengths) // 2]
    return {
        "log_length": math.log1p(min(median, 600)),
        "short": float(median < 12),
        "long": math.log1p(max(0, median - 600) / 200),
        "distinct": len(set(texts)) / len(texts),
    }


def _link_features(tree: Tree, records: Sequence[Record], facts: Sequence[Facts], page: PageLinks) -> dict[str, float]:
    """Where the records lead, and how much of the page's own links of that kind they take in."""
    everything = [link for fact in facts for link in fact.links]
    firsts = [fact.links[0] for fact in facts if fact.links]
    mine = frozenset(link for record in records for link in tree.links(record)) & page.content
    kinds = Counter(map(link_pattern, mine))
    usual, holders = Counter(p for fact in facts for p in fact.patterns).most_common(1)[0] if everything else ("", 0)
    return {
        "links_distinct": len(set(everything)) / max(1, len(everything)),
        "pattern": holders / len(facts),
        "pattern_covered": kinds[usual] / max(1, page.by_pattern[usual]),
        "links_covered": len(mine) / max(1, len(page.content)),
        "files_covered": len(mine & page.files) / len(page.files) if page.files else 0.0,
        "same_page": share(map(page.is_same_page, firsts)),
        "social": share(map(is_social, firsts)),
    }


def _shape_features(facts: Sequence[Facts]) -> dict[str, float]:
    """How alike the records are inside, and how many of their places vary (columns) or never do (buttons)."""
    shapes = Counter(fact.shape for fact in facts)
    few = facts
    filled: defaultdict[Place, list[str]] = defaultdict(list)
    for fact in few:
        for place, text in fact.places:
            filled[place].append(text)
    total: defaultdict[tuple[int, str], int] = defaultdict(int)
    for fact in few:
        for path in fact.paths:
            total[path] += 1
    count = len(few)
    steady = [(len(texts), len(set(texts))) for texts in filled.values() if len(texts) >= 0.6 * count]
    columns = sum(distinct >= 0.5 * min(n, count) for n, distinct in steady)
    constant = sum(distinct == 1 and count > 2 for _, distinct in steady)
    return {
        "same_shape": shapes.most_common(1)[0][1] / len(facts),
        "alike": sum(total.values()) / (len(total) * count) if total else 0.0,
        "columns": math.log1p(columns),
        "constant_columns": math.log1p(constant),
    }


def _place_features(
    tree: Tree, records: Sequence[Record], sample: Sequence[Record], page: PageLinks
) -> dict[str, float]:
    first, last = records[0], records[-1]
    common = common_ancestor(records)
    tops = [record[0] for record in sample]
    names = [naming(page.name(top)) for top in tops[:5]]
    beside = [top.in_aside or top.in_menu for top in tops]
    mass = sum(node.text_length for record in records for node in record)
    total = len(tree.nodes)
    return {
        "menu": share([top.in_menu for top in tops]),
        "main": share([top.in_main for top in tops]),
        "aside": share([top.in_aside for top in tops]),
        "stray": float(any(beside) and not all(beside)),
        "hidden": share([top.hidden for top in tops]),
        "text_share": min(1.0, mass / (tree.root.text_length or 1)),
        "log_size": math.log1p(min(sum(top.size for top in tops) / len(tops), 200)),
        "alike_covered": min(1.0, len(records) / max(1, page.near_paths[first[0].near_path])),
        "span": (last[-1].end - first[0].index) / total,
        "position": first[0].index / total,
        "one_parent": float(all(record[0].parent is first[0].parent for record in records)),
        "share_of_common": min(1.0, mass / max(1, common.text_length if common else 1)),
        "depth": min(first[0].depth, 30) / 30,
        "several_nodes": float(len(first) > 1),
        "is_link": float(first[0].tag == "a"),
        "is_cell": float(first[0].tag in {"td", "th"}),
        "is_item": float(first[0].tag in {"li", "article", "tr"}),
        "menu_named": share([is_menu for is_menu, _ in names]),
        "result_named": share([is_result for _, is_result in names]),
        "after_heading": 0.5 if page.main_heading < 0 else float(first[0].index > page.main_heading),
    }


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
        "visible": share([box[4] > 0 and box[2] > 1 and box[3] > 1 for box in boxes]),
        "area": min(1.0, area / (VIEWPORT_WIDTH_PX * page_height)),
        "same_width": widths.most_common(1)[0][1] / len(boxes),
        "off_centre": min(1.0, abs(centre / VIEWPORT_WIDTH_PX - 0.5) * 2),
    }


def _wish_features(means: dict[str, float], wish: Wish) -> dict[str, float]:
    got = [means[kind] for kind in wish.kinds]
    return {
        "wish_met": sum(got) / len(got) if got else 0.0,
        "wish_missed": 1 - min(got) if got else 0.0,
    }
