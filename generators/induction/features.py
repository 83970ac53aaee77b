"""What ranking knows of a candidate group: numbers about count, text, boxes, place, shape and the question."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from domain.plan import Intent, Topic
from generators.induction.grouping import Group
from generators.induction.patterns import DATE, EMAIL, FILE_ADDRESS, PHONE, PRICE, stem, words
from generators.induction.tree import HEADING_TAGS, Node, Record, Tree

VIEWPORT_WIDTH_PX = 1_366
_SAMPLE = 30
_SHAPE_SAMPLE = 20
_SHAPE_NODES = 60
_TEXT_LOOKED_AT = 1_000
_DIGIT = re.compile(r"\d")
_WANTED_PATTERNS = (
    ("link", r"\b(?:url|link|href|website|page)\b"),
    ("image", r"\b(?:image|photo|picture|logo|thumbnail)s?\b"),
    ("email", r"e-?mail"),
    ("phone", r"phone|\btel\b|mobile|\bfax\b"),
    ("price", r"price|cost|fee\b|amount|salary"),
    ("date", r"\b(?:date|time|day|posted|published|deadline|start|end)\b"),
)
_FILES = re.compile(r"document|\bpdfs?\b|\bfiles?\b|download", re.IGNORECASE)
_FILLER = frozenset(
    [
        "all",
        "the",
        "of",
        "on",
        "a",
        "an",
        "and",
        "or",
        "in",
        "to",
        "for",
        "from",
        "with",
        "their",
        "this",
        "that",
        "page",
        "current",
        "fetch",
        "extract",
        "get",
        "find",
        "show",
        "list",
        "are",
        "is",
        "be",
        "if",
        "it",
        "any",
        "each",
        "you",
        "your",
        "as",
        "by",
        "at",
        "more",
        "which",
        "may",
        "there",
        "these",
        "those",
        "not",
        "do",
        "does",
        "no",
        "me",
        "my",
        "under",
        "over",
        "within",
        "please",
        "information",
        "links",
        "link",
        "detail",
        "details",
        "website",
        "site",
    ]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is asked for: kinds of value that records should show, files or not, and the words of the subject."""

    kinds: tuple[str, ...] = ()
    files: bool = False
    terms: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()


def read_wish(intent: Intent | None, wanted: Sequence[str]) -> Wish:
    """Return what the question and the wanted field names ask of a record."""
    fields = tuple(wanted) or (intent.wanted if intent else ())
    named = " ".join(fields).lower().replace("_", " ")
    kinds = [kind for kind, pattern in _WANTED_PATTERNS if re.search(pattern, named)]
    if any(not _asks_kind(field) for field in fields):
        kinds.append("text")
    if intent is None:
        return Wish(kinds=tuple(kinds), files=bool(_FILES.search(named)), fields=fields)
    if intent.about(Topic.PRICE) or intent.about(Topic.FREE):
        kinds.append("price")
    if intent.about(Topic.DATE):
        kinds.append("date")
    said = f"{intent.subject} {intent.text}"
    return Wish(
        kinds=tuple(dict.fromkeys(kinds)),
        files=bool(_FILES.search(f"{named} {said}")),
        terms=frozenset(stem(w) for w in words(said) if len(w) > 2 and w not in _FILLER),
        fields=fields,
    )


def _asks_kind(field: str) -> bool:
    return any(re.search(pattern, field.lower().replace("_", " ")) for _, pattern in _WANTED_PATTERNS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What one record shows; the same record stands in many groups, so it is looked at once."""

    text: str
    links: tuple[str, ...]
    image: bool
    heading: bool
    date: bool
    price: bool
    email: bool
    phone: bool
    files: bool
    shape: tuple[int, ...]
    paths: frozenset[tuple[int, str]]
    places: tuple[tuple[tuple[int, str, tuple[str, ...]], str], ...]
    repeats: bool


class Measure:
    """Measures the groups of one page for one wish."""

    def __init__(self, tree: Tree, wish: Wish) -> None:
        self._tree = tree
        self._wish = wish
        self._facts: dict[tuple[int, int], Facts] = {}
        self._about: dict[int, float] = {}

    def features(self, group: Group) -> dict[str, float]:
        """Return the features of a group by name; all are finite and mostly within 0 to 1."""
        records = group.records
        sample = records if len(records) <= _SAMPLE else records[:: max(1, len(records) // _SAMPLE)][:_SAMPLE]
        facts = [self._facts_of(record) for record in sample]
        texts = [fact.text for fact in facts]
        features = _count_features(len(records))
        features |= _text_features(self._tree, records, texts)
        features |= _link_features([fact.links for fact in facts])
        features |= _value_features(facts)
        features |= _shape_features(sample, facts)
        features |= _place_features(self._tree, records, sample)
        features |= _box_features(self._tree, records, sample)
        features |= _wish_features(facts, self._wish)
        features["about"] = _aboutness(self._tree, group, [fact.links for fact in facts], self._wish.terms)
        features["menu_by_count"] = features["menu"] * features["log_count"]
        return features

    def _facts_of(self, record: Record) -> Facts:
        key = (record[0].index, record[-1].end)
        if key not in self._facts:
            self._facts[key] = _look_at(self._tree, record)
        return self._facts[key]


def _look_at(tree: Tree, record: Record) -> Facts:
    text = tree.text(*record)
    start = text[:_TEXT_LOOKED_AT]
    has_digit = bool(_DIGIT.search(start))
    links = tuple(dict.fromkeys(tree.links(record)))
    paths: set[tuple[int, str]] = set()
    places: list[tuple[tuple[int, str, tuple[str, ...]], str]] = []
    for top in record:
        for node in tree.nodes[top.index : min(top.end, top.index + _SHAPE_NODES)]:
            depth = node.depth - top.depth
            paths.add((depth, node.tag))
            if node.own_length and (own := (node.element.text or "").strip()):
                places.append(((depth, node.tag, node.classes), own))
    return Facts(
        text=text,
        links=links,
        image=any(node.images for node in record),
        heading=any(node.headings for node in record),
        date=has_digit and bool(DATE.search(start)),
        price=(has_digit or len(start) < 6) and bool(PRICE.search(start)),
        email=("@" in start and bool(EMAIL.search(start))) or any(link.startswith("mailto:") for link in links),
        phone=any(link.startswith("tel:") for link in links) or (has_digit and bool(PHONE.search(start))),
        files=any(FILE_ADDRESS.search(link.split("?")[0]) for link in links),
        shape=tuple(node.shape for node in record),
        paths=frozenset(paths),
        places=tuple(places),
        repeats=_repeats_inside(record),
    )


def _count_features(count: int) -> dict[str, float]:
    return {
        "log_count": math.log(count),
        "two": float(count == 2),
        "few": float(3 <= count <= 5),
        "many": float(count > 200),
    }


def _text_features(tree: Tree, records: Sequence[Record], texts: list[str]) -> dict[str, float]:
    lengths = sorted(map(len, texts))
    median = lengths[len(lengths) // 2]
    mass = sum(node.text_length for record in records for node in record)
    return {
        "text_share": min(1.0, mass / (tree.root.text_length or 1)),
        "log_length": math.log1p(min(median, 600)),
        "short": float(median < 12),
        "long": math.log1p(max(0, median - 600) / 200),
        "distinct": len(set(texts)) / len(texts),
        "with_text": _share(texts, lambda text: len(text) > 3),
    }


def _link_features(links: list[tuple[str, ...]]) -> dict[str, float]:
    everything = [link for some in links for link in some]
    return {
        "link": _share(links, bool),
        "one_link": _share(links, lambda some: len(some) == 1),
        "links_distinct": len(set(everything)) / max(1, len(everything)),
    }


def _value_features(facts: Sequence[Facts]) -> dict[str, float]:
    return {
        "image": _share(facts, lambda fact: fact.image),
        "heading": _share(facts, lambda fact: fact.heading),
        "date": _share(facts, lambda fact: fact.date),
        "price": _share(facts, lambda fact: fact.price),
    }


def _shape_features(sample: Sequence[Record], facts: Sequence[Facts]) -> dict[str, float]:
    """How alike the records are inside, and how many of their places vary (columns) or never do (buttons)."""
    shapes = Counter(fact.shape for fact in facts)
    few = facts[:_SHAPE_SAMPLE]
    filled: Counter[tuple[int, str, tuple[str, ...]]] = Counter()
    values: defaultdict[tuple[int, str, tuple[str, ...]], set[str]] = defaultdict(set)
    for fact in few:
        for place, text in fact.places:
            filled[place] += 1
            values[place].add(text)
    total = Counter(path for fact in few for path in fact.paths)
    count = len(few)
    columns = sum(n >= 0.6 * count and len(values[k]) >= 0.5 * min(n, count) for k, n in filled.items())
    constant = sum(n >= 0.6 * count and len(values[k]) == 1 and count > 2 for k, n in filled.items())
    size = sum(node.size for record in sample for node in record) / len(sample)
    return {
        "same_shape": shapes.most_common(1)[0][1] / len(facts),
        "alike": sum(total.values()) / (len(total) * count) if total else 0.0,
        "columns": math.log1p(columns),
        "constant_columns": math.log1p(constant),
        "log_size": math.log1p(min(size, 200)),
        "repeats_inside": _share(facts, lambda fact: fact.repeats),
    }


def _repeats_inside(record: Record) -> bool:
    parents = [node for top in record for node in (top, *top.children)]
    counts = Counter((parent.index, child.signature) for parent in parents for child in parent.children)
    return any(count >= 4 for count in counts.values())


def _place_features(tree: Tree, records: Sequence[Record], sample: Sequence[Record]) -> dict[str, float]:
    first, last = records[0], records[-1]
    common = common_ancestor(records)
    mass = sum(node.text_length for record in records for node in record)
    total = len(tree.nodes)
    return {
        "menu": _share(sample, lambda record: record[0].in_menu),
        "main": _share(sample, lambda record: record[0].in_main),
        "hidden": _share(sample, lambda record: record[0].hidden),
        "span": (last[-1].end - first[0].index) / total,
        "position": first[0].index / total,
        "one_parent": float(all(record[0].parent is first[0].parent for record in records)),
        "share_of_common": min(1.0, mass / max(1, common.text_length if common else 1)),
        "depth": min(first[0].depth, 30) / 30,
        "several_nodes": float(len(first) > 1),
        "is_link": float(first[0].tag == "a"),
        "is_cell": float(first[0].tag in {"td", "th"}),
        "is_item": float(first[0].tag in {"li", "article", "tr"}),
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
        return {"visible": 0.95, "area": 0.2, "same_width": 0.8}
    page_height = max(900, (tree.root.box or (0, 0, 0, 3_000))[3])
    area = sum(box[2] * box[3] for box in boxes) * len(records) / len(sample)
    widths = Counter(box[2] // 8 for box in boxes)
    return {
        "visible": _share(boxes, lambda box: bool(box[4]) and box[2] > 1 and box[3] > 1),
        "area": min(1.0, area / (VIEWPORT_WIDTH_PX * page_height)),
        "same_width": widths.most_common(1)[0][1] / len(boxes),
    }


def _wish_features(facts: Sequence[Facts], wish: Wish) -> dict[str, float]:
    shares: dict[str, Callable[[Facts], bool]] = {
        "link": lambda fact: bool(fact.links),
        "image": lambda fact: fact.image,
        "email": lambda fact: fact.email,
        "phone": lambda fact: fact.phone,
        "price": lambda fact: fact.price,
        "date": lambda fact: fact.date,
        "text": lambda fact: len(fact.text) > 2,
    }
    got = [_share(facts, shares[kind]) for kind in wish.kinds]
    return {
        "wish_met": sum(got) / len(got) if got else 0.0,
        "wish_missed": 1 - min(got) if got else 0.0,
        "files": _share(facts, lambda fact: fact.files) if wish.files else 0.0,
    }


def _aboutness(tree: Tree, group: Group, links: list[tuple[str, ...]], terms: frozenset[str]) -> float:
    """Share of evidence (class words, heading before, link paths) that names the subject of the question."""
    if not terms:
        return 0.0
    first = group.records[0][0]
    near: list[str] = []
    node: Node | None = first
    for _ in range(4):
        if node is None:
            break
        near += words(f"{node.element.get('class') or ''} {node.element.get('id') or ''}")
        node = node.parent
    heading = words(heading_before(tree, first))
    paths = Counter(stem(w) for some in links for link in some[:1] for w in set(words(link.partition("://")[2])))
    in_links = {word for word, count in paths.items() if count >= 0.6 * len(links)}
    hits = [bool({stem(w) for w in bag} & terms) for bag in (near, heading)] + [bool(in_links & terms)]
    return sum(hits) / 3


def heading_before(tree: Tree, node: Node, reach: int = 80) -> str:
    """Return the nearest heading that stands before a node, at most ``reach`` nodes away; '' when there is none."""
    for index in range(node.index - 1, max(-1, node.index - 1 - reach), -1):
        if tree.nodes[index].tag in HEADING_TAGS:
            return tree.text(tree.nodes[index])
    return ""


def _share(values: Iterable[object], holds: Callable[..., bool]) -> float:
    answers = [holds(value) for value in values]
    return sum(answers) / len(answers) if answers else 0.0
