"""Find the records of a page without a model."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.observation import Column, RecordCandidate
from domain.plan import Intent, RecordSource, RequestTemplate, SourceKind
from domain.values import JsonObject
from generators.induction.columns import columns_of, identity_of
from generators.induction.facts import heading_before
from generators.induction.grouping import Group
from generators.induction.paging import paging_of
from generators.induction.ranking import SCORING, Ranked, Scoring, rank
from generators.induction.reading import read_row, select
from generators.induction.selectors import choose, closest, wider
from generators.induction.tree import Element, Node, Record, Tree, parse
from generators.induction.wish import read_wish
from generators.sources.naming import snake

UNDER_HEADING: Final = "under the heading "
HEADING_CHARS: Final = 80
_ANSWERED: Final = 3.0
"""What answering to all wanted fields weighs beside the score: a menu has no column for a telephone number."""
_PARTS_A_ROW = 1.3
_CLOSE_ENOUGH = 0.8
"""F1 of records and selector below which a group cannot be read at run time and is left out."""


def find_records(
    html: str,
    *,
    url: str,
    intent: Intent | None = None,
    wanted: tuple[str, ...] = (),
    limit: int = 5,
    scoring: Scoring = SCORING,
) -> tuple[RecordCandidate, ...]:
    """Return the groups of repeated records of a page, best first, at most ``limit``, each of another family.

    ``html`` may be served or rendered; rendered boxes (``data-bx``) help to rank and are never needed. ``wanted``
    are field names: a candidate's columns carry them where a column answers to them. A page with sections gives
    the best section and the union of its sections. ``scoring`` is for measuring other weights. Never raises; broken
    or huge pages are studied as far as the caps go, and then say so in ``reasons``.
    """
    tree = parse(html, url)
    if not tree.nodes:
        return ()
    wish = read_wish(intent, wanted)
    paging = paging_of(tree)
    candidates: list[RecordCandidate] = []
    seen: set[tuple[int, ...]] = set()
    rows: tuple[tuple[int, int], ...] = ()
    for ranked in rank(tree, wish, limit=limit + 3, scoring=scoring):
        readable = next((r for g in (ranked.group, *ranked.others) if (r := _readable(tree, g)) is not None), None)
        if readable is None or (key := tuple(r[0].index for r in readable.group.records)) in seen:
            continue
        seen.add(key)
        rows = rows or _rows(readable.group)
        if candidates and _are_parts(readable.group, rows):
            continue
        candidate = _candidate(tree, ranked, readable, wish.fields)
        if candidate is not None:
            candidates.append(candidate.model_copy(update={"paging": paging}))
        if len(candidates) >= limit:
            break
    return _best_answer_first(candidates, wish.fields)


def _rows(group: Group) -> tuple[tuple[int, int], ...]:
    """Return where the group's records begin and end if they are rows of a table."""
    return group.spans if all(record[0].tag == "tr" for record in group.records) else ()


def _are_parts(group: Group, rows: Sequence[tuple[int, int]]) -> bool:
    """Whether records are cells or links of the rows of a better group, several to a row."""
    starts = [start for start, _ in rows]
    inside = 0
    for start, end in group.spans:
        at = bisect_right(starts, start) - 1
        inside += at >= 0 and rows[at][0] < start and end <= rows[at][1]
    return inside >= _PARTS_A_ROW * max(1, len(rows)) and inside > len(group.records) / 2


def _best_answer_first(candidates: list[RecordCandidate], wanted: Sequence[str]) -> tuple[RecordCandidate, ...]:
    """Put a candidate first that answers to more of the wanted fields than the first one, and is nearly as good."""
    if not candidates or not wanted:
        return tuple(candidates)
    shares = [_answered(candidate, wanted) for candidate in candidates]
    worth = [candidate.score + _ANSWERED * share for candidate, share in zip(candidates, shares, strict=True)]
    best = max(range(len(candidates)), key=lambda i: (worth[i], -i))
    if shares[best] <= shares[0]:
        return tuple(candidates)
    return (candidates[best], *candidates[:best], *candidates[best + 1 :])


def _answered(candidate: RecordCandidate, wanted: Sequence[str]) -> float:
    """Return the share of the wanted fields that columns of their own answer to."""
    names = {snake(name) for name in wanted}
    return len({column.locator for column in candidate.columns if column.name in names}) / len(wanted)


@dataclass(frozen=True, slots=True)
class _Readable:
    """A group with the selectors that hit its records."""

    group: Group
    selectors: tuple[str, ...]


def _readable(tree: Tree, group: Group) -> _Readable | None:
    """Return the group with its selectors; where none is exact, the nearest group that a selector hits."""
    starts = [record[0].element for record in group.records]
    selectors = choose(starts, tree)
    if selectors and "," in selectors[0] and (all_sections := wider(starts, tree)) is not None:
        records = _as_records(_nodes(tree, all_sections), group)
        return _Readable(Group(group.origin, records), (all_sections, *selectors))
    if selectors:
        return _Readable(group, selectors)
    near = closest(starts, tree, least=_CLOSE_ENOUGH)
    if near is None:
        return None
    hits = _nodes(tree, near)
    if len(hits) < 2:
        return None
    records = _as_records(hits, group)
    exact = choose(hits_elements(records), tree)
    return _Readable(Group(group.origin, records), exact or (near,))


def _nodes(tree: Tree, selector: str) -> list[Node]:
    return [tree.by_element[e] for e in select(tree.document, selector) if e in tree.by_element]


def hits_elements(records: Sequence[Record]) -> list[object]:
    """Return the first element of each record."""
    return [record[0].element for record in records]


def _as_records(starts: Sequence[Node], group: Group) -> tuple[Record, ...]:
    known = {record[0].index: record for record in group.records}
    return tuple(known.get(node.index, (node,)) for node in starts)


def _candidate(tree: Tree, ranked: Ranked, readable: _Readable, wanted: tuple[str, ...]) -> RecordCandidate | None:
    elements = [tuple(node.element for node in record) for record in readable.group.records]
    columns, rows = columns_of(tree, readable.group, elements, wanted)
    if not columns:
        return None
    identity = identity_of(columns, rows)
    if len(rows) < len(elements) and not _tells_apart([c for c in columns if c.name in identity], elements, tree.url):
        identity = identity_of(columns, [read_row(record[0], columns, tree.url) for record in elements])
    return RecordCandidate(
        id="html-" + hashlib.sha256(readable.selectors[0].encode()).hexdigest()[:10],
        kind=SourceKind.HTML,
        source=RecordSource(
            request=RequestTemplate(url=tree.url), records=readable.selectors[0], fallbacks=readable.selectors[1:]
        ),
        columns=columns,
        count=len(select(tree.document, readable.selectors[0])) if tree.notes else len(elements),
        score=round(ranked.score, 4),
        exemplars=_exemplars(rows),
        identity=identity,
        reasons=(*_reasons(tree, ranked, readable.group), *tree.notes),
        url=tree.url,
    )


def _tells_apart(key: Sequence[Column], elements: Sequence[tuple[Element, ...]], url: str) -> bool:
    seen = {tuple(read_row(record[0], key, url).values()) for record in elements}
    return len(seen) == len(elements)


def _exemplars(rows: Sequence[JsonObject]) -> tuple[JsonObject, ...]:
    """Return up to two records that together fill most columns, in the order of the page."""
    if len(rows) <= 2:
        return tuple(rows)
    filled = [{name for name, value in row.items() if value is not None} for row in rows]
    first = max(range(len(rows)), key=lambda i: len(filled[i]))
    others = [i for i in range(len(rows)) if i != first]
    second = max(others, key=lambda i: len(filled[i] - filled[first]) * 100 + len(filled[i]))
    return tuple(rows[i] for i in sorted((first, second)))


def _reasons(tree: Tree, ranked: Ranked, group: Group) -> tuple[str, ...]:
    features = ranked.features
    reasons = [f"{len(group.records)} alike parts of the page, found as {group.origin}"]
    if heading := heading_before(tree, group.records[0][0]):
        reasons.append(f"{UNDER_HEADING}{heading[:HEADING_CHARS]!r}")
    if ranked.role:
        reasons.append(ranked.role)
    if features["menu"] > 0.5:
        reasons.append("stands in a menu, header or footer")
    if features["wish_met"] > 0.8:
        reasons.append("shows the kinds of value that were asked for")
    return tuple(reasons)
