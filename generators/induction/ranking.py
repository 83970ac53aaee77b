"""Order candidate groups by a linear score, keep one of each family, and offer a section with its union."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from generators.induction.features import Measure
from generators.induction.grouping import Group, find_groups
from generators.induction.patterns import words
from generators.induction.tree import HEADING_TAGS, Node, Tree
from generators.induction.weights import SIEVE, WEIGHTS
from generators.induction.wish import Wish

MAX_MEASURED = 45
"""Groups that are looked at in full. With sites left out, 60 find no more right ones than 40."""
_FAMILY = 0.8
"""Share of records nested one to one above which two groups are one family."""
_SAME_LIST = 0.9
"""Share of records nested one to one above which two groups are the same list."""
_VARIANT_AT = 4
_UNION_FACTOR = 1.15
_OTHERS = 3
"""Groups of one family that are kept beside the best."""
_TAB_WORDS = frozenset({"tab", "tabpanel", "tabpane", "pane"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Scoring:
    """Weights by feature name: of the score, and of the sieve that goes before it."""

    weights: Mapping[str, float]
    sieve: Mapping[str, float]


SCORING = Scoring(weights=WEIGHTS, sieve=SIEVE)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A group with its score, features by name and its role beside a better one ('' or why it is offered).

    ``others`` are the next best groups of its family, for when no selector reads the group itself.
    """

    group: Group
    score: float
    features: dict[str, float]
    role: str = ""
    others: tuple[Group, ...] = ()


def rank(tree: Tree, wish: Wish, *, limit: int, scoring: Scoring = SCORING) -> list[Ranked]:
    """Return the best groups, one a family, best first, with section and union of the best among the first five."""
    measure = Measure(tree, wish)
    everything = [_score(measure, *sifted, scoring) for sifted in _sift(measure, find_groups(tree), scoring)]
    everything = _raise_whole(everything)
    everything.sort(key=lambda ranked: -ranked.score)
    kept: list[Ranked] = []
    for ranked in everything:
        spans = ranked.group.spans
        place = next((i for i, one in enumerate(kept) if _same_family(spans, one.group.spans)), None)
        if place is None:
            kept.append(ranked)
        elif len(kept[place].others) < _OTHERS:
            kept[place] = replace(kept[place], others=(*kept[place].others, ranked.group))
        if len(kept) >= limit:
            break
    return _open_tab_first(_with_variant(_with_partners(kept, everything), everything), everything)[:limit]


def _sift(measure: Measure, groups: Sequence[Group], scoring: Scoring) -> list[tuple[Group, dict[str, float]]]:
    """Return the groups, with their outlines, that may be the list by count, place and boxes alone."""
    outlined = [(group, measure.outline(group)) for group in groups]
    if len(outlined) > MAX_MEASURED:
        outlined.sort(key=lambda pair: -_weigh(pair[1], scoring.sieve))
    return outlined[:MAX_MEASURED]


def _score(measure: Measure, group: Group, outline: dict[str, float], scoring: Scoring) -> Ranked:
    """Return the group with its features and score."""
    features = measure.features(group, outline)
    return Ranked(group, _weigh(features, scoring.weights), features)


def _weigh(features: dict[str, float], weights: Mapping[str, float]) -> float:
    return sum(weights[name] * value for name, value in features.items())


def _raise_whole(everything: Sequence[Ranked]) -> list[Ranked]:
    """Put each run of siblings before the groups of single parts of its records, and a list before its links.

    A definition without its term, every second row of a table, or all towns but the present one, which is no link,
    often look purer than the whole does.
    """
    spans = [(set(ranked.group.spans), ranked.score) for ranked in everything]
    result: list[Ranked] = []
    for ranked in everything:
        records = ranked.group.records
        nodes = sum(map(len, records))
        least = _FAMILY * len(records)
        if ranked.group.origin == "run" and _is_whole(ranked.group):
            parts = {(node.index, node.end) for record in records for node in record}
            below = [score for own, score in spans if len(own) >= least and own <= parts]
        elif ranked.group.origin == "items":
            parts = set(ranked.group.spans)
            below = [score for own, score in spans if len(own & parts) >= least]
        else:
            result.append(ranked)
            continue
        raised = max(ranked.score, max(below, default=ranked.score) + 0.01 + 0.0001 * min(nodes, 1_000))
        result.append(replace(ranked, score=raised))
    return result


def _is_whole(group: Group) -> bool:
    """Tell whether a run's records begin where records begin, and its parts are of different kinds."""
    first = group.records[0][0]
    if len(group.records) < 3 or any(len(record) < 2 for record in group.records[:-1]):
        return False
    if first.tag == "dt":
        return all(record[1].tag in {"dt", "dd"} for record in group.records if len(record) > 1)
    if first.tag in HEADING_TAGS:
        usual = [record[1].tag for record in group.records if len(record) > 1]
        return usual.count(usual[0]) >= _FAMILY * len(usual) and usual[0] in {"p", "div", "span", "time", "address"}
    if first.tag != "tr":
        return False
    kinds = [{_structure(record[i]) for record in group.records if len(record) > i} for i in (0, 1)]
    return kinds[0].isdisjoint(kinds[1]) and max(map(len, kinds)) <= max(1, len(group.records) // 2)


def _structure(node: Node, levels: int = 3) -> frozenset[object]:
    """Return which tags with which classes stand on the levels below a node."""
    found: set[object] = set()
    level = list(node.children)
    for depth in range(levels):
        found |= {(depth, child.signature) for child in level}
        level = [below for child in level for below in child.children]
    return frozenset(found)


def _open_tab_first(kept: list[Ranked], everything: Sequence[Ranked]) -> list[Ranked]:
    """Put the list of the open tab before the best group, where that takes in the lists of closed tabs too.

    Tabs hold other lists of the same make, one shown at a time; the parts of an accordion are one list.
    """
    best = kept[0].group if kept else None
    closed = [record[0] for record in best.records if not _is_shown(record[0])] if best is not None else []
    if best is None or not 2 <= len(best.records) - len(closed) < len(best.records):
        return kept
    panels = [_tab_panel(node) for node in closed]
    if None in panels:
        return kept
    shown = {(record[0].index, record[-1].end) for record in best.records if _is_shown(record[0])}
    found = next((ranked for ranked in everything if shown == set(ranked.group.spans)), None)
    if found is None or any(panel and panel.index < a < panel.end for a, _ in shown for panel in panels):
        return kept
    rest = [ranked for ranked in kept if not _same_family(ranked.group.spans, found.group.spans)]
    return [replace(found, role="the list of the open tab"), *rest]


def _is_shown(node: Node) -> bool:
    return not node.hidden and (node.box is None or node.box[4] > 0)


def _tab_panel(node: Node) -> Node | None:
    """Return the nearest part above a node that calls itself the panel of a tab."""
    above = node.parent
    while above is not None:
        get = above.element.get
        named = words(f"{get('class') or ''} {get('id') or ''}")
        if get("role") == "tabpanel" or not _TAB_WORDS.isdisjoint(named):
            return above
        above = above.parent
    return None


def _with_partners(kept: list[Ranked], everything: Sequence[Ranked]) -> list[Ranked]:
    """Put the union of the sections (or the largest section) of the best group third, unless it is there already."""
    if not kept:
        return kept
    best = kept[0]
    partners = [
        (_find(everything, best, larger=True), "the union of like sections"),
        (_find(everything, best, larger=False), "one section of several"),
    ]
    result = list(kept)
    for partner, role in partners:
        if partner is None:
            continue
        place = next((i for i, k in enumerate(result) if _same_family(k.group.spans, partner.group.spans)), None)
        if place is None:
            result.insert(min(2, len(result)), replace(partner, role=role))
        elif place >= 3:
            result.insert(2, result.pop(place))
    return result


def _with_variant(kept: list[Ranked], everything: Sequence[Ranked]) -> list[Ranked]:
    """Put fifth the next best group of the first one's family that is not nearly the same list.

    A family is wider than a list: one more in ten may be headings, buttons or an advertisement of the same make.
    """
    if not kept:
        return kept
    best = kept[0].group.spans
    for ranked in everything:
        other = ranked.group.spans
        is_near = _nested(best, other) >= _SAME_LIST * max(len(best), len(other))
        if not is_near and _same_family(best, other) and all(ranked.group is not one.group for one in kept):
            return [*kept[:_VARIANT_AT], replace(ranked, role="the same list with other ends"), *kept[_VARIANT_AT:]]
    return kept


def _find(everything: Sequence[Ranked], best: Ranked, *, larger: bool) -> Ranked | None:
    """Return the best-scored group that holds exactly all records of the best one and more, or a whole part of it."""
    own = set(best.group.spans)
    for ranked in everything:
        other = ranked.group.spans
        if larger:
            if len(other) >= _UNION_FACTOR * len(own) and own.issubset(other):
                return ranked
        elif len(own) >= _UNION_FACTOR * len(other) and len(other) > 1 and own.issuperset(other):
            first = ranked.group.records[0][0].parent
            if all(record[0].parent is first for record in ranked.group.records):
                return ranked
    return None


def _same_family(one: Sequence[tuple[int, int]], two: Sequence[tuple[int, int]]) -> bool:
    """Tell whether the records of two groups nest one to one, nearly all of them."""
    return 0.5 <= len(one) / len(two) <= 2 and _nested(one, two) >= _FAMILY * max(len(one), len(two))


def _nested(one: Sequence[tuple[int, int]], two: Sequence[tuple[int, int]]) -> int:
    i = j = pairs = 0
    while i < len(one) and j < len(two):
        a, b = one[i], two[j]
        if (a[0] <= b[0] and b[1] <= a[1]) or (b[0] <= a[0] and a[1] <= b[1]):
            pairs, i, j = pairs + 1, i + 1, j + 1
        elif a[1] <= b[1]:
            i += 1
        else:
            j += 1
    return pairs
