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
_SAMPLE = 40
_SHAPE_SAMPLE = 20
_SHAPE_NODES = 60
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
    ["all", "the", "of", "on", "a", "an", "and", "or", "in", "to", "for", "from", "with", "their", "this", "that", "page", "current", "fetch", "extract", "get", "find", "show", "list", "are", "is", "be", "if", "it", "any", "each", "you", "your", "as", "by", "at", "more", "which", "may", "there", "these", "those", "not", "do", "does", "no", "me", "my", "under", "over", "within", "please", "information", "links", "link", "detail", "details", "website", "site"]
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


def measure(tree: Tree, group: Group, wish: Wish) -> dict[str, float]:
    """Return the features of a group by name; all are finite and mostly within 0 to 1."""
    records = group.records
    sample = records if len(records) <= _SAMPLE else records[:: max(1, len(records) // _SAMPLE)][:_SAMPLE]
    texts = [tree.text(*record) for record in sample]
    links = [tuple(dict.fromkeys(tree.links(record))) for record in sample]
    features = _count_features(len(records))
    features |= _text_features(tree, records, texts)
    features |= _link_features(links)
    features |= _value_features(sample, texts)
    features |= _shape_features(tree, sample, texts)
    features |= _place_features(tree, records, sample)
    features |= _box_features(tree, records, sample)
    features |= _wish_features(tree, group, sample, texts, links, wish)
    features["menu_by_count"] = features["menu"] * features["log_count"]
    for origin in ("siblings", "path", "class", "cousins", "run", "rows", "raised"):
        features[f"from_{origin}"] = float(group.origin == origin)
    return features


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


def _value_features(sample: Sequence[Record], texts: list[str]) -> dict[str, float]:
    return {
        "image": _share(sample, lambda record: any(node.images for node in record)),
        "heading": _share(sample, lambda record: any(node.headings for node in record)),
        "date": _share(texts, lambda text: bool(DATE.search(text))),
        "price": _share(texts, lambda text: bool(PRICE.search(text))),
    }


def _shape_features(tree: Tree, sample: Sequence[Record], texts: list[str]) -> dict[str, float]:
    """How alike the records are inside, and how many of their places vary (columns) or never do (buttons)."""
    shapes = Counter(tuple(node.shape for node in record) for record in sample)
    few = sample[:_SHAPE_SAMPLE]
    paths: list[set[tuple[int, str]]] = []
    filled: Counter[tuple[int, str, tuple[str, ...]]] = Counter()
    values: defaultdict[tuple[int, str, tuple[str, ...]], set[str]] = defaultdict(set)
    for record in few:
        mine: set[tuple[int, str]] = set()
        for top in record:
            for node in tree.nodes[top.index : min(top.end, top.index + _SHAPE_NODES)]:
                mine.add((node.depth - top.depth, node.tag))
                if text := (node.element.text or "").strip():
                    key = (node.depth - top.depth, node.tag, node.classes)
                    filled[key] += 1
                    values[key].add(text)
        paths.append(mine)
    total = Counter(path for mine in paths for path in mine)
    count = len(few)
    columns = sum(n >= 0.6 * count and len(values[k]) >= 0.5 * min(n, count) for k, n in filled.items())
    constant = sum(n >= 0.6 * count and len(values[k]) == 1 and count > 2 for k, n in filled.items())
    size = sum(node.size for record in sample for node in record) / len(sample)
    return {
        "same_shape": shapes.most_common(1)[0][1] / len(texts),
        "alike": sum(total.values()) / (len(total) * count) if total else 0.0,
        "columns": math.log1p(columns),
        "constant_columns": math.log1p(constant),
        "log_size": math.log1p(min(size, 200)),
        "repeats_inside": _share(sample, _repeats_inside),
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
        return {"visible": 0.95, "area": 0.2, "same_width": 0.8, "has_boxes": 0.0}
    page_height = max(900, (tree.root.box or (0, 0, 0, 3_000))[3])
    area = sum(box[2] * box[3] for box in boxes) * len(records) / len(sample)
    widths = Counter(box[2] // 8 for box in boxes)
    return {
        "visible": _share(boxes, lambda box: bool(box[4]) and box[2] > 1 and box[3] > 1),
        "area": min(1.0, area / (VIEWPORT_WIDTH_PX * page_height)),
        "same_width": widths.most_common(1)[0][1] / len(boxes),
        "has_boxes": 1.0,
    }


def _wish_features(
    tree: Tree,
    group: Group,
    sample: Sequence[Record],
    texts: list[str],
    links: list[tuple[str, ...]],
    wish: Wish,
) -> dict[str, float]:
    shares: dict[str, Callable[[], float]] = {
        "link": lambda: _share(links, bool),
        "image": lambda: _share(sample, lambda record: any(node.images for node in record)),
        "email": lambda: _share_either(texts, links, EMAIL, "mailto:"),
        "phone": lambda: _share_either(texts, links, PHONE, "tel:"),
        "price": lambda: _share(texts, lambda text: bool(PRICE.search(text))),
        "date": lambda: _share(texts, lambda text: bool(DATE.search(text))),
        "text": lambda: _share(texts, lambda text: len(text) > 2),
    }
    got = [shares[kind]() for kind in wish.kinds]
    files = _share(links, lambda some: any(FILE_ADDRESS.search(link.split("?")[0]) for link in some))
    return {
        "wish_met": sum(got) / len(got) if got else 0.0,
        "wish_missed": 1 - min(got) if got else 0.0,
        "files": files if wish.files else 0.0,
        "about": _aboutness(tree, group, links, wish.terms),
    }


def _share_either(texts: list[str], links: list[tuple[str, ...]], pattern: re.Pattern[str], scheme: str) -> float:
    pairs = list(zip(texts, links, strict=True))
    return _share(pairs, lambda p: bool(pattern.search(p[0])) or any(link.startswith(scheme) for link in p[1]))


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
