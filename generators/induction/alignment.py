"""Align the records of a group field by field: which elements of each record hold the same kind of value.

The key of a column is its kind (text or attribute), the path of tags and stable classes below the record, and the
occurrence of that path; where lines of one path begin with a label ("Phone: …"), the label takes the place of the
occurrence. So a record without a value simply has no entry, and no tree edit distance is needed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from domain.markup import CONTACT, contact_of
from generators.induction.cells import column_of, span
from generators.induction.classes import is_utility
from generators.induction.grouping import Group, enclosing
from generators.induction.patterns import DATE, LABEL, PHONE, POSTAL_ADDRESS, PRICE, squeeze
from generators.induction.reading import text_of, value_of
from generators.induction.tree import DECORATION_TAGS, HEADING_TAGS, INLINE_TAGS, Element, Node, Record, Tree

MAX_NODES_OF_RECORD = 300
MAX_SAMPLED = 48
"""Records that are aligned; the locators are read from all of them in the end."""
MAX_TEXT = 4_000
_LOOKED_AT = 400
"""Characters of a value in which its kind is looked for."""
_ATTRIBUTES = ("href", "src", "data-src", "alt", "title", "datetime", "content", "aria-label", "value", "data-href")
_WITH_DIGITS = frozenset({DATE, PHONE, POSTAL_ADDRESS})
_DIGIT = re.compile(r"\d")
_MAX_COLUMNS = 60
_FULL = 0.9
"""Share of records with a text below which the records' whole texts are offered too."""
_LONG_HEADING = 50
_HIDDEN_VALUES = frozenset({"button", "option"})
_NEVER_DATA = (
    "data-bx",
    "data-v-",
    "data-react",
    "data-testid",
    "data-test",
    "data-qa",
    "data-cy",
    "data-toggle",
    "data-target",
    "data-aos",
    "data-bs-",
    "data-gtm",
    "data-track",
    "data-src",
    "data-href",
    "data-ng",
)


_One = TypeVar("_One")


@dataclass(slots=True)
class Strand:
    """One aligned column before it has a name: per record the element and the value, or None.

    ``many``: the values are those of all elements like the first one, joined.
    """

    kind: str
    path: str
    occurrence: int
    label: str = ""
    part: int = 0
    many: bool = False
    elements: list[Element | None] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)
    order: int = 0
    shares: dict[object, float] = field(default_factory=dict)
    _present: list[str] | None = None
    _with_digits: list[str] | None = None

    @property
    def present(self) -> list[str]:
        """The values that are there. They are gathered once: strands are read only after ``align`` has made them."""
        if self._present is None:
            self._present = [value for value in self.values if value is not None]
        return self._present

    def share(self, pattern: re.Pattern[str]) -> float:
        """Return the share of the values in which the pattern is found."""
        known = self.shares.get(pattern)
        if known is None:
            values = self._figured() if pattern in _WITH_DIGITS else self.present
            found = sum(1 for value in values if pattern.search(value[:_LOOKED_AT]) is not None)
            known = self.shares[pattern] = found / len(self.present)
        return known

    def _figured(self) -> list[str]:
        """Return the values with a digit: most have none, and many patterns need one."""
        if self._with_digits is None:
            self._with_digits = [value for value in self.present if _DIGIT.search(value)]
        return self._with_digits

    def mean(self, name: object, measure: Callable[[str], float]) -> float:
        """Return the mean of a measure over the values; it is taken once and kept under ``name``."""
        known = self.shares.get(name)
        if known is None:
            known = self.shares[name] = sum(map(measure, self.present)) / len(self.present)
        return known

    @property
    def distinct(self) -> float:
        """Share of the values that differ."""
        known = self.shares.get("distinct")
        if known is None:
            known = self.shares["distinct"] = len(set(self.present)) / len(self.present)
        return known

    @property
    def length(self) -> float:
        """Mean length of the values in characters."""
        return self.mean("length", len)

    @property
    def fill(self) -> float:
        """Share of the records that have a value."""
        return len(self.present) / max(1, len(self.values))

    @property
    def is_text(self) -> bool:
        """Whether the values are visible text."""
        return self.kind == "text"


def align(tree: Tree, group: Group) -> list[Strand]:
    """Return the aligned columns in the order of the page, each with one entry a record (at most ``MAX_SAMPLED``)."""
    records = sample(group.records)
    strands: dict[tuple[object, ...], Strand] = {}
    for row, record in enumerate(records):
        seen: Counter[tuple[object, ...]] = Counter()
        for part, path, node in _walk(tree, record):
            for kind, value in _values(tree, node):
                label = _label(value) if kind == "text" else ""
                # Siblings after the first may be one more or less: their path tells them apart, not their number.
                base = (kind, min(part, 1), path, label)
                seen[base] += 1
                key = (*base, seen[base])
                strand = strands.get(key)
                if strand is None:
                    strand = Strand(kind, path, seen[base], label, min(part, 1), order=len(strands))
                    strand.elements = [None] * len(records)
                    strand.values = [None] * len(records)
                    strands[key] = strand
                strand.elements[row] = node.element
                strand.values[row] = value
    kept = _without_rare_labels(list(strands.values()))
    for strand in _first_links(tree, records):
        likes = [i for i, other in enumerate(kept) if other.kind == strand.kind and _share_elements(other, strand)]
        kept.insert(likes[0] + 1 if likes else len(kept), strand)
    if not any(strand.is_text and strand.fill >= _FULL for strand in kept):
        kept.append(_whole(records))
    for position, strand in enumerate(kept):
        strand.order = position
    return [strand for strand in kept if strand.present]


def _share_elements(one: Strand, two: Strand) -> bool:
    return any(a is b and a is not None for a, b in zip(one.elements, two.elements, strict=True))


def _whole(records: Sequence[Record]) -> Strand:
    """Return the records' own texts: all there is where the text inside has no steady path."""
    strand = Strand("text", "", 1)
    strand.elements = [record[0].element for record in records]
    strand.values = [text_of(record[0].element)[:MAX_TEXT] or None for record in records]
    return strand


def _first_links(tree: Tree, records: Sequence[Record]) -> tuple[Strand, Strand]:
    """Return text and address of each record's first link: in records of uneven make it has no one path."""
    links = [_first_link(tree, record) for record in records]
    text, address = Strand("text", "/a", 1), Strand("href", "/a", 1)
    text.elements, address.elements = list(links), list(links)
    text.values = [None if link is None else text_of(link)[:MAX_TEXT] or None for link in links]
    address.values = [None if e is None else tree.absolute(squeeze(e.get("href") or "")) or None for e in links]
    return text, address


def _first_link(tree: Tree, record: Record) -> Element | None:
    nodes = (node for part in record for node in tree.nodes[part.index : part.end])
    links = (node.element for node in nodes if node.links and node.tag == "a")
    return next((link for link in links if contact_of(link) is None), None)


def sample(records: Sequence[_One], most: int = MAX_SAMPLED) -> Sequence[_One]:
    """Return at most ``most`` records, spread over the group."""
    if len(records) <= most:
        return records
    step = len(records) / most
    return [records[int(i * step)] for i in range(most)]


def _walk(tree: Tree, record: Record) -> list[tuple[int, str, Node]]:
    """Return (index of the sibling, path below it, node) for the nodes of a record."""
    result: list[tuple[int, str, Node]] = []
    for part, top in enumerate(record):
        paths: dict[int, str] = {top.index: (_step(tree, top) if part else top.tag) if len(record) > 1 else ""}
        result.append((part, paths[top.index], top))
        for node in tree.nodes[top.index + 1 : min(top.end, top.index + MAX_NODES_OF_RECORD)]:
            parent = node.parent
            if parent is None or parent.index not in paths:
                continue
            paths[node.index] = f"{paths[parent.index]}/{_step(tree, node)}"
            result.append((part, paths[node.index], node))
    return result


def _step(tree: Tree, node: Node) -> str:
    meaning = node.element.get("itemprop") or node.element.get("property", "").rpartition(":")[2]
    meaning = meaning or next((c for c in node.classes if not is_utility(c)), "")
    step = f"{node.tag}.{meaning}" if meaning else node.tag
    if node.tag in {"td", "th"}:
        step += f"[{column_of(tree, node)}]"
    return step


def _values(tree: Tree, node: Node) -> list[tuple[str, str]]:
    """Return the (kind, value) pairs that one element holds."""
    pairs: list[tuple[str, str]] = []
    if _is_text_holder(tree, node):
        text = text_of(node.element)
        if text and len(text) <= MAX_TEXT:
            pairs.append(("text", text))
    element = node.element
    if contact := contact_of(element):
        pairs.append((CONTACT, contact))
    for name, raw in element.attrib.items():
        is_wanted = name in _ATTRIBUTES or (name.startswith("data-") and not name.startswith(_NEVER_DATA))
        if not is_wanted or (name == "value" and node.tag in _HIDDEN_VALUES) or (contact and name == "href"):
            continue
        value = squeeze(str(raw))
        if not value or len(value) > MAX_TEXT or value.startswith(("javascript:", "data:", "{", "[", "#")):
            continue
        is_address = name in {"href", "src", "data-src", "data-href"}
        pairs.append((name, tree.absolute(value) if is_address else value))
    return pairs


def _is_text_holder(tree: Tree, node: Node) -> bool:
    """Own text; or a small box of inline parts that only together are a price, a date or a heading."""
    if node.own_length:
        return True
    if node.tag in HEADING_TAGS | {"time", "td", "dd"} and node.text_length and len(node.children) > 1:
        return all(child.tag in INLINE_TAGS | {"br", "p"} for child in node.children)
    if not 2 <= len(node.children) <= 6 or not 2 < node.text_length <= 40:
        return False
    if any(child.tag not in DECORATION_TAGS for child in node.children):
        return False
    whole = tree.text(node)
    compact = whole.replace(" ", "")
    if not (DATE.search(whole) or PRICE.search(compact)):
        return False
    return not any(DATE.search(t) or PRICE.search(t) for t in (tree.text(child) for child in node.children))


def _label(text: str) -> str:
    found = LABEL.match(text[:60])
    return squeeze(found[1]) if found and len(found[1].split()) <= 4 else ""


def _without_rare_labels(strands: list[Strand]) -> list[Strand]:
    """Join the strands whose "label" is only the beginning of a value (titles with a colon) again."""
    rows = len(strands[0].values) if strands else 0
    kept: list[Strand] = []
    plain: dict[tuple[str, int, str, int], Strand] = {}
    counts: Counter[tuple[str, int, str]] = Counter()
    for strand in sorted(strands, key=lambda s: (bool(s.label) and len(s.present) < max(2, 0.2 * rows), s.order)):
        if strand.label and len(strand.present) >= max(2, 0.2 * rows):
            kept.append(strand)
            continue
        place = (strand.kind, strand.part, strand.path)
        home = plain.get((*place, strand.occurrence)) or plain.get((*place, 1))
        if strand.label and home is not None and _fits(home, strand):
            home._present = None
            for row, value in enumerate(strand.values):
                if value is not None:
                    home.values[row], home.elements[row] = value, strand.elements[row]
            continue
        counts[place] += 1
        strand.label = ""
        plain.setdefault((*place, strand.occurrence), strand)
        kept.append(strand)
    return sorted(kept, key=lambda s: s.order)


def _fits(home: Strand, strand: Strand) -> bool:
    return all(a is None or b is None for a, b in zip(home.values, strand.values, strict=True))


def table_headings(tree: Tree, group: Group) -> list[str]:
    """Return the headings over the columns of the table the records are rows of; [] without such a table.

    Of several heading rows the lowest names a column, and the ones above too where that alone is said twice.
    """
    first = group.records[0][0]
    if first.tag != "tr":
        return []
    table = enclosing(first, "table")
    if table is None:
        return []
    over: dict[int, list[str]] = {}
    for node in tree.nodes[table.index : first.index + 1]:
        if node.tag != "tr" or (node is first and any(child.tag == "td" for child in node.children)):
            continue
        cells = [child for child in node.children if child.tag in {"th", "td"}]
        texts = [_heading_of(tree, cell) for cell in cells]
        is_under = bool(over) and bool(cells) and all(cell.tag == "th" for cell in cells)
        if (
            (over and not is_under)
            or (len(texts) < 2 and not over)
            or any(len(text) >= _LONG_HEADING for text in texts)
        ):
            if over:
                break
            continue
        for cell, text in zip(cells, texts, strict=True):
            start = column_of(tree, cell)
            for column in range(start, start + min(span(cell, "colspan"), _MAX_COLUMNS)):
                over.setdefault(column, []).append(text)
    lowest = Counter(texts[-1] for texts in over.values())
    names = {c: texts[-1] if lowest[texts[-1]] == 1 else " ".join(dict.fromkeys(texts)) for c, texts in over.items()}
    return [names.get(column, "") for column in range(max(names, default=-1) + 1)]


def _heading_of(tree: Tree, cell: Node) -> str:
    """Return a cell's text; where it is only an abbreviation that the page itself spells out, that."""
    text = tree.text(cell)
    short = next((child for child in cell.children if child.tag == "abbr" and tree.text(child) == text), None)
    spelt = (short.element.get("title") or "").strip() if short is not None else ""
    return spelt if len(text) < len(spelt) < _LONG_HEADING else text


def value_again(strand: Strand, element: Element, tree: Tree) -> str | None:
    """Return what a strand's kind of value is at another element."""
    value = value_of(element, "text" if strand.is_text else strand.kind)
    return tree.absolute(value) if value and strand.kind in {"href", "src", "data-src", "data-href"} else value
