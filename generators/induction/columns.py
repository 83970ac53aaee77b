"""The columns of a group: aligned, named, typed, each with locators that were tried on the records."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from domain.observation import Column
from domain.plan import FieldType
from domain.values import JsonObject
from generators.induction import patterns as shapes
from generators.induction.alignment import Strand, align, sample, table_headings
from generators.induction.grouping import Group
from generators.induction.lists import with_joined_lists
from generators.induction.locators import locate
from generators.induction.naming import Evidence, assign, field_score, guess, meaning
from generators.induction.reading import read, read_first
from generators.induction.states import with_joined_states
from generators.induction.tree import Element, Record, Tree
from generators.sources.naming import snake
from generators.sources.typing import type_of

MAX_COLUMNS = 16
MIN_FILL = 0.2
_ALL = 0.9
MAX_READ = 60
_LONG_HEADING = 40
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_SAYS_NOTHING = frozenset({"url", "link", "href", "text", "value", "description"})
"""Headings that would turn the records' name into something else."""
_PRIORITY = {"url": 0, "title": 1, "name": 1}
_ADDRESS_KINDS = frozenset({"href", "src", "data-src", "data-href"})
_SCHEMES = ("http://", "https://")


def columns_of(
    tree: Tree, group: Group, elements: Sequence[tuple[Element, ...]], wanted: Sequence[str] = ()
) -> tuple[tuple[Column, ...], list[JsonObject]]:
    """Return the columns of the group's records, at most ``MAX_COLUMNS``, wanted fields first, and the rows read.

    ``elements`` are the elements of all records. A column that says the same in every record (a button) is left out
    unless a label or heading names it; a second column with the same values too. Of more than ``MAX_READ`` records
    as many are read, spread over the group.
    """
    strands = _useful(with_joined_states(with_joined_lists(align(tree, group))))
    if not strands:
        return (), []
    evidence = _gather(tree, group, strands)
    named = [(name, strand) for name, strand in assign(wanted, strands, lambda s: evidence[id(s)]).items()]
    taken = {id(strand) for _, strand in named}
    main = _main_link(strands, evidence)
    if main is not None and id(main) not in taken and not any(name == "url" for name, _ in named):
        named.append(("url", main))
    title = _best("title", strands, evidence)
    names = {name for name, _ in named}
    if title is not None and id(title) not in taken and not names & {"name", "title"}:
        named.append((_title_name(title, _heading(title, table_headings(tree, group))), title))
    taken = {id(strand) for _, strand in named}
    named += [(guess(strand, evidence[id(strand)]), strand) for strand in strands if id(strand) not in taken]
    return _write(tree, sample(elements, MAX_READ), sample(group.records), named, evidence)


def _title_name(strand: Strand, heading: str) -> str:
    """Return what the table itself calls its main column; ``title`` where it does not say."""
    said = strand.is_text and len(heading) < _LONG_HEADING and heading.isascii() and bool(shapes.words(heading))
    name = snake(heading) if said else ""
    return "title" if not name or name in _SAYS_NOTHING else name


def _useful(strands: Sequence[Strand]) -> list[Strand]:
    """Drop rare, constant and repeated columns."""
    kept: list[Strand] = []
    seen: set[tuple[str, tuple[str | None, ...]]] = set()
    for strand in sorted(strands, key=lambda s: not s.is_text):
        rows = len(strand.values)
        if len(strand.present) < max(1, MIN_FILL * rows):
            continue
        is_constant = len(set(strand.present)) == 1 and len(strand.present) > 2
        if is_constant and not strand.label and not _is_named_by_markup(strand):
            continue
        if strand.is_text and _told_for_machines(strand, strands):
            continue
        # A text for pictures may be asked for by itself; other attributes only repeat the text.
        content = (strand.kind if strand.kind in {"alt", "href", "src"} else "", tuple(strand.values))
        if content in seen:
            continue
        seen.add(content)
        kept.append(strand)
    return sorted(kept, key=lambda s: s.order)


def _told_for_machines(strand: Strand, strands: Sequence[Strand]) -> bool:
    """Tell whether a text is a day without its year, and the same elements say the whole day in an attribute."""
    if strand.share(_YEAR) > 0 or strand.share(shapes.DATE) < _ALL:
        return False
    return any(other.kind == "datetime" and other.elements == strand.elements for other in strands)


def _is_named_by_markup(strand: Strand) -> bool:
    element = next(e for e in strand.elements if e is not None)
    return strand.is_text and bool(element.get("itemprop") or element.get("property"))


def _gather(tree: Tree, group: Group, strands: Sequence[Strand]) -> dict[int, Evidence]:
    headings = table_headings(tree, group)
    links = tuple(next(iter(tree.links(record)), None) for record in sample(group.records))
    is_link = group.records[0][0].tag == "a"
    first: dict[str, Strand] = {}
    for strand in strands:
        if strand.is_text:
            first.setdefault(_cell(strand), strand)
    return {
        id(strand): Evidence(
            label=_heading_of(strand, first, headings) or _label_before(strand),
            order=position / len(strands),
            links=links,
            record_is_link=is_link,
        )
        for position, strand in enumerate(strands)
    }


def _heading_of(strand: Strand, first: dict[str, Strand], headings: Sequence[str]) -> str:
    """Return the heading over a strand. Of several values in a cell it names the first, and those that say nothing."""
    is_first = first.get(_cell(strand), strand) is strand
    return _heading(strand, headings) if is_first or not meaning(strand) else ""


def _cell(strand: Strand) -> str:
    return strand.path.split("/")[1] if "/" in strand.path else ""


def _heading(strand: Strand, headings: Sequence[str]) -> str:
    if not headings or strand.part:
        return ""
    cell = _cell(strand)
    if not cell.endswith("]"):
        return ""
    index = int(cell.rpartition("[")[2][:-1])
    return headings[index] if index < len(headings) else ""


def _label_before(strand: Strand) -> str:
    """Return the text that stands before the value in its own element when it is the same in all records."""
    texts: set[str] = set()
    for element in [e for e in strand.elements if e is not None][:8]:
        before = element.getprevious()
        if before is None or not isinstance(before.tag, str) or not strand.is_text:
            return ""
        texts.add(shapes.squeeze("".join(before.itertext())))
    if len(texts) != 1:
        return ""
    text = texts.pop()
    is_label = element.tag == "dd" or text.endswith((":", "："))
    return text.rstrip(" :：") if is_label and 0 < len(text) < 40 else ""


def _main_link(strands: Sequence[Strand], evidence: dict[int, Evidence]) -> Strand | None:
    best = _best("url", strands, evidence)
    return best if best is not None and field_score("url", best, evidence[id(best)]) > 1 else None


def _best(name: str, strands: Sequence[Strand], evidence: dict[int, Evidence]) -> Strand | None:
    ranked = [(field_score(name, strand, evidence[id(strand)]), -i) for i, strand in enumerate(strands)]
    score, position = max(ranked)
    return strands[-position] if score > 0.4 else None


def _write(
    tree: Tree,
    elements: Sequence[tuple[Element, ...]],
    sampled: Sequence[Record],
    named: Sequence[tuple[str, Strand]],
    evidence: dict[int, Evidence],
) -> tuple[tuple[Column, ...], list[JsonObject]]:
    columns: list[Column] = []
    rows: list[JsonObject] = [{} for _ in elements]
    names: set[str] = set()
    for name, strand in named:
        if len(columns) >= MAX_COLUMNS:
            break
        locators = locate(tree, sampled, strand)
        if strand.many:
            locators = tuple(one for one in locators if _reads_all(one, sampled, strand))
        if not locators or any(locators[0] == c.locator for c in columns if c.name == name):
            continue
        unique = _unique(snake(name), names)
        is_address = _is_address(strand)
        values = [read_first(record[0], locators, tree.url if is_address else None) for record in elements]
        present = [value for value in values if value is not None]
        if not present:
            continue
        names.add(unique)
        for row, value in zip(rows, values, strict=True):
            row[unique] = value
        columns.append(
            Column(
                name=unique,
                locator=locators[0],
                fallbacks=locators[1:],
                type=FieldType.URL if strand.kind in _ADDRESS_KINDS else type_of(strand.present, unique),
                label=evidence[id(strand)].label or strand.label,
                fill=round(len(present) / len(values), 3),
                samples=tuple(value[:200] for value in itertools.islice(dict.fromkeys(present), 5)),
            )
        )
    return tuple(columns), rows


def _reads_all(locator: str, sampled: Sequence[Record], strand: Strand) -> bool:
    """Tell whether a locator of a list reads all items of it, and nothing else, in nearly every record."""
    told = zip(sampled, strand.values, strict=True)
    return sum(read(record[0].element, locator) == value for record, value in told) >= _ALL * len(sampled)


def _unique(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name}_{n}" for n in range(2, 10_000) if f"{name}_{n}" not in taken)


def _is_address(strand: Strand) -> bool:
    """Tell whether the values are addresses, that are to be read as absolute ones."""
    if strand.kind in _ADDRESS_KINDS:
        return True
    return all(value.startswith(_SCHEMES) for value in strand.present) and type_of(strand.present) is FieldType.URL


def identity_of(columns: Sequence[Column], rows: Sequence[JsonObject]) -> tuple[str, ...]:
    """Return the columns that tell the records apart: the main link, a title, an id, else a pair, else all."""
    names = [column.name for column in columns if column.fill >= 0.95]
    names.sort(key=lambda name: 0 if name == "url" else 1 if name in {"id", "name", "title"} else 2)
    total = len(rows)
    for name in names:
        if len({row[name] for row in rows}) == total:
            return (name,)
    for second in names[1:]:
        if len({(row[names[0]], row[second]) for row in rows}) == total:
            return (names[0], second)
    return tuple(names[:3])
