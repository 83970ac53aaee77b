"""Write the locator of a column: the shortest stable way from the record to the element that holds the value.

Proposals go from meaning (microdata, test ids, semantic tags) over classes to structure; each is tried on the
records, and must read the aligned value where there is one and nothing where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.markup import CONTACT, TEXTS
from generators.induction.alignment import Strand
from generators.induction.matching import first_below
from generators.induction.reading import select
from generators.induction.selectors import simple_marks
from generators.induction.tree import HEADING_TAGS, INLINE_TAGS, Element, Record, Tree

MAX_TRIED_RECORDS = 9
_ENOUGH = 0.75
"""Share of the tried records on which a locator must agree when none agrees on all."""
_TOGETHER = 3
"""Locators that may share one column."""
_MAX_PROPOSALS = 28
_FEW_STATES = 4
_TELLING_TAGS = frozenset({"time", "address", "figcaption", "blockquote", "cite", "price", "author"}) | HEADING_TAGS
_SKIPPED = frozenset({"tbody"})


def locate(tree: Tree, records: Sequence[Record], strand: Strand) -> tuple[str, ...]:
    """Return locators that read the strand's values, best first; empty when no proposal agrees well enough.

    ``records`` are those the strand was aligned over, one entry a value of it.
    """
    attribute = _attribute(strand)
    filled = [i for i, element in enumerate(strand.elements) if element is not None]
    empty = [i for i, element in enumerate(strand.elements) if element is None]
    step = max(1, len(filled) // MAX_TRIED_RECORDS)
    spread = dict.fromkeys([*filled[::step][:MAX_TRIED_RECORDS], *_of_each_state(strand, filled)])
    tried = [*spread, *empty[: MAX_TRIED_RECORDS // 3]]
    exact: dict[str, str] = {}
    near: tuple[float, str] = (0.0, "")
    shown = records[filled[0]]
    for nature, selector in _unique(tuple(n.element for n in shown), strand.elements[filled[0]], strand):
        if nature in exact or _first_node(tree, shown, selector) is not strand.elements[filled[0]]:
            continue
        agreeing = _agreement(tree, records, strand, selector, tried)
        if agreeing == 1 and _first(shown[0].element, selector) is strand.elements[filled[0]]:
            exact[nature] = f"{selector}@{attribute}"
            if len(exact) >= 3:
                break
        elif agreeing > near[0]:
            near = (agreeing, f"{selector}@{attribute}")
    if exact:
        return tuple(exact.values())
    return _together(tree, records, strand, tried) or ((near[1],) if near[0] >= _ENOUGH else ())


def _attribute(strand: Strand) -> str:
    if strand.many:
        return TEXTS
    return "text" if strand.is_text else strand.kind


def _of_each_state(strand: Strand, filled: Sequence[int]) -> list[int]:
    """Return a record of each value where there are few: a rare state stands under a class of its own."""
    first: dict[str | None, int] = {}
    for i in filled:
        first.setdefault(strand.values[i], i)
        if len(first) > _FEW_STATES:
            return []
    return list(first.values())


def _together(tree: Tree, records: Sequence[Record], strand: Strand, tried: Sequence[int]) -> tuple[str, ...]:
    """Return a few locators of which the first that reads anything is right in each tried record; () for none.

    Values stand at several places where something before them may be missing: a line more, a link around the name.
    """
    attribute = _attribute(strand)
    left = [i for i in tried if strand.elements[i] is not None]
    chosen: list[str] = []
    while left and len(chosen) < _TOGETHER:
        shown, element = records[left[0]], strand.elements[left[0]]
        best: tuple[int, str, list[int]] = (0, "", [])
        for _, selector in _unique(tuple(node.element for node in shown), element, strand):
            read = {i: _first_node(tree, records[i], selector) for i in tried}
            if any(found is not None and found is not strand.elements[i] for i, found in read.items()):
                continue
            rest = [i for i in left if read[i] is None]
            if len(left) - len(rest) > best[0] and _first(shown[0].element, selector) is element:
                best = (len(left) - len(rest), selector, rest)
        if not best[0]:
            return ()
        chosen.append(f"{best[1]}@{attribute}")
        left = best[2]
    return () if left else tuple(chosen)


def _agreement(tree: Tree, records: Sequence[Record], strand: Strand, selector: str, tried: Sequence[int]) -> float:
    """Return the share of the tried records on which the selector reads the aligned value; 0 once it is too low."""
    misses, most = 0, (1 - _ENOUGH) * len(tried)
    for i in tried:
        if _first_node(tree, records[i], selector) is not strand.elements[i]:
            misses += 1
            if misses > most:
                return 0.0
    return 1 - misses / len(tried)


def _first_node(tree: Tree, record: Record, selector: str) -> Element | None:
    """Return what the selector hits first in the record, by the study's own tree."""
    if not selector:
        return record[0].element
    top = record[0]
    ranges = [(top.index + 1, top.end)]
    if selector.startswith(":scope +"):
        ranges = [(part.index, part.end) for part in record[1:]]
    found = first_below(tree, selector, ranges, top)
    return None if found is None else found.element


def _first(record: Element, selector: str) -> Element | None:
    if not selector:
        return record
    found = select(record, selector)
    return found[0] if found else None


def _unique(record: tuple[Element, ...], element: Element, strand: Strand) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for nature, selector in _proposals(record, element, strand):
        if selector not in seen:
            seen.add(selector)
            yield nature, selector
        if len(seen) >= _MAX_PROPOSALS:
            return


def _proposals(record: tuple[Element, ...], element: Element, strand: Strand) -> Iterator[tuple[str, str]]:
    """Yield (nature, selector relative to the record)."""
    top, prefix = _home(record, element)
    if element is record[0]:
        yield "self", ""
        return
    if element is top:
        yield "sibling", prefix
        if strand.label:
            yield "label", f'{prefix}:contains("{strand.label}")'
        return
    glue = f"{prefix} " if prefix else ""
    for nature, selector in _below(top, element, strand):
        yield nature, glue + selector


def _below(top: Element, element: Element, strand: Strand) -> Iterator[tuple[str, str]]:
    tag = element.tag
    chain = _chain(top, element)
    cell = next((step for step in chain if step.tag in {"td", "th"}), None)
    marks = list(simple_marks(element))
    yield from (("meaning", mark) for mark in marks if mark.startswith("["))
    if strand.label and '"' not in strand.label:
        yield "label", f'{tag}:contains("{strand.label}")'
    if cell is not None and cell.getparent() is not None:
        place = _nth(cell)
        yield "cell", place if cell is element else f"{place} {tag}"
        # A cell above that spans rows leaves later rows with fewer cells: counted from the end they still agree.
        last = _nth_last(cell)
        yield "cell from the end", last if cell is element else f"{last} {tag}"
        yield from (("cell", f"{place} {mark}") for mark in marks)
        if cell is not element:
            yield "cell", f"{place} {_tail_path(cell, element)}"
    if tag in _TELLING_TAGS:
        yield "tag", tag
    yield from (("class", mark) for mark in marks if not mark.startswith("["))
    if strand.kind == CONTACT:
        yield from (("address", f'a[href^="{scheme}"]') for scheme in _schemes(element))
    telling = [step for step in chain[:-1] if step.tag in _TELLING_TAGS]
    yield from (("tag", f"{step.tag} {tag}") for step in telling)
    if tag not in _TELLING_TAGS:
        yield "tag", tag
    for above in reversed(chain[:-1]):
        for mark in simple_marks(above):
            yield "under", f"{mark} {tag}"
            yield "under", f"{mark} > {_tail_path(above, element)}"
    yield from _positions(chain)


def _positions(chain: list[Element]) -> Iterator[tuple[str, str]]:
    element = chain[-1]
    yield "position", _nth(element)
    if element.tag in INLINE_TAGS and len(chain) > 1:
        yield "position", f"{_nth(chain[-2])} > {_nth(element)}"
    yield "path", " > ".join(step.tag for step in chain)
    yield "path", " > ".join(_nth(step) for step in chain)
    yield "path", ":scope > " + " > ".join(_nth(step) for step in chain)
    previous = element.getprevious()
    if previous is not None and isinstance(previous.tag, str):
        for mark in simple_marks(previous):
            yield "after", f"{mark} + {element.tag}"


def _home(record: tuple[Element, ...], element: Element) -> tuple[Element, str]:
    """Return the sibling of the record that holds the element, and the selector from the first one to it."""
    for position, top in enumerate(record):
        if top is element or any(above is top for above in element.iterancestors()):
            return top, "" if position == 0 else f":scope + {' + '.join(_between(record[0], top))}"
    return record[0], ""


def _between(first: Element, last: Element) -> list[str]:
    tags: list[str] = []
    step = first.getnext()
    while step is not None:
        if isinstance(step.tag, str):
            tags.append(step.tag)
        if step is last:
            break
        step = step.getnext()
    return tags


def _chain(top: Element, element: Element) -> list[Element]:
    """Return the elements from below the record down to the element itself."""
    chain = [element]
    for above in element.iterancestors():
        if above is top:
            break
        if above.tag not in _SKIPPED:
            chain.append(above)
    return chain[::-1]


def _tail_path(above: Element, element: Element) -> str:
    return " > ".join(_nth(step) for step in _chain(above, element))


def _nth(element: Element) -> str:
    parent = element.getparent()
    if parent is None:
        return str(element.tag)
    same = [child for child in parent if child.tag == element.tag]
    is_cell = element.tag in {"td", "th", "dd", "dt"}
    if len(same) < 2 and not is_cell:
        return str(element.tag)
    return f"{element.tag}:nth-of-type({same.index(element) + 1})"


def _nth_last(cell: Element) -> str:
    same = [child for child in cell.getparent() if child.tag == cell.tag]
    return f"{cell.tag}:nth-last-of-type({len(same) - same.index(cell)})"


def _schemes(element: Element) -> Iterator[str]:
    href = (element.get("href") or "").lower()
    yield from (scheme for scheme in ("mailto:", "tel:") if href.startswith(scheme))
